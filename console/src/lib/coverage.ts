/** What rules cover: by list, and what is left. */

import type { Coverage } from '../api/types';

export interface Share {
  name: string;
  covered: number;
  /** Null where the list holds only what rules name. */
  all: number | null;
}

export function shares(coverage: Coverage): Share[] {
  return coverage.frameworks.map(({ name, items }) => ({ name, covered: items.filter((item) => item.count > 0).length, all: items.every((item) => item.title === '') ? null : items.length }));
}

/** What the server answers. */
export interface Answer {
  peers: { name: string; alerts: Row[] }[];
  requirements: Row[];
  /** Techniques, and how many rules name each. */
  atlas: Record<string, number>;
  owasp: Record<string, number>;
}

interface Row {
  id?: string;
  name: string;
  rules: { id: string; title: string }[];
  not_covered?: string;
}

/** The lists one beside another. */
export function lists(answer: Answer): Coverage {
  const counted = (names: Record<string, number>) => Object.entries(names).map(([id, count]) => ({ id, title: '', rules: [], count }));
  const named = (rows: Row[]) => rows.map(({ id, name, rules, not_covered }) => ({ id: id ?? '', title: name, rules, count: rules.length, reason: not_covered ?? null }));
  return {
    frameworks: [
      { name: 'MITRE ATLAS', items: counted(answer.atlas) },
      { name: 'OWASP', items: counted(answer.owasp) },
      ...answer.peers.map(({ name, alerts }) => ({ name, items: named(alerts) })),
      { name: 'Requirements', items: named(answer.requirements) },
    ],
  };
}
