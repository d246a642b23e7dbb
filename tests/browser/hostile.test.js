// Hostile content through every door, shown on every page: inert, and visible.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { payloads } from './payloads.js';
import { World } from './world.js';

let world;
let page;
before(async () => {
  world = await World.start();
  page = await world.page();
  await world.enter(page, 'mara', 'investigator');
});
after(() => world?.close());

/** Nothing ran, nothing was fetched, and no element came of a payload. */
async function inert(where) {
  const found = await page.evaluate(() => ({
    hit: globalThis.__hit,
    title: document.title,
    elements: [...document.querySelectorAll('#app img, #app iframe, #app object, #app embed, #app script, #app style, #app link, #app base, #app meta, #app video, #app audio, #app math, #app marquee, #app template, #app form[action], svg [onload], [onerror], [onload], [onclick], [onfocus], [ontoggle], [onmouseover]')].map((one) => one.outerHTML.slice(0, 200)),
    links: [...document.querySelectorAll('a[href]')].map((one) => one.protocol).filter((protocol) => !/^(https?|otpauth):$/.test(protocol)),
  }));
  assert.equal(found.hit, undefined, `${where}: a payload ran`);
  assert.deepEqual(found.elements, [], `${where}: markup became elements`);
  assert.deepEqual(found.links, [], `${where}: a link runs`);
  assert.deepEqual(page.problems, [], where);
}

/** Every page that is told of them, inert. */
async function looked(paths) {
  for (const path of paths) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForTimeout(700);
    await inert(path);
  }
}

/** Forty records one after the other in the pane that shows everything of them, and the last as it is. */
async function opened(path) {
  await page.goto(path);
  await page.locator('[role=rowgroup] [role=row]').first().waitFor();
  await page.getByRole('grid').focus();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('j');
    // Sometimes one stops, and sometimes goes on at once.
    await page.waitForTimeout(i % 4 === 0 ? 500 : 20);
  }
  await page.getByRole('button', { name: 'The record as it is' }).click();
  await inert(path);
}

const attribute = (key, value) => ({ key, value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) } });
const attributes = (pairs) => Object.entries(pairs).map(([key, value]) => attribute(key, value));
const hex = (number, digits) => number.toString(16).padStart(digits, '0');

