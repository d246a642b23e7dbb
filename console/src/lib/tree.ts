/** The tree of a trace: rows with a span and a parent become nodes with a depth, in order of time. */

import type { Row } from '../api/types';
import { millis } from './time';

export interface Node {
  row: Row;
  depth: number;
  children: number;
  /** Start and length as shares of the whole trace, 0 to 1. */
  start: number;
  length: number;
}

export interface Tree {
  nodes: Node[];
  /** Milliseconds from the first start to the last end. */
  span: number;
  begin: number;
}

/** Builds the tree. A parent that is not there, or that would close a circle, makes a root. */
export function build(rows: Row[]): Tree {
  const ordered = [...rows].sort((a, b) => millis(a.time) - millis(b.time) || a.index - b.index);
  const byspan = new Map<string, Row>();
  for (const row of ordered) {
    if (row.span_id && !byspan.has(row.span_id)) byspan.set(row.span_id, row);
  }
  const children = new Map<Row | null, Row[]>();
  const rooted = new Set<Row>();
  for (const row of ordered) {
    const parent = parentOf(row, byspan, rooted);
    const list = children.get(parent);
    if (list) list.push(row);
    else children.set(parent, [row]);
  }
  const { begin, span } = extent(ordered);
  const nodes: Node[] = [];
  const stack = (children.get(null) ?? []).map((row) => ({ row, depth: 0 })).reverse();
  for (let next = stack.pop(); next; next = stack.pop()) {
    const below = children.get(next.row) ?? [];
    const start = span > 0 ? (millis(next.row.time) - begin) / span : 0;
    const length = span > 0 ? (next.row.duration_ms ?? 0) / span : 1;
    nodes.push({ row: next.row, depth: next.depth, children: below.length, start, length });
    const depth = next.depth + 1;
    stack.push(...below.map((row) => ({ row, depth })).reverse());
  }
  return { nodes, span, begin };
}

/** `rooted` gathers rows whose ancestors end in a root, so that a long chain is walked once. */
function parentOf(row: Row, byspan: Map<string, Row>, rooted: Set<Row>): Row | null {
  const above = (of: Row) => (of.parent_span_id ? byspan.get(of.parent_span_id) : undefined);
  // Several rows may share a span (a tool call told by two sources): the first stands for it.
  const parent = above(row);
  if (!parent || parent === row) return null;
  const seen = new Set<Row>([row]);
  for (let up: Row | undefined = parent; up && !rooted.has(up); up = above(up)) {
    if (seen.has(up)) return null;
    seen.add(up);
  }
  for (const one of seen) rooted.add(one);
  return parent;
}

function extent(rows: Row[]): { begin: number; span: number } {
  let begin = Infinity;
  let end = -Infinity;
  for (const row of rows) {
    const at = millis(row.time);
    if (Number.isNaN(at)) continue;
    begin = Math.min(begin, at);
    end = Math.max(end, at + (row.duration_ms ?? 0));
  }
  return begin === Infinity ? { begin: 0, span: 0 } : { begin, span: end - begin };
}
