import { describe, expect, it } from 'vitest';
import { compared, mean } from '../src/lib/evaluations';

const of = (name: string, ...places: [string | null, string | null, number, number][]) => ({ name, mean: 0, count: 0, places: places.map(([deployment, version, mean, count]) => ({ deployment, version, mean, count })) });

describe('evaluations', () => {
  it('are put beside those of the period before, by deployment and version', () => {
    const rows = compared([of('quality', ['prod', '2', 0.9, 5]), of('tone', [null, null, 0.5, 1])], [of('quality', ['prod', '1', 0.7, 4], ['prod', '2', 0.8, 1]), of('gone', [null, '1', 0.1, 2])]);
    expect(rows.map(({ name, version, now, before }) => [name, version, now?.mean ?? null, before?.mean ?? null])).toEqual([
      ['quality', '2', 0.9, 0.8],
      ['quality', '1', null, 0.7],
      ['tone', null, 0.5, null],
      ['gone', '1', null, 0.1],
    ]);
    expect(compared()).toEqual([]);
  });

  it('are told with two digits', () => {
    expect([mean(0.456), mean(3), mean(512.7), mean(null), mean(Number.NaN)]).toEqual(['0.46', '3.00', '513', '–', '–']);
  });
});
