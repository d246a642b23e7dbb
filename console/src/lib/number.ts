/** Numbers as a person reads them. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** `12,345`. */
export function count(n: number | null | undefined): string {
  return n === null || n === undefined || !Number.isFinite(n) ? '–' : whole.format(n);
}

/** `980`, `12.3 k`, `4.1 M`. */
export function brief(n: number | null | undefined): string {
  if (n === null || n === undefined || !Number.isFinite(n)) return '–';
  const size = Math.abs(n);
  if (size < 10_000) return Number.isInteger(n) ? whole.format(n) : n.toFixed(size < 10 ? 2 : 1);
  for (const [limit, unit] of [[1e6, 'k'], [1e9, 'M'], [1e12, 'G']] as const) {
    if (size < limit) {
      const scaled = (n / limit) * 1000;
      return `${scaled.toFixed(scaled < 100 ? 1 : 0)} ${unit}`;
    }
  }
  return n.toExponential(1);
}

/** `3.2 %`; `–` of nothing. */
export function percent(part: number, all: number): string {
  if (!(all > 0)) return '–';
  const share = (part / all) * 100;
  return `${share === 0 ? 0 : share < 10 ? share.toFixed(1) : Math.round(share)} %`;
}

/** `$ 0.0031`, `$ 12.40`. */
export function dollars(n: number | null | undefined): string {
  if (n === null || n === undefined || !Number.isFinite(n)) return '–';
  return `$ ${n !== 0 && Math.abs(n) < 0.1 ? n.toFixed(4) : whole.format(Math.trunc(n)) + (n % 1).toFixed(2).replace(/^-?0/, '')}`;
}

/** `512 B`, `1.5 KiB`, `3.0 MiB`. */
export function bytes(n: number | null | undefined): string {
  if (n === null || n === undefined || !Number.isFinite(n)) return '–';
  if (n < 1024) return `${n} B`;
  if (n < 1024 ** 2) return `${(n / 1024).toFixed(1)} KiB`;
  return `${(n / 1024 ** 2).toFixed(1)} MiB`;
}

/** How a value moved against the period before, as a share: 0.25 is a quarter more. */
export function change(now: number | null | undefined, before: number | null | undefined): number | null {
  if (now === null || now === undefined || before === null || before === undefined) return null;
  if (!Number.isFinite(now) || !Number.isFinite(before) || before === 0) return null;
  return now / before - 1;
}
