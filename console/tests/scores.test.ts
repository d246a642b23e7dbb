import { describe, expect, it } from 'vitest';
import { forApi, read, set, size, write } from '../src/lib/filters';
import { narrowing, score, stretch, summary } from '../src/lib/scores';

describe('attack scores', () => {
  it('are hundredths, told as they are scored', () => {
    expect([score(0), score(5), score(100), score(101)]).toEqual(['0.00', '0.05', '1.00', '1.00']);
    expect(stretch(95, 101)).toBe('0.95 to 1.00');
  });

  it('are summed up in a sentence', () => {
    expect(summary({ count: 1200, without: 30_000, quantiles: { p50: 5, p95: 45, p99: 90 } })).toBe('1,200 records with a score: half of them up to 0.05, 95 % up to 0.45, 99 % up to 0.90; 30,000 records without any sign');
    expect(summary({ count: 0, without: 2, quantiles: null })).toBe('No record has a score; 2 records without any sign');
  });

  it('narrow a list of records, in the address and for the API, as one filter', () => {
    const filters = read(new URLSearchParams('score_from=50&score_below=55&last=7d'));
    expect(forApi(filters)).toEqual({ score_from: '50', score_below: '55' });
    expect(read(write(filters))).toEqual(filters);
    expect(size(filters)).toBe(1);
    expect(size(set(filters, { score_from: undefined }))).toBe(1);
    expect(size(set(filters, { score_from: undefined, score_below: undefined }))).toBe(0);
  });

  it('are named by their ends', () => {
    expect([narrowing('50', '55'), narrowing('50', undefined), narrowing(undefined, '55'), narrowing(undefined, undefined)]).toEqual(['0.50 to 0.55', 'from 0.50', 'below 0.55', '']);
  });
});
