/** Times: the viewer's zone on the page, UTC where somebody hovers. */

/** What the server gives: RFC 3339, or nanoseconds since the epoch (as a number, so to a microsecond). */
export type Moment = string | number | Date;

/** Milliseconds since the epoch; NaN for what is no time. */
export function millis(moment: Moment): number {
  if (moment instanceof Date) return moment.getTime();
  if (typeof moment === 'string') return Date.parse(moment);
  return Math.round(moment / 1e3) / 1e3;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `2026-11-30 23:19:29.714 UTC`. */
export function utc(moment: Moment): string {
  const at = new Date(millis(moment));
  if (Number.isNaN(at.getTime())) return 'unknown time';
  return `${at.toISOString().replace('T', ' ').slice(0, 23)} UTC`;
}

/** `23:19:29` today, else `11-30 23:19`; with the year where it is another. */
export function short(moment: Moment, now: number = Date.now()): string {
  const at = new Date(millis(moment));
  if (Number.isNaN(at.getTime())) return '–';
  const today = new Date(now);
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (at.toDateString() === today.toDateString()) return `${clock}:${two(at.getSeconds())}`;
  const day = `${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return at.getFullYear() === today.getFullYear() ? `${day} ${clock}` : `${at.getFullYear()}-${day} ${clock}`;
}

/** `2026-11-30 23:19:29.714` in the viewer's zone. */
export function full(moment: Moment): string {
  const at = new Date(millis(moment));
  if (Number.isNaN(at.getTime())) return '–';
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const fraction = String(at.getMilliseconds()).padStart(3, '0');
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${fraction}`;
}

/** `just now`, `5 min ago`, `in 3 h`. */
export function ago(moment: Moment, now: number = Date.now()): string {
  const seconds = Math.round((now - millis(moment)) / 1000);
  if (Number.isNaN(seconds)) return '–';
  const size = Math.abs(seconds);
  if (size < 5) return 'just now';
  const words = span(size);
  return seconds < 0 ? `in ${words}` : `${words} ago`;
}

/** Whole seconds in the largest unit that fits: `45 s`, `5 min`, `3 h`, `12 d`. */
export function span(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} d`;
}

/** A duration of milliseconds: `0.4 ms`, `120 ms`, `3.42 s`, `2 min 5 s`. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return '–';
  if (ms < 1) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A week's counts by UTC hour, as they fall in the viewer's zone. `offset` is minutes east of UTC. */
export function localWeek(hours: number[][], offset: number = -new Date().getTimezoneOffset()): number[][] {
  const shift = Math.round(offset / 60);
  const local = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
  for (let day = 0; day < 7; day++) {
    for (let hour = 0; hour < 24; hour++) {
      const at = (((day * 24 + hour + shift) % 168) + 168) % 168;
      const row = local[Math.floor(at / 24)];
      if (row) row[at % 24] = (row[at % 24] ?? 0) + (hours[day]?.[hour] ?? 0);
    }
  }
  return local;
}

/** The name of the viewer's zone. */
export function zone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'local time';
}
