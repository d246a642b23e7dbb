/**
 * Asks the API. The session is a cookie that the page cannot read; writes carry the token that came
 * with it.
 */

import * as problem from './problem';
import { Problem } from './problem';

const BASE = '/api/v1';
/** A question that takes longer has failed. */
const PATIENCE = 60_000;

export type Parameters = Record<string, string | number | boolean | null | undefined>;

/** What the rest of the page wants to know of every answer. */
export interface Watcher {
  csrf(): string;
  /** The session has ended, or there was none. */
  ended(): void;
  /** Whether the server answered at all. */
  reached(yes: boolean): void;
}

let watcher: Watcher = { csrf: () => '', ended: () => {}, reached: () => {} };

export function watch(by: Watcher): void {
  watcher = by;
}

export function address(path: string, parameters: Parameters = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return `${BASE}${path}${text ? `?${text}` : ''}`;
}

/** Part of a path: nothing in it can leave its place. */
export const part = (id: string | number): string => encodeURIComponent(String(id));

export async function get<T>(path: string, parameters: Parameters = {}, signal?: AbortSignal): Promise<T> {
  return ask<T>('GET', address(path, parameters), undefined, signal);
}

export async function send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  return ask<T>(method, address(path), body, signal);
}

async function ask<T>(method: string, url: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (method !== 'GET') headers['x-csrf-token'] = watcher.csrf();
  const patience = AbortSignal.timeout(PATIENCE);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    watcher.reached(false);
    throw problem.offline();
  }
  watcher.reached(true);
  const value = parse(text);
  if (!response.ok) {
    const refused = problem.of(response.status, value, response.headers.get('retry-after'));
    if (refused.why === 'unauthenticated' && !url.startsWith(`${BASE}/session`)) watcher.ended();
    throw refused;
  }
  if (value === undefined && text !== '') throw new Problem('failed', 'The server’s answer cannot be read.', response.status);
  return value as T;
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
