/** Addresses of the page: which page a path means, and how to write one. */

export interface Route {
  page: PageName;
  /** The part of the path that names a thing: an index, an id, a name. */
  id?: string;
  query: URLSearchParams;
}

const PAGES = {
  '': 'overview',
  records: 'records',
  traces: 'trace',
  sessions: 'session',
  alerts: 'alerts',
  users: 'users',
  agents: 'agents',
  models: 'models',
  tools: 'tools',
  rules: 'rules',
  integrity: 'integrity',
  settings: 'settings',
  'sign-in': 'sign-in',
  welcome: 'welcome',
} as const;

export type PageName = (typeof PAGES)[keyof typeof PAGES] | 'nowhere';

/** Pages that need a thing. */
const NAMED = new Set<PageName>(['trace', 'session']);

/** The page of a path with its query. */
export function parse(path: string, search = ''): Route {
  const query = new URLSearchParams(search);
  const [first = '', ...rest] = path.replace(/^\/+/, '').split('/');
  const page: PageName = Object.hasOwn(PAGES, first) ? PAGES[first as keyof typeof PAGES] : 'nowhere';
  const id = decode(rest.join('/').replace(/\/+$/, ''));
  if (id === null || (NAMED.has(page) && id === '')) return { page: 'nowhere', query };
  return id === '' ? { page, query } : { page, id, query };
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** A path with an id and a query; what is empty is left out. */
export function to(path: string, id?: string | number | null, query?: Record<string, string | number | null | undefined>): string {
  const base = id === undefined || id === null || id === '' ? path : `${path.replace(/\/$/, '')}/${encodeURIComponent(String(id))}`;
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text ? `${base}?${text}` : base;
}

/** Whether `href` leads to a page of ours: never to another origin, never to the API. */
export function isInside(href: string, origin: string): boolean {
  let url: URL;
  try {
    url = new URL(href, origin);
  } catch {
    return false;
  }
  return url.origin === origin && parse(url.pathname).page !== 'nowhere';
}
