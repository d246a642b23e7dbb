import { describe, expect, it } from 'vitest';

import { choose, exactly, forApi, has, read, set, size, toggle, typed, values, write } from '../src/lib/filters';

const none = { facets: {}, single: {} };

describe('filters', () => {
  it('live in the address', () => {
    const filters = read(new URLSearchParams('kind=interaction&user=u_1&q=refund&last=1h&nonsense=1'));
    expect(filters).toEqual({ facets: { kind: ['interaction'], user: ['u_1'] }, single: { q: 'refund', last: '1h' } });
    expect(read(write(filters))).toEqual(filters);
    expect(size(filters)).toBe(3);
    expect(forApi(filters)).toEqual({ kind: 'interaction', user: 'u_1', q: 'refund' });
    expect(set(filters, { q: undefined, session: 's' }).single).toEqual({ session: 's', last: '1h' });
  });

  it('hold several values of a facet, in the address and for the API', () => {
    let filters = toggle(toggle(none, 'model', 'a,b'), 'model', 'c\\d');
    expect(write(filters).get('model')).toBe('a\\,b,c\\\\d');
    expect(read(write(filters))).toEqual(filters);
    expect(forApi(filters)).toEqual({ model: 'a\\,b,c\\\\d' });
    expect(size(filters)).toBe(2);
    filters = toggle(filters, 'model', 'a,b');
    expect(filters.facets.model).toEqual(['c\\d']);
    expect(toggle(filters, 'model', 'c\\d').facets).toEqual({});
  });

  it('hold one value of a facet that the API takes alone', () => {
    const filters = toggle(toggle(none, 'status', 'ok'), 'status', 'error');
    expect(forApi(filters)).toEqual({ status: 'error' });
    expect(read(new URLSearchParams('tenant=a,b')).facets.tenant).toEqual(['a,b']);
  });

  it('are chosen alone, and left', () => {
    const filters = choose(toggle(toggle(none, 'kind', 'span'), 'kind', 'log'), 'kind', ['log']);
    expect([has(filters, 'kind', 'log'), has(filters, 'kind', 'span')]).toEqual([true, false]);
    expect(choose(filters, 'kind', []).facets).toEqual({});
  });

  it('read what was typed', () => {
    expect(typed('model:a kettle model:"b c" http://x')).toEqual({ words: 'kettle http://x', facets: [['model', 'a'], ['model', 'b c']] });
  });

  it('take lists apart as the server does', () => {
    expect(values('a,b,,a,')).toEqual(['a', 'b']);
    for (const value of ['a', ',', '\\', '\\,', 'x\\\\y,z', '=HYPERLINK("//x","y")']) expect(values(`${exactly(value)},z9`)).toEqual([value, 'z9']);
    expect(values('a\\b')).toEqual(['a\\b']);
  });
});
