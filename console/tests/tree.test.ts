import { describe, expect, it } from 'vitest';
import type { Row } from '../src/api/types';
import { build } from '../src/lib/tree';

const at = (index: number, second: number, more: Partial<Row> = {}): Row => ({
  index, kind: 'span', time: new Date(second * 1000).toISOString(), ...more,
});
const shape = (rows: Row[]) => build(rows).nodes.map((node) => [node.row.index, node.depth]);

describe('tree', () => {
  it('puts children under their parent, in order of time', () => {
    const rows = [
      at(3, 2, { span_id: 'c', parent_span_id: 'a' }),
      at(1, 0, { span_id: 'a', duration_ms: 10_000 }),
      at(2, 1, { span_id: 'b', parent_span_id: 'a' }),
      at(4, 1.5, { span_id: 'd', parent_span_id: 'b' }),
      at(5, 3),
    ];
    expect(shape(rows)).toEqual([[1, 0], [2, 1], [4, 2], [3, 1], [5, 0]]);
  });

  it('gives start and length as shares', () => {
    const tree = build([at(1, 0, { span_id: 'a', duration_ms: 4000 }), at(2, 1, { parent_span_id: 'a', duration_ms: 1000 })]);
    expect(tree.span).toBe(4000);
    expect(tree.nodes[1]).toMatchObject({ start: 0.25, length: 0.25 });
  });

  it('makes a root of an orphan, and of those that are their own ancestors', () => {
    expect(shape([at(1, 0, { span_id: 'a', parent_span_id: 'gone' })])).toEqual([[1, 0]]);
    const circle = [at(1, 0, { span_id: 'a', parent_span_id: 'b' }), at(2, 1, { span_id: 'b', parent_span_id: 'a' })];
    expect(build(circle).nodes).toHaveLength(2);
    expect(build([at(1, 0, { span_id: 'a', parent_span_id: 'a' })]).nodes).toHaveLength(1);
  });

  it('shows each row once, even when spans are shared', () => {
    const rows = [at(1, 0, { span_id: 'a' }), at(2, 1, { span_id: 'a' }), at(3, 2, { span_id: 'b', parent_span_id: 'a' })];
    expect(shape(rows)).toEqual([[1, 0], [3, 1], [2, 0]]);
  });

  it('holds a deep chain', () => {
    const rows = Array.from({ length: 3000 }, (_, i) => at(i, i, { span_id: `s${i}`, parent_span_id: `s${i - 1}` }));
    expect(build(rows).nodes.at(-1)?.depth).toBe(2999);
  });
});
