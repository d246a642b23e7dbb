/** A period: the last so long, or from one moment to another. */

export interface Period {
  /** `15m`, `1h`, `24h`, `7d`, …. Absent where `from` and `to` are given. */
  last?: string;
  from?: string;
  to?: string;
}

export const PRESETS: readonly { last: string; label: string }[] = [
  { last: '15m', label: '15 minutes' },
  { last: '1h', label: '1 hour' },
  { last: '6h', label: '6 hours' },
  { last: '24h', label: '24 hours' },
  { last: '7d', label: '7 days' },
  { last: '30d', label: '30 days' },
  { last: '90d', label: '90 days' },
];

const USUAL = '24h';

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `15m`; null for what is none. */
export function length(last: string): number | null {
  const match = /^([1-9][0-9]{0,4})([mhd])$/.exec(last);
  return match ? Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0) : null;
}

/** The moments that a period means now. */
export function bounds(period: Period, now: number = Date.now()): { from?: string; to?: string } {
  if (period.from || period.to) {
    return { ...(period.from ? { from: period.from } : {}), ...(period.to ? { to: period.to } : {}) };
  }
  const long = length(period.last ?? USUAL) ?? 86_400_000;
  return { from: new Date(now - long).toISOString(), to: new Date(now).toISOString() };
}

/** The period of an address; the other one where it says none. */
export function read(query: URLSearchParams, other: Period): Period {
  const from = moment(query.get('from'));
  const to = moment(query.get('to'));
  if (from || to) return { ...(from ? { from } : {}), ...(to ? { to } : {}) };
  const last = query.get('last');
  return last && length(last) !== null ? { last } : other;
}

function moment(text: string | null): string | undefined {
  return text && !Number.isNaN(Date.parse(text)) ? new Date(text).toISOString() : undefined;
}
