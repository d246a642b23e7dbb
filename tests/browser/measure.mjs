// How long a person waits for the page over many records: first paint of the overview, a facet, a search,
// scrolling. Prints the table that stands in bench/RESULTS.md.
//
//   PLAINSIGHT_BIN=../../target/release/plainsight node measure.mjs [--records 1000000] [--data FOLDER]
//
// With --data the records stay, and are used again the next time.

import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { until, World } from './world.js';

const { values: options } = parseArgs({ options: { records: { type: 'string', default: '1000000' }, data: { type: 'string' }, rounds: { type: 'string', default: '10' }, load: { type: 'boolean', default: false } } });
const [RECORDS, ROUNDS] = [Number(options.records), Number(options.rounds)];
const CHUNK = 10_000;
const DAY = 86_400_000;
/** Detection has its own measurements; here it would take the cores. */
const SETTINGS = '[detect]\nenabled = false\n';

/** A record of a day, as bench/src/console.rs makes them: 5,000 users, 20 agents, 12 models, 4 services. */
function record(index, begin, records) {
  const spread = (BigInt(index) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn;
  const of = (many) => Number(spread % BigInt(many));
  const hex = (number, digits) => number.toString(16).padStart(digits, '0');
  const said = (direction, role, body) => ({ direction, message: 0, role, origin: role, ...body });
  const rare = index % 1000 === 0 ? ` rare${index / 1000}` : '';
  return {
    version: 1, kind: of(7) === 0 ? 'retrieval' : 'interaction', tenant: 'default', source: { door: 'import', service: `service-${of(4)}` },
    time: (begin + Math.floor((index * (DAY - 120_000)) / records)) * 1_000_000, duration: 200_000_000 + of(3_000_000_000),
    trace_id: hex(spread, 16) + hex(index + 1, 16), span_id: hex(index + 1, 16), status: { ok: of(97) !== 0 },
    actor: { identified_by: 'header', user: `user-${of(5000)}`, session: `session-${Math.floor(index / 5)}`, agent: `agent-${of(5000) % 20}` },
    call: { operation: 'chat', request_model: `model-${of(12)}`, usage: { input_tokens: of(2000), output_tokens: of(500) }, time_to_first_chunk: 100_000_000 + of(900_000_000), finish_reasons: ['stop'] },
    content: [
      said('input', 'user', { type: 'text', content: `common word${of(50)} word${of(51)} text${rare}` }),
      ...(of(3) === 0 ? [said('output', 'assistant', { type: 'tool_call', id: `call-${index}`, name: `tool-${of(8)}`, arguments: {} })] : []),
    ],
  };
}

async function load(world, from) {
  const begin = Date.now() - DAY;
  for (let at = from; at < RECORDS; at += CHUNK) {
    const lines = Array.from({ length: Math.min(CHUNK, RECORDS - at) }, (_, i) => JSON.stringify(record(at + i, begin, RECORDS)));
    const response = await fetch(`${world.base}/api/v1/import?format=native`, { method: 'POST', headers: { authorization: `Bearer ${world.token}`, 'content-type': 'application/octet-stream' }, body: lines.join('\n') });
    const outcome = await response.json();
    if (!response.ok || outcome.problems?.length) throw new Error(`import: ${response.status} ${JSON.stringify(outcome).slice(0, 400)}`);
    if (at % 100_000 === 0) console.error(`${at + CHUNK} loaded`);
  }
  await until(async () => {
    const { ledger, reader } = await world.api('/status');
    return reader.cursor >= ledger.size - 1;
  }, 280, () => 'the operational copy is behind');
}

const figures = { sorted: (times) => [...times].sort((a, b) => a - b), at: (times, share) => figures.sorted(times)[Math.min(times.length - 1, Math.floor(times.length * share))] };
const rows = [];
function tell(what, times, target = '', unit = 'ms') {
  const row = [what, figures.at(times, 0.5), figures.at(times, 0.95), Math.max(...times)].map((one) => (typeof one === 'number' ? `${one.toFixed(1)} ${unit}` : one));
  rows.push(`| ${[...row, times.length, target].join(' | ')} |`);
  console.error(rows.at(-1));
}

/** Notes when the page has something to read, and when all of it is there. */
function watch() {
  addEventListener('DOMContentLoaded', () => {
    const look = () => {
      if (document.querySelector('h1') && document.querySelector('.stat .value') && !document.querySelector('.wait')) globalThis.__shown = performance.now();
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

async function overview(page) {
  const [first, painted, shown] = [[], [], []];
  for (let round = 0; round <= ROUNDS; round++) {
    await page.goto('/?last=24h', { waitUntil: 'commit' });
    await page.waitForFunction(() => globalThis.__shown !== undefined && performance.getEntriesByName('first-contentful-paint').length > 0);
    const [paint, all] = await page.evaluate(() => [performance.getEntriesByName('first-contentful-paint')[0].startTime, globalThis.__shown]);
    // The first round is after the start of the server and with an empty cache.
    if (round === 0) first.push(paint, all);
    else painted.push(paint), shown.push(all);
  }
  tell('overview, first contentful paint', painted, '< 1 s');
  tell('overview, every figure there', shown, '< 1 s');
  tell('the same, first time after the start', first);
}

/** Milliseconds from an act in the page until the list, the facets and the time line are those asked for, and painted. */
async function settled(page, act, given) {
  return page.evaluate(
    async ([act, given]) => {
      const layout = document.querySelector('.layout');
      const frame = () => new Promise(requestAnimationFrame);
      const begun = performance.now();
      if (act === 'choose') {
        const facet = [...document.querySelectorAll('fieldset')].find((one) => one.querySelector('legend').textContent === given[0]);
        [...facet.querySelectorAll('button.value')].find((one) => one.querySelector('.clip').textContent === given[1]).click();
      } else {
        const field = document.querySelector('input[type=search]');
        field.value = given;
        field.dispatchEvent(new Event('input', { bubbles: true }));
        field.form.requestSubmit();
      }
      await new Promise((done) => setTimeout(done, 0));
      if (layout.getAttribute('aria-busy') !== 'true') throw new Error(`nothing was asked for: ${act} ${given}`);
      while (layout.getAttribute('aria-busy') === 'true') await frame();
      await frame();
      return performance.now() - begun;
    },
    [act, given],
  );
}

async function records(page) {
  await page.goto('/records?last=24h');
  await page.waitForFunction(() => document.querySelector('[role=grid] [role=row]:nth-child(2)') && document.querySelector('.layout')?.getAttribute('aria-busy') === 'false');
  // Every value is in sight.
  await page.evaluate(() => document.querySelectorAll('fieldset button.more').forEach((button) => button.click()));
  const facet = [];
  const acts = [['Kind', 'interaction'], ['Model', 'model-1'], ['Model', 'model-5'], ['Agent', 'agent-1'], ['Service', 'service-1']];
  for (let round = 0; round < ROUNDS / 2; round++) {
    // One after the other is chosen, and left again.
    for (const given of [...acts, ...acts.toReversed()]) facet.push(await settled(page, 'choose', given));
  }
  tell('a facet’s value chosen or left', facet, '< 300 ms');
  const words = { common: [], 'word7 word8': [], '"word7 word8"': [], rare123: [], 'rare*': [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [text, times] of Object.entries(words)) times.push(await settled(page, 'search', text));
  }
  for (const [text, times] of Object.entries(words)) tell(`search \`${text}\``, times, '< 500 ms');
}

async function scrolling(page) {
  await page.goto('/records?last=24h');
  const grid = page.getByRole('grid');
  await grid.waitFor();
  for (;;) {
    if (Number(await grid.getAttribute('aria-rowcount')) >= 10_000) break;
    await grid.evaluate((element) => (element.scrollTop = element.scrollHeight));
    await page.waitForTimeout(30);
  }
  const frames = await grid.evaluate(async (element) => {
    const gaps = [];
    element.scrollTop = 0;
    let before = await new Promise(requestAnimationFrame);
    // 10,000 rows of 30 pixels, from the first to the last.
    while (element.scrollTop + element.clientHeight < 10_000 * 30 - 600) {
      element.scrollTop += 600;
      const now = await new Promise(requestAnimationFrame);
      gaps.push(now - before);
      before = now;
    }
    return gaps;
  });
  tell('a frame while 10,000 rows scroll by', frames, '16.7 ms (60 a second)');
  const late = frames.filter((gap) => gap > 25).length;
  console.log(`${frames.length} frames, ${late} of them missed a beat: ${(1000 / (frames.reduce((sum, gap) => sum + gap, 0) / frames.length)).toFixed(1)} frames a second`);
}

const folder = options.data ? resolve(options.data) : null;
if (folder) mkdirSync(folder, { recursive: true });
const world = await World.start(() => SETTINGS, folder);
try {
  const { rows: counted } = await world.api('/query', { sql: "SELECT count(*) FROM records WHERE door = 'import'" });
  if (counted[0][0] < RECORDS) await load(world, counted[0][0]);
  if (!options.load) {
    // As after a start: nothing of it is in the server's memory.
    await world.stopServing();
    await world.serve();
    const page = await world.page();
    page.setDefaultTimeout(60_000);
    await page.addInitScript(watch);
    await world.enter(page, `reader-${Date.now()}`, 'auditor');
    await overview(page);
    await records(page);
    await scrolling(page);
    if (page.problems.length) throw new Error(page.problems.join('\n'));
    console.log(['| what | p50 | p95 | longest | of | target |', '|---|---|---|---|---|---|', ...rows].join('\n'));
  }
} finally {
  await world.close();
}
