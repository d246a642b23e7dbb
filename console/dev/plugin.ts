/** The API for `npm run dev`, without a server: shapes of `src/api/types.ts`, data of `data.ts`. */

import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Plugin } from 'vite';

import type * as t from '../src/api/types.ts';
import * as answers from './answers.ts';
import { RULES, world as make } from './data.ts';

const world = make(Date.now());
const page = <T>(items: T[], next: number | null = null, total = items.length): t.Page<T> => ({ items, next, total: { count: total, is_exact: true } });

class Refusal extends Error {
  constructor(readonly status: number, message: string, readonly type = 'about:blank') {
    super(message);
  }
}

const RIGHTS: Record<t.Role, t.Right[]> = {
  viewer: ['metadata'],
  analyst: ['metadata', 'content', 'triage'],
  investigator: ['metadata', 'content', 'triage', 'unseal'],
  administrator: ['metadata', 'settings', 'configure', 'people', 'admit', 'audit', 'verify'],
  auditor: ['metadata', 'content', 'settings', 'people', 'audit', 'verify'],
};

let me: t.Me | null = null;
const accessed: t.AccessEntry[] = [];
let runs: t.VerifyRun[] = [];

const PROOF = `c2sp.org/tlog-proof@v1\nextra AQE=\nindex 0\n\nfake.example/log\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— fake.example/log AAAAAAAA\n`;

/** Answers one question. The role is what one signs in with: `analyst`, `viewer`, …; else administrator with content. */
function answer(method: string, path: string, query: URLSearchParams, body: Record<string, unknown>): unknown {
  const [, what = '', id = '', more = ''] = /^\/([^/]*)\/?([^/]*)\/?(.*)$/.exec(path) ?? [];
  const name = decodeURIComponent(id);
  if (what === 'session') return session(method, name, body);
  if (!me) throw new Refusal(401, 'sign in first');
  accessed.unshift({ index: world.rows.length + accessed.length, time: new Date().toISOString(), who: me.name, action: `${what}.read`, filters: [...query.keys()], rows: 1 });
  switch (what) {
    case 'overview': return answers.overview(world, query);
    case 'facets': return { facets: answers.facets(world, query), count: 0 };
    case 'histogram': return answers.histogram(world, query);
    case 'records': return name ? record(method, Number(name), more, body) : records(query);
    case 'traces': return trace((row) => row.trace_id === name);
    case 'sessions': return trace((row) => row.session_id === name);
    case 'users':
    case 'agents': return name ? named(what, answers.entity(world, what, name, query) ?? missing()) : page(answers.entities(world, what, query).map((one) => named(what, one)));
    case 'models':
    case 'tools': return page(answers.performers(world, what, query).map((one) => ({ ...one, [what.slice(0, -1)]: one.name })));
    case 'alerts': return alerts(name, more, query, body);
    case 'suppressions': return { index: 1 };
    case 'rules': return rules(name, body);
    case 'coverage': return answers.coverage();
    case 'integrity': return integrity(method, name, more);
    case 'access': return page(accessed.slice(0, 200));
    default: return settings(method, what, name, body);
  }
}

const named = (what: string, one: { id: string }) => ({ ...one, [what === 'users' ? 'user_id' : 'agent']: one.id });

function missing(): never {
  throw new Refusal(404, 'there is no such thing');
}

