/** The period that the pages are about: in the address, else as it was chosen last. */

import { bounds, type Period, read } from '../lib/period';
import { place } from './route.svelte';
import { session } from './session.svelte';

const KEPT = 'plainsight.period';

class Chosen {
  #last = $state.raw<Period>(kept());
  /** Grows when a period that ends now is to be read again. */
  ticks = $state(0);

  get current(): Period {
    const { page, id, query } = place.current;
    // What is usual for somebody shows only over weeks.
    const long = id !== undefined && (page === 'users' || page === 'agents');
    return read(query, long ? { last: '30d' } : this.#last);
  }

  /** The moments it means now. Whoever reads it is asked again when the page is refreshed. */
  get bounds(): { from?: string; to?: string } {
    void this.ticks;
    void session.epoch;
    return bounds(this.current);
  }

  /** Chooses another, and writes it into the address. */
  choose(period: Period): void {
    if (period.last) {
      this.#last = { last: period.last };
      sessionStorage.setItem(KEPT, period.last);
    }
    const query = new URLSearchParams(place.current.query);
    for (const name of ['last', 'from', 'to'] as const) {
      const value = period[name];
      if (value) query.set(name, value);
      else query.delete(name);
    }
    this.ticks += 1;
    place.query(query, { replace: false });
  }

  refresh(): void {
    this.ticks += 1;
  }
}

function kept(): Period {
  return { last: sessionStorage.getItem(KEPT) ?? '24h' };
}

export const period = new Chosen();
