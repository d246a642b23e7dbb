/** What rules cover: by list, and what is left. */

import type { Coverage } from '../api/types';

export interface Share {
  name: string;
  covered: number;
  all: number;
}

export function shares(coverage: Coverage): Share[] {
  return coverage.frameworks.map(({ name, items }) => ({ name, covered: items.filter((item) => item.rules.length > 0).length, all: items.length }));
}