/** A run of an agent that says the payload wherever a span can: names, attributes, events, links' kin. */
function hostileSpans(payload, number) {
  const now = BigInt(Date.now()) * 1_000_000n;
  const short = payload.slice(0, 200);
  const actor = { 'user.id': short, 'session.id': `otlp-${Math.floor(number / 40)}`, 'gen_ai.agent.name': short, 'gen_ai.conversation.id': `otlp-${Math.floor(number / 40)}` };
  const span = (at, name, more, rest = {}) => ({
    traceId: hex(number + 1, 32), spanId: hex(number * 4 + at + 1, 16), ...(at > 0 ? { parentSpanId: hex(number * 4 + 1, 16) } : {}), name, kind: 3,
    startTimeUnixNano: String(now + BigInt(at) * 1_000_000n), endTimeUnixNano: String(now + BigInt(at + 1) * 1_000_000n), attributes: attributes({ ...actor, ...more }), ...rest,
  });
  const said = (role, content) => JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
  return [
    span(0, payload.slice(0, 300), { 'gen_ai.operation.name': 'invoke_agent', [`k${payload.slice(0, 60)}`]: payload }),
    span(1, `chat ${short}`, { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': short, 'gen_ai.request.model': short, 'gen_ai.response.model': short, 'gen_ai.response.id': short, 'gen_ai.input.messages': said('user', payload), 'gen_ai.output.messages': said('assistant', payload), 'gen_ai.system_instructions': JSON.stringify([{ type: 'text', content: payload }]) }, { status: { code: 2, message: payload } }),
    span(2, `execute_tool ${short}`, { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': short, 'gen_ai.tool.call.id': short, 'gen_ai.tool.description': payload, 'gen_ai.tool.call.arguments': JSON.stringify({ [short]: payload }), 'gen_ai.tool.call.result': payload, 'error.type': short }),
    span(3, `retrieval ${short}`, { 'traceloop.span.kind': 'task', 'gen_ai.data_source.id': short, 'http.request.header.user-agent': short, 'server.address': short }, { events: [{ timeUnixNano: String(now), name: short, attributes: attributes({ [`e${short}`]: payload, 'exception.message': payload }) }] }),
  ];
}

const hostileLog = (payload, number) => ({
  timeUnixNano: String(BigInt(Date.now()) * 1_000_000n), traceId: hex(number + 1, 32), spanId: hex(number * 4 + 2, 16), severityText: payload.slice(0, 60), eventName: number % 2 === 0 ? 'gen_ai.user.message' : payload.slice(0, 200),
  body: number % 3 === 0 ? { stringValue: payload } : { kvlistValue: { values: [attribute('content', payload), attribute(`b${payload.slice(0, 40)}`, payload)] } },
  attributes: attributes({ 'user.id': payload.slice(0, 200), 'session.id': `otlp-${Math.floor(number / 40)}`, 'gen_ai.system': payload.slice(0, 80), [`k${payload.slice(0, 40)}`]: payload }),
});

test('nothing of a payload runs that came over OTLP', { timeout: 600_000 }, async () => {
  const all = payloads();
  const sender = (payload) => ({ resource: { attributes: attributes({ 'service.name': payload.slice(0, 100), 'host.name': payload.slice(0, 100) }) } });
  for (let at = 0; at < all.length; at += 20) {
    const some = all.slice(at, at + 20).map((payload, i) => [payload, at + i]);
    await world.otlp('traces', { resourceSpans: some.map(([payload, number]) => ({ ...sender(payload), scopeSpans: [{ scope: { name: payload.slice(0, 100) }, spans: hostileSpans(payload, number) }] })) });
    await world.otlp('logs', { resourceLogs: some.map(([payload, number]) => ({ ...sender(payload), scopeLogs: [{ scope: { name: payload.slice(0, 100) }, logRecords: [hostileLog(payload, number)] }] })) });
  }
  await world.caughtUp();
  const { rows } = await world.api('/query', { sql: "SELECT kind, count(*) FROM records WHERE door LIKE 'otlp%' GROUP BY 1" });
  assert.ok(rows.reduce((sum, [, count]) => sum + count, 0) >= 4 * all.length, `all of them are there: ${JSON.stringify(rows)}`);
  await looked(['/', '/records?last=1h', '/records?last=1h&kind=log', '/records?last=1h&kind=tool_call', '/users?last=1h', '/agents?last=1h', '/models?last=1h', '/tools?last=1h', '/alerts', '/sessions/otlp-0', '/sessions/otlp-4', `/traces/${hex(1, 32)}`, `/traces/${hex(200, 32)}`, `/users/${encodeURIComponent(all[7].slice(0, 200))}?last=1h`, `/agents/${encodeURIComponent(all[7].slice(0, 200))}?last=1h`]);
  for (const kind of ['interaction', 'tool_call', 'agent', 'log']) await opened(`/records?last=1h&kind=${kind}`);
});

test('nothing of a payload runs on any page', { timeout: 600_000 }, async () => {
  const all = payloads();
  assert.ok(all.length >= 200, `${all.length} payloads`);
  // Prompts, answers, tools, models, agents, sessions, user agents; and events with hostile fields.
  for (let at = 0; at < all.length; at += 10) {
    await Promise.all(
      all.slice(at, at + 10).map((payload, i) => {
        const header = [...payload].filter((char) => char > ' ' && char < '\u007f').join('').slice(0, 100);
        return world.say(payload, { user: `u${header}`, session: `hostile-${Math.floor(at / 40)}`, agent: header || 'a', tools: [`t${i}`], model: payload.slice(0, 80), headers: { 'user-agent': header || 'x' } });
      }),
    );
  }
  await world.events(all.map((payload, i) => ({ type: 'feedback', user: payload.slice(0, 200), session: 'hostile-0', id: `f-${i}`, action: payload.slice(0, 200), reason: payload, attributes: { [`k${payload.slice(0, 40)}`]: payload } })));
  await world.caughtUp();

  await looked(['/', '/records?last=1h', '/records?last=1h&kind=feedback', '/sessions/hostile-0', '/sessions/hostile-3', '/users?last=1h', '/agents?last=1h', '/models?last=1h', '/tools?last=1h', '/alerts', '/rules', '/integrity/access']);
  // Records one by one, with the pane that shows everything of them.
  await opened('/records?last=1h');
  // An address that somebody was lured to.
  for (const payload of ['<img src=x onerror=top.__hit=1>', 'javascript:top.__hit=1', '"><svg onload=top.__hit=1>']) {
    for (const path of ['/records?q=', '/users/', '/sessions/', '/traces/', '/alerts/', '/settings/', '/rules/']) {
      await page.goto(path + encodeURIComponent(payload));
      await page.waitForTimeout(150);
      await inert(path);
    }
  }
});

test('what deceives the eye is shown for what it is, and what is long is cut', async () => {
  await world.say('abc\u202edef\u202c \u001b[31mred\u001b[0m \u200bhidden\u{e0041}', { session: 'deceit' });
  await world.say('A long story about a kettle. '.repeat(4000), { session: 'long' });
  await world.caughtUp();
  await page.goto('/sessions/deceit');
  const said = page.locator('ol.said');
  await said.locator('.sign').first().waitFor();
  const text = await said.textContent();
  for (const label of ['U+202E', 'U+202C', '␛', 'U+200B', 'tag A']) assert.ok(text.includes(label), `${label} in ${text}`);
  assert.ok(!/[\u202a-\u202e\u2066-\u2069\u001b\u200b]/.test(text), 'none of them reaches the page');
  await page.goto('/sessions/long');
  await said.getByText('more characters').first().waitFor();
  assert.ok((await said.textContent()).length < 20_000);
  assert.deepEqual(page.problems, []);
});

test('ten thousand rows scroll: only those in sight are on the page', async () => {
  const lines = Array.from({ length: 10_000 }, (_, i) => ({ type: 'sign_in', user: `user-${i % 50}`, session: `s-${i}`, id: `many-${i}`, outcome: 'success' }));
  for (let at = 0; at < lines.length; at += 2000) await world.events(lines.slice(at, at + 2000));
  await world.caughtUp();
  await page.evaluate(() => localStorage.setItem('plainsight.columns', JSON.stringify(['time', 'kind', 'user_id', 'session_id'])));
  await page.goto('/records?last=1h&kind=sign_in');
  const grid = page.getByRole('grid');
  await grid.waitFor();
  // Scrolls to the end again and again, until all pages were read.
  for (let i = 0; i < 120; i++) {
    const rows = Number(await grid.getAttribute('aria-rowcount'));
    if (rows >= 10_000) break;
    await grid.evaluate((element) => (element.scrollTop = element.scrollHeight));
    await page.waitForTimeout(120);
  }
  assert.ok(Number(await grid.getAttribute('aria-rowcount')) >= 10_000);
  for (const top of [0, 600, 811, 150_000, 149_970, 299_000, 0]) {
    const inSight = await grid.evaluate(async (element, top) => {
      element.scrollTop = top;
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      const all = element.querySelector('[role=rowgroup]').getBoundingClientRect();
      return [...element.querySelectorAll('[role=rowgroup] [role=row]')].map((row) => ({
        at: Number(row.ariaRowIndex ?? row.getAttribute('aria-rowindex')) - 1,
        y: Math.round(row.getBoundingClientRect().top - all.top),
        session: row.querySelector('a[href^="/sessions/"]')?.textContent,
      }));
    }, top);
    inSight.sort((one, other) => one.at - other.at);
    assert.ok(inSight.length > 20 && inSight.length < 150, `${inSight.length} rows are on the page at ${top}`);
    assert.ok(inSight[0].y <= top && inSight.at(-1).y > top + 300, `what is in sight at ${top} is there`);
    for (const [i, { at, y, session }] of inSight.entries()) {
      assert.equal(at, inSight[0].at + i, 'none is missing, none is there twice');
      assert.equal(y, at * 30, 'each is in its place');
      assert.equal(session, `s-${9_999 - at}`, 'and shows its own record');
    }
  }
});
