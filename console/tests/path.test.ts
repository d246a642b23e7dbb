import { describe, expect, it } from 'vitest';
import { isInside, parse, to } from '../src/lib/path';
import { bounds, length, read } from '../src/lib/period';

describe('path', () => {
  it('finds the page, the thing and the query', () => {
    expect(parse('/').page).toBe('overview');
    expect(parse('/records/17')).toMatchObject({ page: 'records', id: '17' });
    expect(parse('/users/u_a%2Fb', '?last=7d').id).toBe('u_a/b');
    expect(parse('/users/u_a', '?last=7d').query.get('last')).toBe('7d');
    expect(parse('/alerts/').id).toBeUndefined();
  });

  it('knows no other path, and none that is broken', () => {
    for (const path of ['/openai/v1/models', '/constructor', '/__proto__', '/traces', '/records/%E0%A4%A']) {
      expect(parse(path).page).toBe('nowhere');
    }
  });

  it('writes what it reads', () => {
    const path = to('/users', 'a/b?c', { last: '7d', q: '', n: 3 });
    expect(path).toBe('/users/a%2Fb%3Fc?last=7d&n=3');
    const url = new URL(path, 'http://x');
    expect(parse(url.pathname, url.search).id).toBe('a/b?c');
  });

  it('keeps to its own origin', () => {
    expect(isInside('/records/3', 'http://a')).toBe(true);
    for (const href of ['http://b/records', '//b/records', 'javascript:alert(1)', '/api/v1/records', 'http://[']) {
      expect(isInside(href, 'http://a')).toBe(false);
    }
  });
});

describe('period', () => {
  it('is a length before now, or two moments', () => {
    const now = Date.parse('2026-11-30T12:00:00Z');
    expect(bounds({ last: '1h' }, now)).toEqual({ from: '2026-11-30T11:00:00.000Z', to: '2026-11-30T12:00:00.000Z' });
    expect(bounds({ from: '2026-11-30T11:00:00.000Z' }, now)).toEqual({ from: '2026-11-30T11:00:00.000Z' });
    expect(length('7d')).toBe(604_800_000);
    expect(length('0m')).toBeNull();
  });

  it('is read from the address, if it is one', () => {
    expect(read(new URLSearchParams('last=6h'), { last: '24h' })).toEqual({ last: '6h' });
    expect(read(new URLSearchParams('last=evil'), { last: '24h' })).toEqual({ last: '24h' });
    expect(read(new URLSearchParams('from=x'), { last: '24h' })).toEqual({ last: '24h' });
    expect(read(new URLSearchParams('from=2026-11-30T11:00:00Z'), {})).toEqual({ from: '2026-11-30T11:00:00.000Z' });
  });
});
