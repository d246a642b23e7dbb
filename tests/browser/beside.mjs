// The same views of ours and of Phoenix's page, over the same spans (bench/peers/spans.py), in the same
// browser: how long until the list of spans, and a trace, are on the screen.
//
//   node beside.mjs --plainsight http://127.0.0.1:8700 --data DATA --phoenix http://127.0.0.1:6006

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { chromium } from 'playwright-core';

const { values: options } = parseArgs({ options: { plainsight: { type: 'string' }, data: { type: 'string' }, phoenix: { type: 'string' }, rounds: { type: 'string', default: '7' } } });
const ROUNDS = Number(options.rounds);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });

/** Milliseconds from the navigation until `selector` is painted: the median, and the longest. */
async function seen(page, url, selector) {
  const times = [];
  for (let round = 0; round <= ROUNDS; round++) {
    await page.goto(url, { waitUntil: 'commit' });
    await page.locator(selector).first().waitFor({ timeout: 60_000 });
    const at = await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))));
    // The first fills the cache.
    if (round > 0) times.push(at);
  }
  times.sort((a, b) => a - b);
  return `${times[Math.floor(times.length / 2)].toFixed(0)} ms, longest ${times.at(-1).toFixed(0)} ms`;
}

try {
  if (options.plainsight) {
    const token = readFileSync(join(options.data, 'admin-token'), 'utf8').trim();
    const api = async (path, body) => (await fetch(`${options.plainsight}/api/v1${path}`, { method: body ? 'POST' : 'GET', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, ...(body ? { body: JSON.stringify(body) } : {}) })).json();
    const page = await browser.newPage({ baseURL: options.plainsight, viewport: { width: 1280, height: 800 } });
    const { link } = await api('/people', { name: `beside-${Date.now()}`, role: 'auditor' });
    await page.goto(link);
    for (const label of ['Password', 'Password once more']) await page.getByLabel(label, { exact: label !== 'Password' }).first().fill('a long sentence that nobody guesses');
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    const { rows } = await api('/query', { sql: "SELECT trace_id FROM records WHERE door = 'otlp' ORDER BY \"index\" DESC LIMIT 1" });
    console.log(`Plainsight, list of spans: ${await seen(page, '/records?last=24h', '[role=rowgroup] [role=row]')}`);
    console.log(`Plainsight, spans of one kind: ${await seen(page, '/records?last=24h&kind=interaction', '[role=rowgroup] [role=row]')}`);
    console.log(`Plainsight, a trace: ${await seen(page, `/traces/${rows[0][0]}`, 'ol.said')}`);
  }
  if (options.phoenix) {
    const ask = async (query) => (await (await fetch(`${options.phoenix}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) })).json()).data;
    const project = (await ask('{ projects { edges { node { id name recordCount } } } }')).projects.edges.map(({ node }) => node).sort((a, b) => b.recordCount - a.recordCount)[0];
    const { node } = await ask(`{ node(id: "${project.id}") { ... on Project { spans(first: 1) { edges { node { trace { traceId } } } } } } }`);
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    console.log(`Phoenix, ${project.recordCount} spans of ${project.name}`);
    console.log(`Phoenix, list of spans: ${await seen(page, `${options.phoenix}/projects/${project.id}/spans`, 'tbody tr')}`);
    console.log(`Phoenix, a trace: ${await seen(page, `${options.phoenix}/projects/${project.id}/traces/${node.spans.edges[0].node.trace.traceId}`, '[data-testid=span-tree], [role=tree], [class*=span-tree], [class*=trace-tree]')}`);
  }
} finally {
  await browser.close();
}
