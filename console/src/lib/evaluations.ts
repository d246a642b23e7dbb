/** What evaluators said, this period beside the one before. */

import type { Evaluation } from '../api/types';

export interface Compared {
  name: string;
  deployment: string | null;
  version: string | null;
  now: { mean: number; count: number } | null;
  before: { mean: number; count: number } | null;
}

/** A row for each evaluation, deployment and version of either period, in the order of the first. */
export function compared(now: readonly Evaluation[] = [], before: readonly Evaluation[] = []): Compared[] {
  const rows = new Map<string, Compared>();
  for (const [side, list] of [['now', now], ['before', before]] as const) {
    for (const { name, places } of list) {
      for (const { deployment, version, mean, count } of places) {
        const key = JSON.stringify([name, deployment, version]);
        const row = rows.get(key) ?? { name, deployment, version, now: null, before: null };
        rows.set(key, { ...row, [side]: { mean, count } });
      }
    }
  }
  return [...rows.values()].sort((a, b) => place(now, before, a.name) - place(now, before, b.name));
}

/** Rows of one evaluation stand together. */
function place(now: readonly Evaluation[], before: readonly Evaluation[], name: string): number {
  const at = now.findIndex((one) => one.name === name);
  return at >= 0 ? at : now.length + before.findIndex((one) => one.name === name);
}

/** A score as evaluators give them: mostly between 0 and 1, sometimes points. */
export const mean = (n: number | null | undefined): string => (n === null || n === undefined || !Number.isFinite(n) ? '–' : Math.abs(n) >= 100 ? n.toFixed(0) : n.toFixed(2));
