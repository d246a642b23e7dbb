/** The keyboard: what each key does where one is, for the page and for the help that lists it. */

import { untrack } from 'svelte';

export interface Binding {
  /** As `KeyboardEvent.key`, or two after one another: `g r`. */
  keys: string;
  does: string;
  run: () => void;
}

/** How long the second key of a pair is waited for. */
const PAIR = 1200;

class Keys {
  #groups = $state<{ title: string; bindings: Binding[] }[]>([]);
  help = $state(false);
  #first = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    addEventListener('keydown', (event) => this.#press(event));
  }

  get groups(): { title: string; bindings: Binding[] }[] {
    return this.#groups;
  }

  /** Adds bindings; what is returned takes them away. */
  add(title: string, bindings: Binding[]): () => void {
    const group = { title, bindings };
    // Effects add bindings, and must not run again because they did.
    this.#groups = [...untrack(() => this.#groups), group];
    return () => {
      this.#groups = this.#groups.filter((one) => one.bindings !== group.bindings);
    };
  }

  #press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target;
    if (target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName))) return;
    if (document.querySelector('dialog[open]') && event.key !== '?') return;
    // Enter and space belong to the button or link that has the focus.
    if ((event.key === 'Enter' || event.key === ' ') && target instanceof HTMLElement && target.closest('a, button, summary')) return;
    const pair = this.#first ? `${this.#first} ${event.key}` : event.key;
    const all = this.#groups.flatMap((group) => group.bindings).reverse();
    const hit = all.find((binding) => binding.keys === pair);
    clearTimeout(this.#timer);
    this.#first = '';
    if (hit) {
      event.preventDefault();
      hit.run();
    } else if (all.some((binding) => binding.keys.startsWith(`${pair} `))) {
      this.#first = pair;
      this.#timer = setTimeout(() => (this.#first = ''), PAIR);
    }
  }
}

export const keys = new Keys();
