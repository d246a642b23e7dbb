/** The columns that a list of records can show. */

import type { Row } from '../api/types';

export interface Column {
  id: keyof Row;
  label: string;
  /** The least width, pixels. */
  least: number;
  /** Its share of what is left. */
  grow?: number;
  as: 'time' | 'text' | 'number' | 'duration' | 'score' | 'status' | 'kind' | 'user' | 'session' | 'trace' | 'what';
}

export const COLUMNS: readonly Column[] = [
  { id: 'time', label: 'Time', least: 78, as: 'time' },
  { id: 'kind', label: 'Kind', least: 76, as: 'kind' },
  { id: 'status', label: 'Status', least: 56, as: 'status' },
  { id: 'snippet', label: 'What', least: 140, grow: 4, as: 'what' },
  { id: 'user_id', label: 'User', least: 84, grow: 1, as: 'user' },
  { id: 'agent', label: 'Agent', least: 84, grow: 1, as: 'text' },
  { id: 'model', label: 'Model', least: 84, grow: 1, as: 'text' },
  { id: 'duration_ms', label: 'Duration', least: 60, as: 'duration' },
  { id: 'output_tokens', label: 'Out', least: 52, as: 'number' },
  { id: 'input_tokens', label: 'In', least: 52, as: 'number' },
  { id: 'finding_count', label: 'Findings', least: 56, as: 'number' },
  { id: 'attack_score', label: 'Attack', least: 46, as: 'score' },
  { id: 'time_to_first_token_ms', label: 'First token', least: 80, as: 'duration' },
  { id: 'session_id', label: 'Session', least: 90, grow: 1, as: 'session' },
  { id: 'trace_id', label: 'Trace', least: 90, as: 'trace' },
  { id: 'tenant', label: 'Tenant', least: 80, as: 'text' },
  { id: 'service', label: 'Service', least: 90, as: 'text' },
  { id: 'door', label: 'Door', least: 72, as: 'text' },
  { id: 'provider', label: 'Provider', least: 80, as: 'text' },
  { id: 'finish_reason', label: 'Finish', least: 80, as: 'text' },
  { id: 'error_type', label: 'Error', least: 80, grow: 1, as: 'text' },
  { id: 'http_status', label: 'HTTP', least: 52, as: 'number' },
  { id: 'client_address', label: 'Network', least: 90, grow: 1, as: 'text' },
  { id: 'index', label: 'Index', least: 72, as: 'number' },
];

export const USUAL: readonly string[] = ['time', 'kind', 'status', 'snippet', 'user_id', 'model', 'duration_ms', 'finding_count', 'attack_score'];
/** Those that stay beside an opened record. */
export const FEW: readonly string[] = ['time', 'kind', 'snippet', 'attack_score'];
const KEPT = 'plainsight.columns';

/** A list of them for CSS grid, and the least width of all. */
export function grid(columns: readonly Column[]): { columns: string; least: number } {
  return {
    columns: columns.map(({ least, grow }) => (grow ? `minmax(${least}px, ${grow}fr)` : `${least}px`)).join(' '),
    least: columns.reduce((sum, column) => sum + column.least, 24) + GAP * (columns.length - 1),
  };
}

/** Between two columns, pixels. */
const GAP = 10;

/** The columns that this person chose. */
export function kept(storage: Pick<Storage, 'getItem'> = localStorage): string[] {
  try {
    const list: unknown = JSON.parse(storage.getItem(KEPT) ?? 'null');
    if (Array.isArray(list)) {
      const known = COLUMNS.map((column) => column.id).filter((id) => list.includes(id));
      if (known.length) return known;
    }
  } catch {
    // What cannot be read is as good as nothing.
  }
  return [...USUAL];
}

export function keep(ids: string[], storage: Pick<Storage, 'setItem'> = localStorage): void {
  storage.setItem(KEPT, JSON.stringify(ids));
}
