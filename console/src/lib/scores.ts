/** Attack scores as a person reads them. The API tells them in hundredths: 0 to 100. */

import type { Spread } from '../api/types';
import { count } from './number';

/** `0.05`. */
export const score = (hundredths: number): string => (Math.min(100, hundredths) / 100).toFixed(2);

/** `0.50 to 0.55`, of which the upper end is not reached; `0.95 to 1.00` with it. */
export const stretch = (from: number, below: number): string => `${score(from)} to ${score(below > 100 ? 100 : below)}`;

/** What a histogram says, for those who cannot see it. */
export function summary({ count: all, without, quantiles }: Pick<Spread, 'count' | 'without' | 'quantiles'>): string {
  const none = `${count(without)} records without any sign`;
  if (!quantiles) return `No record has a score; ${none}`;
  return `${count(all)} records with a score: half of them up to ${score(quantiles.p50)}, 95 % up to ${score(quantiles.p95)}, 99 % up to ${score(quantiles.p99)}; ${none}`;
}

/** How a narrowing to scores is written: `0.50 to 0.55`, `from 0.50`, `below 0.55`. */
export function narrowing(from: string | undefined, below: string | undefined): string {
  if (from && below) return stretch(Number(from), Number(below));
  return from ? `from ${score(Number(from))}` : below ? `below ${score(Number(below))}` : '';
}
