/** The filters of a list of records: in the address, in questions to the API, in saved queries. */

export const FACETS = ['kind', 'status', 'user', 'agent', 'model', 'tool', 'finding', 'service', 'tenant'] as const;
export type Facet = (typeof FACETS)[number];

/** Filters that have one value and no list of choices. */
export const SINGLE = ['q', 'session', 'trace', 'attack', 'score_from', 'score_below', 'refused', 'from', 'to', 'last', 'order'] as const;

/** Facets of which the API takes one value at a time. */
const ALONE: readonly Facet[] = ['status', 'tenant'];

export interface Filters {
  /** The values that are chosen: any of them. */
  facets: Partial<Record<Facet, string[]>>;
  single: Partial<Record<(typeof SINGLE)[number], string>>;
}

/** A value as it stands in a list between commas. */
export const exactly = (value: string): string => value.replace(/[\\,]/g, '\\$&');

/** The values of such a list. */
export function values(list: string): string[] {
  const found = list.match(/(?:\\[\\,]|[^,])+/g) ?? [];
  return [...new Set(found.map((one) => one.replace(/\\([\\,])/g, '$1')))];
}

/** Reads the filters of an address. */
export function read(query: URLSearchParams): Filters {
  const filters: Filters = { facets: {}, single: {} };
  for (const facet of FACETS) {
    const value = query.get(facet);
    if (value) filters.facets[facet] = ALONE.includes(facet) ? [value] : values(value);
  }
  for (const name of SINGLE) {
    const value = query.get(name);
    if (value) filters.single[name] = value;
  }
  return filters;
}

/** Writes them into an address. */
export function write(filters: Filters): URLSearchParams {
  const query = new URLSearchParams();
  for (const [facet, value] of written(filters)) query.set(facet, value);
  for (const name of SINGLE) {
    const value = filters.single[name];
    if (value) query.set(name, value);
  }
  return query;
}

function written(filters: Filters): [Facet, string][] {
  const lists = FACETS.map((facet): [Facet, string[]] => [facet, filters.facets[facet] ?? []]);
  return lists.filter(([, list]) => list.length > 0).map(([facet, list]) => [facet, ALONE.includes(facet) ? (list[0] ?? '') : list.map(exactly).join(',')]);
}

/** Whether a facet's value is chosen. */
export const has = (filters: Filters, facet: Facet, value: string): boolean => filters.facets[facet]?.includes(value) ?? false;

/** The filters with a facet's value chosen, beside others of it; not chosen any more, if it was. */
export function toggle(filters: Filters, facet: Facet, value: string): Filters {
  const chosen = filters.facets[facet] ?? [];
  const others = chosen.filter((one) => one !== value);
  if (others.length < chosen.length) return choose(filters, facet, others);
  return choose(filters, facet, ALONE.includes(facet) ? [value] : [...chosen, value]);
}

/** The filters with these values of a facet and no others. */
export function choose(filters: Filters, facet: Facet, chosen: string[]): Filters {
  const facets = { ...filters.facets };
  if (chosen.length > 0) facets[facet] = chosen;
  else delete facets[facet];
  return { ...filters, facets };
}

/** The filters with a single one set, or taken away. */
export function set(filters: Filters, changes: Filters['single']): Filters {
  const single = { ...filters.single };
  for (const [name, value] of Object.entries(changes) as [keyof Filters['single'], string | undefined][]) {
    if (value) single[name] = value;
    else delete single[name];
  }
  return { ...filters, single };
}

/** How many there are, the period and the order aside. */
export function size(filters: Filters): number {
  const facets = Object.values(filters.facets).flat().length;
  // Both ends of a stretch of scores are one filter.
  const single = Object.keys(filters.single).filter((name) => !['from', 'to', 'last', 'order'].includes(name) && !(name === 'score_below' && filters.single.score_from));
  return facets + single.length;
}

/** As the API asks for them, without the period. */
export function forApi(filters: Filters): Record<string, string> {
  const asked: Record<string, string> = {};
  for (const [facet, value] of written(filters)) asked[facet] = value;
  for (const name of ['q', 'session', 'trace', 'attack', 'score_from', 'score_below', 'refused', 'order'] as const) {
    const value = filters.single[name];
    if (value) asked[name] = value;
  }
  return asked;
}

/** Takes `facet:value` out of what was typed; the rest is searched for. Quotes hold spaces together. */
export function typed(text: string): { words: string; facets: [Facet, string][] } {
  const facets: [Facet, string][] = [];
  const words = text.replace(/(?:^|\s)([a-z]+):("[^"]*"|\S+)/g, (all, name: string, value: string) => {
    const facet = FACETS.find((one) => one === name);
    if (!facet) return all;
    facets.push([facet, value.replace(/^"|"$/g, '')]);
    return '';
  });
  return { words: words.trim().replace(/\s+/g, ' '), facets };
}
