/** Where the page is, kept in the address. */

import { isInside, parse, type Route } from '../lib/path';

class Place {
  current = $state.raw<Route>(parse(location.pathname, location.search));
  #scroll = new Map<string, number>();

  constructor() {
    addEventListener('popstate', () => this.#read());
    document.addEventListener('click', (event) => this.#click(event));
  }

  /** Goes to a page. `replace` keeps the history as it is: for filters that change while one types. */
  go(href: string, how: { replace?: boolean } = {}): void {
    const url = new URL(href, location.href);
    if (url.href === location.href) return;
    const same = url.pathname === location.pathname;
    if (!same) this.#scroll.set(location.href, scrollY);
    history[how.replace ? 'replaceState' : 'pushState'](null, '', url);
    this.#read();
    if (!same) scrollTo(0, 0);
  }

  /** Changes the query alone. */
  query(query: URLSearchParams, how: { replace?: boolean } = { replace: true }): void {
    const text = query.toString();
    this.go(`${location.pathname}${text ? `?${text}` : ''}`, how);
  }

  #read(): void {
    this.current = parse(location.pathname, location.search);
    const before = this.#scroll.get(location.href);
    if (before !== undefined) setTimeout(() => scrollTo(0, before), 60);
  }

  #click(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.target || link.hasAttribute('download') || !link.hasAttribute('href')) return;
    if (!isInside(link.href, location.origin)) return;
    event.preventDefault();
    this.go(link.href);
  }
}

export const place = new Place();
