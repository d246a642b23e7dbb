/** Who is signed in, and whether the server is there. */

import * as api from '../api/api';
import { watch } from '../api/http';
import { Problem } from '../api/problem';
import type { Me, Right } from '../api/types';

/** How often a server that went away is asked, milliseconds: soon at first, then less often. */
const PROBES = [1000, 1000, 2000, 3000, 5000];

class Session {
  /** `undefined` until it is known; `null` when nobody is signed in. */
  me = $state.raw<Me | null | undefined>(undefined);
  /** The session ended while the page was open. */
  expired = $state(false);
  /** The server does not answer. */
  lost = $state(false);
  /** Another version of the page is served now. */
  renewed = $state(false);
  /** Grows each time that everything on the page should be read again. */
  epoch = $state(0);

  #probing = false;

  constructor() {
    watch({
      csrf: () => this.me?.csrf ?? '',
      ended: () => this.#end(),
      reached: (yes) => (yes ? this.#found() : this.#lose()),
    });
  }

  /** Asks who is signed in. */
  async begin(): Promise<void> {
    try {
      this.me = await api.me();
    } catch (error) {
      if (error instanceof Problem && error.why === 'offline') return;
      this.me = null;
    }
  }

  enter(me: Me): void {
    const other = this.me && this.me.name !== me.name;
    this.me = me;
    this.expired = false;
    // Somebody else signs in over the page of the one before: nothing of theirs may stay.
    if (other) location.assign('/');
    else this.epoch += 1;
  }

  async leave(): Promise<void> {
    try {
      await api.signOut();
    } finally {
      this.me = null;
      this.expired = false;
    }
  }

  /** Whether this person may. The server decides; this only spares them buttons that fail. */
  may(what: Right): boolean {
    return this.me?.rights.includes(what) ?? false;
  }

  #end(): void {
    if (this.me) this.expired = true;
    else this.me = null;
  }

  #found(): void {
    if (!this.lost) return;
    this.lost = false;
    this.epoch += 1;
    if (this.me === undefined) void this.begin();
    void this.#compare();
  }

  #lose(): void {
    this.lost = true;
    if (!this.#probing) void this.#probe();
  }

  async #probe(): Promise<void> {
    this.#probing = true;
    for (let turn = 0; this.lost; turn++) {
      await new Promise((resolve) => setTimeout(resolve, PROBES[Math.min(turn, PROBES.length - 1)]));
      try {
        const response = await fetch('/readyz', { cache: 'no-store', signal: AbortSignal.timeout(4000) });
        if (response.ok) this.#found();
      } catch {
        // It is still away.
      }
    }
    this.#probing = false;
  }

  /** Whether the server that came back serves another build of this page. */
  async #compare(): Promise<void> {
    const mine = document.querySelector<HTMLScriptElement>('script[type=module][src]')?.getAttribute('src');
    try {
      const page = await (await fetch('/', { cache: 'no-store' })).text();
      this.renewed = mine !== undefined && mine !== null && !page.includes(mine);
    } catch {
      // The next loss will ask again.
    }
  }
}

export const session = new Session();
