/** What was said, once: calls repeat the history of their chat, and a reader wants it in order. */

import type { Finding, Logged, Message, Origin, Segment, Signal, Told } from '../api/types';
import { millis } from './time';

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

/** What was said in a step, its parts folded. */
export function told(item: Told): Said[] {
  const { messages = [], index, span_id } = item;
  const time = millis(item.time) * 1e6;
  return messages.map((message, i) => ({ segment: segment(message), index, place: `message ${i}`, time, ...(span_id ? { span: span_id } : {}), findings: [], signals: [] }));
}

function segment({ direction, position, role, origin, type, name, text: content, tool_call_id, tool_name, mime_type, size }: Message): Segment {
  const said = content ?? '';
  const about = { direction, message: position, role, origin, type, ...(tool_call_id ? { id: tool_call_id } : {}) };
  if (type === 'tool_call') return { ...about, name: tool_name ?? '', arguments: json(said) };
  if (type === 'tool_result') return { ...about, name: tool_name ?? '', result: json(said) };
  if (type === 'blob') return { ...about, ...(mime_type ? { mime_type } : {}), ...(typeof size === 'number' ? { size } : {}), hash: said };
  return { ...about, ...(name ? { author: name } : {}), content: said };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Adds the signs of attack that records tell of: by what was said, since parts were folded. */
export function mark(said: Said[], records: Logged[]): Said[] {
  const known = new Map<string, Said>();
  for (const one of records.flatMap(segments)) if (one.signals.length || one.findings.length) known.set(text(one.segment), one);
  return said.map((one) => {
    const same = known.get(text(one.segment));
    return same ? { ...one, signals: same.signals, findings: same.findings } : one;
  });
}

/** The conversation of steps in order of time. What an earlier one said already is left out. */
export function conversation(steps: Said[][]): Said[] {
  const seen = new Set<string>();
  const all: Said[] = [];
  for (const step of steps) {
    const fresh: string[] = [];
    for (const said of step) {
      const key = identity(said.segment);
      // Within one step a text may well be said twice.
      if (seen.has(key)) continue;
      fresh.push(key);
      all.push(said);
    }
    for (const key of fresh) seen.add(key);
  }
  return all;
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
