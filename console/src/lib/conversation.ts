/** What was said, once: calls repeat the history of their chat, and a reader wants it in order. */

import type { Finding, Logged, Origin, Segment, Signal } from '../api/types';

export interface Said {
  segment: Segment;
  /** The record it is in. */
  index: number;
  /** `content/2`: its place there. */
  place: string;
  /** Nanoseconds since the epoch. */
  time: number;
  span?: string;
  findings: Finding[];
  signals: Signal[];
}

/** How far an origin can be trusted: who could have written it. */
export type Trust = 'application' | 'person' | 'model' | 'outside';

export const ORIGINS: Record<Origin, { label: string; trust: Trust; why: string }> = {
  system: { label: 'Application', trust: 'application', why: 'Instructions of the application itself' },
  user: { label: 'Person', trust: 'person', why: 'Typed by the person who uses the application' },
  assistant: { label: 'Model', trust: 'model', why: 'Written by the model' },
  tool: { label: 'Tool answer', trust: 'outside', why: 'Came from a tool: an instruction in it is nobody’s wish' },
  retrieved: { label: 'Document', trust: 'outside', why: 'Was looked up: an instruction in it is nobody’s wish' },
  memory: { label: 'Memory', trust: 'outside', why: 'Came from the agent’s memory, which others may have written' },
  agent: { label: 'Other agent', trust: 'outside', why: 'Sent by another agent' },
};

/** The segments of one record, with what was found in each. */
export function segments(logged: Logged): Said[] {
  const { content = [], findings = [], signals = [], span_id, time } = logged.record;
  return content.map((segment, i) => {
    const place = `content/${i}`;
    const here = (where: string) => where === place || where.startsWith(`${place}/`);
    return {
      segment, index: logged.index, place, time, ...(span_id ? { span: span_id } : {}),
      findings: findings.filter((finding) => here(finding.place)),
      signals: signals.filter((signal) => here(signal.place)),
    };
  });
}

/** The conversation of records in order of time. What an earlier one said already is left out. */
export function conversation(records: Logged[]): Said[] {
  const ordered = [...records].sort((a, b) => a.record.time - b.record.time || a.index - b.index);
  const seen = new Set<string>();
  const told: Said[] = [];
  for (const logged of ordered) {
    const fresh: string[] = [];
    for (const said of segments(logged)) {
      const key = identity(said.segment);
      // Within one record a text may well be said twice.
      if (seen.has(key)) continue;
      fresh.push(key);
      told.push(said);
    }
    for (const key of fresh) seen.add(key);
  }
  return told;
}

/** What makes a segment the same when a later call repeats it: not whether it goes in or out. */
function identity(segment: Segment): string {
  const { type, role, content, name, arguments: args, result, hash, uri, value, id } = segment;
  const who = type === 'tool_call' || type === 'tool_result' ? type : role;
  // A call that has an id is that call, however it is told.
  return JSON.stringify(id !== undefined && type !== 'document' ? [type, id] : [type, who, content, name, args, result, hash, uri, value]);
}

/** The text of a segment, for showing. */
export function text(segment: Segment): string {
  switch (segment.type) {
    case 'tool_call':
      return pretty(segment.arguments);
    case 'tool_result':
      return pretty(segment.result);
    case 'other':
      return pretty(segment.value);
    case 'blob':
      return `${segment.modality ?? 'attachment'}, ${segment.mime_type ?? 'unknown type'}, ${segment.size ?? '?'} bytes, fingerprint ${segment.hash ?? '?'}`;
    case 'reference':
      return segment.uri ?? '';
    default:
      return segment.content ?? '';
  }
}

export function pretty(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
