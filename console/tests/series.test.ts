import { describe, expect, it } from 'vitest';
import { lists, shares } from '../src/lib/coverage';
import { filled } from '../src/lib/series';

describe('series', () => {
  const from = '2026-11-30T00:00:00.000Z';

  it('has an empty moment where nothing happened', () => {
    const one = { time: '2026-11-30T02:00:00Z', calls: 7, errors: 1 };
    const all = filled({ series: [one], from, to: '2026-11-30T04:30:00Z', bin_s: 3600 });
    expect(all.map((moment) => moment.calls)).toEqual([0, 0, 7, 0, 0]);
    expect(all[2]).toBe(one);
    expect(all[4]?.time).toBe('2026-11-30T04:00:00.000Z');
  });

  it('stays as it came when the bins make no sense', () => {
    const one = { time: from, calls: 7, errors: 1 };
    expect(filled({ series: [one], from, to: from, bin_s: 0 })).toEqual([one]);
    expect(filled({ series: [one], from: '1970-01-01T00:00:00Z', to: from, bin_s: 60 })).toEqual([one]);
  });
});

describe('coverage', () => {
  it('puts lists beside one another, and counts', () => {
    const rule = { id: 'r', title: 'Rule' };
    const all = lists({ peers: [{ name: 'Peer', alerts: [{ id: 'a', name: 'A', rules: [rule] }, { name: 'B', rules: [], not_covered: 'why' }] }], requirements: [], atlas: { 'AML.T0051': 3 }, owasp: {} });
    expect(shares(all)).toEqual([
      { name: 'MITRE ATLAS', covered: 1, all: null },
      { name: 'OWASP', covered: 0, all: null },
      { name: 'Peer', covered: 1, all: 2 },
      { name: 'Requirements', covered: 0, all: null },
    ]);
    expect(all.frameworks[2]?.items[1]).toMatchObject({ id: '', title: 'B', reason: 'why' });
  });
});
