/** Something that is read from the server: what it is, whether it is coming, why it did not come. */

import { Problem } from '../api/problem';

export class Loaded<T> {
  value = $state.raw<T | undefined>(undefined);
  problem = $state.raw<Problem | undefined>(undefined);
  loading = $state(false);
  #asked = 0;
  #abort: AbortController | undefined;

  /** Reads anew; an answer to an older question is dropped. What was there stays until then. */
  async load(ask: (signal: AbortSignal) => Promise<T>): Promise<void> {
    const turn = ++this.#asked;
    this.#abort?.abort();
    this.#abort = new AbortController();
    this.loading = true;
    try {
      const value = await ask(this.#abort.signal);
      if (turn !== this.#asked) return;
      this.value = value;
      this.problem = undefined;
    } catch (error) {
      if (turn !== this.#asked) return;
      this.problem = error instanceof Problem ? error : new Problem('failed', error instanceof Error ? error.message : String(error), 0);
    }
    this.loading = false;
  }

  clear(): void {
    this.#asked++;
    this.#abort?.abort();
    this.value = undefined;
    this.problem = undefined;
    this.loading = false;
  }
}
