/** Queries that this person kept, in this browser. */

export interface Saved {
  name: string;
  query: string;
}

const KEPT = 'plainsight.queries';
const MOST = 100;

export function list(storage: Pick<Storage, 'getItem'> = localStorage): Saved[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEPT) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isSaved).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function isSaved(one: unknown): one is Saved {
  return typeof one === 'object' && one !== null && 'name' in one && 'query' in one && typeof one.name === 'string' && typeof one.query === 'string';
}

/** Keeps one; another of the same name gives way. */
export function save(one: Saved, storage: Storage = localStorage): Saved[] {
  const others = list(storage).filter((kept) => kept.name !== one.name);
  const all = [one, ...others].slice(0, MOST);
  storage.setItem(KEPT, JSON.stringify(all));
  return all;
}

export function drop(name: string, storage: Storage = localStorage): Saved[] {
  const all = list(storage).filter((kept) => kept.name !== name);
  storage.setItem(KEPT, JSON.stringify(all));
  return all;
}
