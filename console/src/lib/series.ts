/** Series over time, with nothing where nothing was. */

import type { Moment, Overview } from '../api/types';
import { millis } from './time';

/** The most bins that are shown: what asks for more is shown as it came. */
const MOST = 2000;

/** The moments of an overview, and an empty one for each bin in which nothing happened. */
export function filled({ series, from, to, bin_s }: Pick<Overview, 'series' | 'from' | 'to' | 'bin_s'>): Moment[] {
  const bin = bin_s * 1000;
  const [start, end] = [millis(from), millis(to)];
  const bins = Math.ceil((end - start) / bin);
  if (!(bin > 0) || !(bins > 0) || bins > MOST) return series;
  const known = new Map(series.map((moment) => [Math.round((millis(moment.time) - start) / bin), moment]));
  return Array.from({ length: bins }, (_, at) => known.get(at) ?? { time: new Date(start + at * bin).toISOString(), calls: 0, errors: 0 });
}
