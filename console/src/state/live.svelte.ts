/** What happens now, as server-sent events; the browser comes again by itself when the stream breaks. */

import type { Alert, IntegrityLight, Pulse, Row } from '../api/types';

export type News =
  | { type: 'record'; row: Row }
  | { type: 'alert'; alert: Alert }
  | { type: 'pulse'; pulse: Pulse };

class Live {
  connected = $state(false);
  /** Records since the page was opened. */
  records = $state(0);
  alerts = $state(0);
  pulse = $state.raw<Pulse | undefined>(undefined);
  /** How the log stood when a page last asked. */
  light = $state.raw<IntegrityLight | undefined>(undefined);
  #source: EventSource | undefined;
  #listeners = new Set<(news: News) => void>();
  #retry: ReturnType<typeof setTimeout> | undefined;

  start(): void {
    if (this.#source) return;
    const source = new EventSource('/api/v1/live');
    this.#source = source;
    source.onopen = () => (this.connected = true);
    source.onerror = () => {
      this.connected = false;
      // The browser gives up on an answer that is no stream (a session that ended, a busy server).
      if (source.readyState === EventSource.CLOSED) this.#again();
    };
    source.addEventListener('record', (event) => this.#tell(event, (row) => ({ type: 'record', row: row as Row })));
    source.addEventListener('alert', (event) => this.#tell(event, (alert) => ({ type: 'alert', alert: alert as Alert })));
    source.addEventListener('overview', (event) =>
      this.#tell(event, (pulse) => ({ type: 'pulse', pulse: pulse as Pulse })),
    );
  }

  stop(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = undefined;
    this.connected = false;
  }

  on(listener: (news: News) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #again(): void {
    this.stop();
    this.#retry = setTimeout(() => this.start(), 10_000);
  }

  #tell(event: Event, read: (data: unknown) => News): void {
    let news: News;
    try {
      news = read(JSON.parse((event as MessageEvent<string>).data));
    } catch {
      return;
    }
    if (news.type === 'record') this.records += 1;
    if (news.type === 'alert') this.alerts += 1;
    if (news.type === 'pulse') this.pulse = news.pulse;
    for (const listener of this.#listeners) listener(news);
  }
}

export const live = new Live();
