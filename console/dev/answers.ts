/** Answers of the fake API, computed from the world of `data.ts`. */

import type * as t from '../src/api/types.ts';
import { RULES, type World } from './data.ts';

const MINUTE = 60_000;
type Query = URLSearchParams;

const tally = (values: (string | undefined)[]): { value: string; count: number }[] => {
  const counts = new Map<string, number>();
  for (const value of values) if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
};
const sum = (rows: t.Row[], of: (row: t.Row) => number | undefined): number => rows.reduce((all, row) => all + (of(row) ?? 0), 0);
const distinct = (rows: t.Row[], of: (row: t.Row) => string | undefined): number => new Set(rows.map(of).filter(Boolean)).size;

function quantiles(values: (number | undefined)[]): t.Quantiles {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  const at = (q: number): number | null => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? null;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

export function within(world: World, query: Query): t.Row[] {
  const from = Date.parse(query.get('from') ?? '') || 0;
  const to = Date.parse(query.get('to') ?? '') || Infinity;
  return world.rows.filter((row) => Date.parse(row.time) >= from && Date.parse(row.time) < to);
}

const findings = (world: World, row: t.Row): t.Finding[] => world.records.get(row.index)?.record.findings ?? [];
const tool = (world: World, row: t.Row): string | undefined => (row.kind === 'tool_call' ? world.records.get(row.index)?.record.content?.[0]?.name : undefined);

/** The rows that the filters let through, newest first. */
export function filtered(world: World, query: Query): t.Row[] {
  const any = (name: string) => query.get(name)?.split(',');
  const fields: [string[] | undefined, (row: t.Row) => string | undefined | string[]][] = [
    [any('kind'), (row) => row.kind], [any('status'), (row) => row.status], [any('user'), (row) => row.user_id], [any('agent'), (row) => row.agent],
    [any('model'), (row) => row.model], [any('service'), (row) => row.service], [any('door'), (row) => row.door], [any('tenant'), (row) => row.tenant],
    [any('session'), (row) => row.session_id], [any('trace'), (row) => row.trace_id], [any('tool'), (row) => tool(world, row)],
    [any('finding'), (row) => findings(world, row).map((finding) => finding.type)],
  ];
  const words = query.get('q')?.toLowerCase();
  const attack = query.get('attack') === 'true' ? 0.5 : 0;
  return within(world, query).reverse().filter((row) => {
    if (attack && (row.attack_score ?? 0) < attack) return false;
    if (words && !JSON.stringify(world.records.get(row.index)).toLowerCase().includes(words)) return false;
    return fields.every(([wanted, of]) => {
      const has = of(row);
      return !wanted || (Array.isArray(has) ? has.some((one) => wanted.includes(one)) : wanted.includes(has ?? ''));
    });
  });
}

export function facets(world: World, query: Query): t.Facets {
  const rows = filtered(world, query);
  return {
    kind: tally(rows.map((row) => row.kind)), status: tally(rows.map((row) => row.status)), user: tally(rows.map((row) => row.user_id)),
    agent: tally(rows.map((row) => row.agent)), model: tally(rows.map((row) => row.model)), tool: tally(rows.map((row) => tool(world, row))),
    finding: tally(rows.flatMap((row) => findings(world, row).map((finding) => finding.type))), service: tally(rows.map((row) => row.service)),
    tenant: tally(rows.map((row) => row.tenant)),
  };
}

function bins(rows: t.Row[], query: Query, most: number): { start: number; seconds: number; lists: t.Row[][] } {
  const times = rows.map((row) => Date.parse(row.time));
  const from = Date.parse(query.get('from') ?? '') || Math.min(...times, Date.now());
  const to = Date.parse(query.get('to') ?? '') || Date.now();
  const seconds = Math.max(1, Math.ceil((to - from) / most / 1000));
  const lists: t.Row[][] = Array.from({ length: Math.max(1, Math.ceil((to - from) / 1000 / seconds)) }, () => []);
  for (const row of rows) lists[Math.floor((Date.parse(row.time) - from) / 1000 / seconds)]?.push(row);
  return { start: from, seconds, lists };
}

export function histogram(world: World, query: Query): t.Histogram {
  const { start, seconds, lists } = bins(filtered(world, query), query, Number(query.get('bins') ?? 60));
  return {
    bin_s: seconds,
    bins: lists.map((list, i) => ({
      time: new Date(start + i * seconds * 1000).toISOString(), count: list.length,
      errors: list.filter((row) => row.status === 'error').length, attacks: list.filter((row) => (row.attack_score ?? 0) >= 0.5).length,
    })),
  };
}

function totals(world: World, rows: t.Row[]): t.Totals {
  const calls = rows.filter((row) => row.kind === 'interaction');
  return {
    records: rows.length, calls: calls.length, errors: rows.filter((row) => row.status === 'error').length,
    refusals: calls.filter((row) => world.records.get(row.index)?.record.content?.some((segment) => segment.type === 'refusal')).length,
    input_tokens: sum(calls, (row) => row.input_tokens), output_tokens: sum(calls, (row) => row.output_tokens), cost: cost(calls),
    users: distinct(rows, (row) => row.user_id), sessions: distinct(rows, (row) => row.session_id), findings: sum(rows, (row) => row.finding_count),
    attacks: rows.filter((row) => (row.attack_score ?? 0) >= 0.5).length,
    latency_ms: quantiles(calls.map((row) => row.duration_ms)), ttft_ms: quantiles(calls.map((row) => row.time_to_first_token_ms)),
  };
}

const cost = (rows: t.Row[]): number => sum(rows, (row) => row.input_tokens) * 1.5e-7 + sum(rows, (row) => row.output_tokens) * 6e-7;

export function light(world: World): t.IntegrityLight {
  return { size: world.rows.length, checkpoint_time: new Date().toISOString(), outside_age_s: 42, verified: { time: new Date(Date.now() - 90 * MINUTE).toISOString(), ok: true } };
}

export function overview(world: World, query: Query): t.Overview {
  const rows = within(world, query);
  const { start, seconds, lists } = bins(rows, query, 96);
  const from = Date.parse(query.get('from') ?? '') || start;
  const to = Date.parse(query.get('to') ?? '') || Date.now();
  const before = new URLSearchParams({ from: new Date(2 * from - to).toISOString(), to: new Date(from).toISOString() });
  const open = world.alerts.filter((alert) => alert.state === 'open');
  const scores = new Array<number>(10).fill(0);
  for (const row of rows) if (row.attack_score !== undefined) scores[Math.min(9, Math.floor(row.attack_score * 10))]! += 1;
  return {
    from: new Date(from).toISOString(), to: new Date(to).toISOString(), bin_s: seconds,
    series: lists.map((list, i) => {
      const calls = list.filter((row) => row.kind === 'interaction');
      const latency = quantiles(calls.map((row) => row.duration_ms));
      const ttft = quantiles(calls.map((row) => row.time_to_first_token_ms));
      return {
        time: new Date(start + i * seconds * 1000).toISOString(), calls: calls.length, errors: list.filter((row) => row.status === 'error').length,
        input_tokens: sum(calls, (row) => row.input_tokens), output_tokens: sum(calls, (row) => row.output_tokens), findings: sum(list, (row) => row.finding_count),
        attacks: list.filter((row) => (row.attack_score ?? 0) >= 0.5).length, latency_ms: latency, ttft_ms: ttft,
      };
    }),
    totals: totals(world, rows), previous: totals(world, within(world, before)),
    alerts: Object.fromEntries(tally(open.map((alert) => alert.severity)).map(({ value, count }) => [value, count])),
    attack_scores: scores, findings: facets(world, query).finding ?? [], integrity: light(world),
    lag: { reader: 0, detector: 2 }, sinks: [{ name: 'siem', state: 'idle', behind: 0 }], silent: [{ service: 'invoice-reader', door: 'otlp', last_seen: new Date(Date.now() - 9 * 3600_000).toISOString() }],
  };
}

function entityOf(world: World, id: string, rows: t.Row[]): t.Entity {
  const calls = rows.filter((row) => row.kind === 'interaction');
  const times = rows.map((row) => row.time).sort();
  return {
    id, tenant: 'default', calls: calls.length, count: rows.length, errors: rows.filter((row) => row.status === 'error').length,
    input_tokens: sum(calls, (row) => row.input_tokens), output_tokens: sum(calls, (row) => row.output_tokens), cost: cost(calls), findings: sum(rows, (row) => row.finding_count),
    alerts: world.alerts.filter((alert) => Object.values(alert.entities).includes(id)).length, max_attack_score: Math.max(0, ...rows.map((row) => row.attack_score ?? 0)) || null,
    sessions: distinct(rows, (row) => row.session_id), first_seen: times[0] ?? '', last_seen: times.at(-1) ?? '',
  };
}

const keyOf = (kind: 'users' | 'agents') => (row: t.Row) => (kind === 'users' ? row.user_id : row.agent);

export function entities(world: World, kind: 'users' | 'agents', query: Query): t.Entity[] {
  const rows = within(world, query);
  const of = keyOf(kind);
  return tally(rows.map(of)).map(({ value }) => entityOf(world, value, rows.filter((row) => of(row) === value)));
}

export function entity(world: World, kind: 'users' | 'agents', id: string, query: Query): t.EntityDetail | undefined {
  const rows = within(world, query).filter((row) => keyOf(kind)(row) === id);
  if (!rows.length) return undefined;
  const hours = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
  for (const row of rows) {
    const at = new Date(row.time);
    hours[(at.getUTCDay() + 6) % 7]![at.getUTCHours()]! += 1;
  }
  const sessions = tally(rows.map((row) => row.session_id)).slice(0, 20).map(({ value, count }) => {
    const own = rows.filter((row) => row.session_id === value);
    return { session_id: value, first: own[0]?.time ?? '', last: own.at(-1)?.time ?? '', count, attack_score: Math.max(0, ...own.map((row) => row.attack_score ?? 0)) };
  });
  return {
    ...entityOf(world, id, rows), hours, networks: [{ value: 'ip_mshr88cwprartp3h', count: rows.length }], models: tally(rows.map((row) => row.model)),
    tools: tally(rows.map((row) => tool(world, row))), agents: tally(rows.map((row) => row.agent)), users: tally(rows.map((row) => row.user_id)),
    findings: tally(rows.flatMap((row) => findings(world, row).map((finding) => finding.type))), sessions,
    alerts: world.alerts.filter((alert) => Object.values(alert.entities).includes(id)).slice(-10).reverse(),
  };
}

function performance(world: World, rows: t.Row[]): t.Performance {
  return {
    ...totals(world, rows), calls: rows.length, latency_ms: quantiles(rows.map((row) => row.duration_ms)), cost: cost(rows),
    output_tokens_quantiles: quantiles(rows.map((row) => row.output_tokens)), finish: tally(rows.map((row) => row.finish_reason)),
    input_tokens: sum(rows, (row) => row.input_tokens), output_tokens: sum(rows, (row) => row.output_tokens),
  };
}

export function performers(world: World, kind: 'models' | 'tools', query: Query): t.Performer[] {
  const of = (row: t.Row) => (kind === 'models' ? row.model : tool(world, row));
  const now = within(world, query);
  const from = Date.parse(query.get('from') ?? '') || 0;
  const before = from ? within(world, new URLSearchParams({ from: new Date(2 * from - Date.now()).toISOString(), to: new Date(from).toISOString() })) : [];
  return tally(now.map(of)).map(({ value }) => {
    const rows = now.filter((row) => of(row) === value);
    const old = before.filter((row) => of(row) === value);
    return { name: value, ...(rows[0]?.provider ? { provider: rows[0].provider } : {}), ...performance(world, rows), previous: old.length ? performance(world, old) : null };
  });
}

export function rules(world: World): t.Rule[] {
  return RULES.map(([id, title, level, , tags]) => {
    const own = world.alerts.filter((alert) => alert.rule.id === id);
    return {
      id, title, level, tags, status: 'test', category: 'message', kind: 'detection', origin: 'shipped', alerts: own.length,
      false_positives: own.filter((alert) => alert.verdict?.verdict === 'false_positive').length, last_alert: own.at(-1)?.time ?? null, description: 'Looks at what was said, by origin.',
    };
  });
}

export function coverage(): t.Coverage {
  return {
    frameworks: [
      { name: 'MITRE ATLAS', items: [
        { id: 'AML.T0051.000', title: 'Prompt injection: direct', rules: [RULES[0]![0]] }, { id: 'AML.T0051.001', title: 'Prompt injection: indirect', rules: [RULES[1]![0]] },
        { id: 'AML.T0011.003', title: 'User execution: malicious link', rules: [RULES[2]![0]] }, { id: 'AML.T0024', title: 'Exfiltration by inference API', rules: [], reason: 'needs to know what is usual, which comes with baselines' },
      ] },
      { name: 'OWASP', items: [{ id: 'LLM01:2025', title: 'Prompt injection', rules: RULES.slice(0, 2).map(([id]) => id) }, { id: 'LLM10:2025', title: 'Unbounded consumption', rules: [] }] },
    ],
  };
}
