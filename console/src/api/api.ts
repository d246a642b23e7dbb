/** The routes of `/api/v1`, one function each. */

import type * as t from './types';
import { type Answer, lists } from '../lib/coverage';
import { get, part, type Parameters, send } from './http';

type Signal = AbortSignal | undefined;
export type Window = { from?: string | undefined; to?: string | undefined };

// Sign-in.
export const me = () => get<t.Me | { me: t.Me }>('/session').then(whom);
export const methods = () => get<{ oidc?: boolean; oidc_name?: string; first?: boolean }>('/session/methods');
export const signIn = (name: string, password: string, code?: string) =>
  send<t.Me | { me: t.Me }>('POST', '/session', { name, password, ...(code ? { code } : {}) }).then(whom);
export const first = (token: string, name: string | undefined, password: string) =>
  send<t.Me | { me: t.Me }>('POST', '/session/first', { token, ...(name ? { name } : {}), password }).then(whom);
export const signOut = () => send<void>('DELETE', '/session');
export const totpBegin = (password: string) => send<{ secret: string; uri: string }>('POST', '/session/totp', { password });
export const totpConfirm = (code: string) => send<void>('PUT', '/session/totp', { code });
export const changePassword = (old: string, password: string) => send<void>('PUT', '/session/password', { old, new: password });

function whom(answer: t.Me | { me: t.Me }): t.Me {
  return 'me' in answer ? answer.me : answer;
}

// Reading.
export const overview = (w: Window, signal?: Signal) => get<t.Overview>('/overview', w, signal);

export const records = (filters: Parameters, signal?: Signal) => get<t.Page<t.Row>>('/records', { view: 'items', ...filters }, signal);
export const facets = (filters: Parameters, signal?: Signal) => get<{ facets: t.Facets }>('/facets', filters, signal).then((answer) => answer.facets);
export const scores = (filters: Parameters, signal?: Signal) => get<t.Spread>('/scores', filters, signal);
export const histogram = (filters: Parameters, bins: number, signal?: Signal) => get<t.Histogram>('/histogram', { ...filters, bins }, signal);
export const record = (index: number, signal?: Signal) => get<t.Logged>(`/records/${part(index)}`, {}, signal);
export const proof = (index: number) => get<t.ProofAnswer>(`/records/${part(index)}/proof`);
export const sealed = (index: number) => get<{ sealed: t.Sealed[] }>(`/records/${part(index)}/unseal`);
export const unseal = (index: number, finding: number, reason: string) =>
  send<{ value: string; access: number; type: string }>('POST', `/records/${part(index)}/unseal`, { finding, reason });
export const trace = (id: string, signal?: Signal) => get<t.Trace>(`/traces/${part(id)}`, {}, signal);
export const session = (id: string, signal?: Signal) => get<t.Trace>(`/sessions/${part(id)}`, {}, signal);

// Who.
type Named<T> = Omit<T, 'id'> & { user_id?: string; agent?: string };
const named = <T extends { id: string }>(one: Named<T>): T => ({ ...one, id: one.user_id ?? one.agent ?? '' }) as unknown as T;
export const entities = (kind: 'users' | 'agents', parameters: Parameters, signal?: Signal) =>
  get<t.Page<Named<t.Entity>>>(`/${kind}`, parameters, signal).then((page): t.Page<t.Entity> => ({ ...page, items: page.items.map(named<t.Entity>) }));
export const entity = (kind: 'users' | 'agents', id: string, w: Window, signal?: Signal) =>
  get<Named<t.EntityDetail>>(`/${kind}/${part(id)}`, w, signal).then(named<t.EntityDetail>);

// Alerts.
export const alerts = (filters: Parameters, signal?: Signal) => get<t.Page<t.Alert>>('/alerts', filters, signal);
export const alert = (id: string, signal?: Signal) => get<t.AlertDetail>(`/alerts/${part(id)}`, {}, signal);
export const verdict = (id: string, verdict: t.Opinion, reason: string) =>
  send<{ index: number }>('POST', `/alerts/${part(id)}/verdict`, { verdict, reason });
export const suppress = (suppression: { rule?: string; entities?: Record<string, string>; until: string; reason: string }) =>
  send<{ index: number }>('POST', '/suppressions', suppression);

// Models, tools, rules.
type Performed = Omit<t.Performer, 'name'> & { model?: string; tool?: string };
export const performers = (kind: 'models' | 'tools', w: Window, signal?: Signal) =>
  get<t.Page<Performed> & Pick<t.Performers, 'evaluations'>>(`/${kind}`, w, signal).then((page): t.Performers => ({ ...page, items: page.items.map((one) => ({ ...one, name: one.model ?? one.tool ?? '' })) }));
export const rules = (signal?: Signal) => get<t.Page<t.Rule>>('/rules', {}, signal);
export const rule = (id: string, signal?: Signal) => get<t.RuleDetail>(`/rules/${part(id)}`, {}, signal);
export const testRule = (yaml: string, w: Window, signal?: Signal) => send<t.RuleTest>('POST', '/rules/test', { yaml, ...w }, signal);
export const coverage = (signal?: Signal) => get<Answer>('/coverage', {}, signal).then(lists);

// The log.
export const integrity = (signal?: Signal) => get<t.Integrity>('/integrity', {}, signal);
export const checkpoints = (parameters: Parameters, signal?: Signal) => get<t.Page<t.Checkpoint>>('/integrity/checkpoints', parameters, signal);
export const verify = () => send<{ run: number }>('POST', '/integrity/verify');
export const run = (id: number, signal?: Signal) => get<t.VerifyRun>(`/integrity/runs/${part(id)}`, {}, signal);
export const access = (parameters: Parameters, signal?: Signal) => get<t.Page<t.AccessEntry>>('/access', parameters, signal);

// Settings.
export const settings = (signal?: Signal) => get<t.Settings>('/settings', {}, signal);
export const testPolicy = (text: string, origin: string) => send<t.PolicyTest>('POST', '/settings/policy/test', { text, origin });
export const sinks = (signal?: Signal) => get<t.Page<t.Sink>>('/sinks', {}, signal);
export const testSink = (name: string) => send<{ ok: boolean; detail?: string }>('POST', `/sinks/${part(name)}/test`);
export const people = (signal?: Signal) => get<t.Page<t.Person>>('/people', {}, signal);
export const invite = (person: { name: string; role: t.Role; tenant?: string }) => send<Admitted>('POST', '/people', person);
export const changePerson = (name: string, change: { role?: t.Role; tenant?: string | null; disabled?: boolean; invite_again?: boolean }) =>
  send<Admitted>('PATCH', `/people/${part(name)}`, change);
export const removePerson = (name: string) => send<void>('DELETE', `/people/${part(name)}`);
export const tokens = (signal?: Signal) => get<t.Page<t.Token>>('/tokens', {}, signal);
export const makeToken = (token: { label: string; scopes: string[]; tenant?: string; expires: string }) =>
  send<{ id: string; token: string }>('POST', '/tokens', token);
export const removeToken = (id: string) => send<void>('DELETE', `/tokens/${part(id)}`);
export const rotate = (root: boolean) => send<Record<string, number>>('POST', '/vault/rotate', { root });

/** A person, and the link that they begin with, where there is one. */
interface Admitted {
  person: t.Person;
  link: string | null;
}