function session(method: string, which: string, body: Record<string, unknown>): unknown {
  if (which === 'methods') return { oidc: true, oidc_name: 'Example ID', first: false };
  if (method === 'DELETE') return void (me = null);
  if (method === 'GET') return me ?? (() => { throw new Refusal(401, 'not signed in'); })();
  if (which === 'totp') return { secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://totp/Plainsight:ada?secret=JBSWY3DPEHPK3PXP' };
  if (which === 'password') return null;
  if (body.password === 'wrong') throw new Refusal(401, 'name or password is wrong');
  const role = (['viewer', 'analyst', 'investigator', 'administrator', 'auditor'] as const).find((one) => one === body.name) ?? 'investigator';
  me = { name: String(body.name), role, rights: RIGHTS[role], tenant: null, csrf: 'fake' };
  return { me };
}

function records(query: URLSearchParams): t.Page<t.Row> {
  const rows = answers.filtered(world, query);
  if (query.get('order') === 'asc') rows.reverse();
  const from = Number(query.get('cursor') ?? 0);
  const limit = Number(query.get('limit') ?? 100);
  return page(rows.slice(from, from + limit), from + limit < rows.length ? from + limit : null, rows.length);
}

function record(method: string, index: number, more: string, body: Record<string, unknown>): unknown {
  const logged = world.records.get(index) ?? missing();
  if (more === 'proof') return { index, proof: PROOF, verifying_key: null };
  if (more !== 'unseal') return logged;
  if (method === 'POST' && String(body.reason).trim() === '') throw new Refusal(400, 'reason is empty');
  if (method === 'POST') return { value: '4111 1111 1111 1111', type: 'CREDIT_CARD', access: 99 };
  return { sealed: (logged.record.sealed ?? []).map(({ finding }) => ({ finding, ...logged.record.findings?.[finding] })) };
}

function trace(of: (row: t.Row) => boolean): t.Trace {
  const items = world.rows.filter((row) => of(row) && row.kind !== 'alert');
  if (!items.length) missing();
  const ids = new Set(items.map((row) => row.index));
  return { items, records: items.flatMap((row) => world.records.get(row.index) ?? []), alerts: world.alerts.filter((alert) => alert.evidence.some((index) => ids.has(index))) };
}

function alerts(id: string, more: string, query: URLSearchParams, body: Record<string, unknown>): unknown {
  if (!id) {
    const wanted = (name: string) => query.get(name)?.split(',');
    const [states, severities] = [wanted('state'), wanted('severity')];
    return page([...world.alerts].reverse().filter((one) => (!states || states.includes('all') || states.includes(one.state)) && (!severities || severities.includes(one.severity))));
  }
  const alert = world.alerts.find((one) => one.id === id) ?? missing();
  if (more === 'verdict') {
    alert.state = 'judged';
    alert.verdict = { by: me?.name ?? '', time: new Date().toISOString(), verdict: body.verdict as t.Opinion, reason: String(body.reason) };
    return { index: 1 };
  }
  return { alert, similar: world.alerts.filter((one) => one !== alert && one.rule.id === alert.rule.id).slice(-8).reverse() };
}

function rules(id: string, body: Record<string, unknown>): unknown {
  if (!id) return page(answers.rules(world));
  if (id === 'test') {
    const yaml = String(body.yaml);
    if (!yaml.includes('detection')) return { problems: [{ line: 1, column: 1, what: 'missing field `detection`' }], alerts: [], count: 0, records: 0 };
    return { problems: [], records: world.rows.length, alerts: world.alerts, count: world.alerts.length };
  }
  const rule = answers.rules(world).find((one) => one.id === id) ?? missing();
  return { ...rule, text: `title: ${rule.title}\nid: ${rule.id}\nlogsource:\n  product: genai\n  category: message\ndetection:\n  selection:\n    plainsight.signal:\n      - instruction_override\n  condition: selection\nlevel: ${rule.level}\n`, falsepositives: ['People who write about attacks.'] };
}

function integrity(method: string, what: string, run: string): unknown {
  if (method === 'POST') {
    runs = [{ run: `run-${runs.length + 1}`, state: 'running', started: new Date().toISOString(), records: 0, of: world.rows.length }, ...runs];
    return { run: runs[0]?.run };
  }
  for (const one of runs.filter((running) => running.state === 'running')) {
    one.records = Math.min(one.of, one.records + Math.ceil(one.of / 6));
    if (one.records >= one.of) Object.assign(one, { state: 'clean', ended: new Date().toISOString() });
  }
  if (what === 'runs') return runs.find((one) => one.run === run) ?? missing();
  const light = answers.light(world);
  return {
    origin: 'fake.example/log', size: light.size, root: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=', checkpoint: PROOF.split('\n\n').slice(1).join('\n\n'), checkpoint_time: light.checkpoint_time,
    verifying_key: 'fake.example/log+00000000+AQ==', signatures: [{ name: 'fake.example/log' }, { name: 'witness.example' }], outside: { name: 'witness.example', age_s: 42 },
    retention: { traffic: '90 days', system: 'for ever' }, runs,
  };
}

function settings(method: string, what: string, name: string, body: Record<string, unknown>): unknown {
  if (what === 'settings' && name) {
    const text = String(body.text);
    const match = /[\w.]+@[\w.]+/.exec(text);
    return { text: text.replace(/[\w.]+@[\w.]+/g, '[EMAIL_ADDRESS:aljhppib]'), findings: match ? [{ type: 'EMAIL_ADDRESS', place: 'content/0', start: match.index, end: match.index + match[0].length, confidence: 0.95, action: 'pseudonymize' }] : [], signals: /ignore/i.test(text) ? [{ name: 'instruction_override', place: 'content/0', score: 0.75 }] : [] };
  }
  if (what === 'settings') {
    return {
      doors: [{ name: 'proxy', address: '127.0.0.1:8700', on: true }, { name: 'otlp_grpc', address: '127.0.0.1:4317', on: true }, { name: 'otlp_http', address: '127.0.0.1:4318', on: true }, { name: 'events', address: '127.0.0.1:8700', on: true }],
      upstreams: [{ name: 'openai', url: 'https://api.openai.com' }, { name: 'anthropic', url: 'https://api.anthropic.com' }], recorder: { queue_records: 50_000, on_record_failure: 'open' },
      inspect: { classifier: 'small', policies: [{ type: 'EMAIL_ADDRESS', action: 'pseudonymize' }, { type: 'CREDIT_CARD', action: 'seal' }, { type: 'SECRET', action: 'drop' }] }, detect: { rules: RULES.length, folders: ['rules'] }, people: { second_factor: 'wanted', session_idle: '30m' },
    };
  }
  if (what === 'sinks' && name) return { ok: name === 'siem', detail: name === 'siem' ? 'taken in 12 ms' : 'the receiver answered 403' };
  if (what === 'sinks') return page([{ name: 'siem', type: 'syslog', address: 'siem.example.com:6514', state: 'idle', cursor: 3000, behind: 0, sent: 812, retried: 1, dead: 0 }, { name: 'on-call', type: 'pagerduty', state: 'refused', cursor: 2800, behind: 200, sent: 3, retried: 44, dead: 2, min_severity: 'high' }]);
  if (what === 'people') return method === 'POST' ? { person: null, link: `/welcome?name=grace#${'t'.repeat(43)}` } : method === 'GET' ? page([{ name: 'ada', role: 'investigator', tenant: null, state: 'active', second_factor: true, created: new Date().toISOString() }, { name: 'administrator', role: 'administrator', tenant: null, state: 'active' }, { name: 'grace', role: 'viewer', tenant: 'shop', state: 'invited' }]) : null;
  if (what === 'tokens') return method === 'POST' ? { id: 'tk_1', token: `ps_${'x'.repeat(40)}` } : method === 'GET' ? page([{ id: 'tk_0', label: 'grafana', scopes: ['metadata'], created: new Date().toISOString(), expires: null }]) : null;
  if (what === 'keys') return page([{ name: 'root', epoch: 1, created: new Date().toISOString(), detail: 'file, mode 600' }, { name: 'tenant default', epoch: 3 }]);
  if (what === 'vault') return { tenants: 1 };
  return missing();
}

function serve(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/readyz') return void response.end('ready\n');
  if (!url.pathname.startsWith('/api/v1/')) return next();
  if (url.pathname === '/api/v1/live') return live(response);
  if (url.pathname === '/api/v1/export') return void response.end(answers.filtered(world, url.searchParams).map((row) => JSON.stringify(row)).join('\n'));
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const text = Buffer.concat(parts).toString();
    response.setHeader('content-type', 'application/json');
    try {
      const body = text ? (JSON.parse(text) as Record<string, unknown>) : {};
      response.end(JSON.stringify(answer(request.method ?? 'GET', url.pathname.slice(7), url.searchParams, body) ?? null));
    } catch (error) {
      response.statusCode = error instanceof Refusal ? error.status : 500;
      response.end(JSON.stringify({ title: 'refused', detail: String(error instanceof Error ? error.message : error), status: response.statusCode }));
    }
  });
}

function live(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const timer = setInterval(() => {
    response.write(`event: record\nid: ${world.rows.length}\ndata: ${JSON.stringify(world.rows.at(-1))}\n\n`);
    response.write(`event: overview\ndata: ${JSON.stringify({ lag: { reader: 0, detector: 0 }, integrity: answers.light(world), per_minute: 24, open_alerts: answers.overview(world, new URLSearchParams()).alerts })}\n\n`);
  }, 2000);
  response.on('close', () => clearInterval(timer));
}

export function fake(): Plugin {
  return { name: 'plainsight-fake-api', configureServer: (server) => void server.middlewares.use(serve) };
}
