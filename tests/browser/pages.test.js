// Every page, light and dark: no serious finding of axe, usable by keyboard and on a tablet. With
// SCREENSHOTS=FOLDER each is kept as a picture.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';

import { company } from './company.js';
import { World } from './world.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PICTURES = process.env.SCREENSHOTS ? resolve(process.env.SCREENSHOTS) : null;
let world;
let pages;
before(async () => {
  world = await World.start();
  await company(world);
  const { items } = await world.api('/alerts?state=open&limit=50');
  const alert = items.find((one) => one.entities['session.id'] && /injection|instruction|signs/i.test(one.rule.title)) ?? items[0];
  const [row] = (await world.api('/records?view=items&attack=true&kind=interaction&limit=1&from=2020-01-01T00:00:00Z')).items;
  pages = [
    ['overview', '/?last=7d'],
    ['records', `/records?last=7d&kind=interaction`],
    ['record', `/records/${row.index}?last=7d&attack=true`],
    ['trace', `/traces/${row.trace_id}`],
    ['conversation', `/sessions/${encodeURIComponent(row.session_id)}`],
    ['alerts', `/alerts/${alert.id}`],
    ['users', '/users?last=7d'],
    ['user', `/users/${row.user_id}?last=30d`],
    ['agents', '/agents?last=7d'],
    ['models', '/models?last=7d'],
    ['tools', '/tools?last=7d'],
    ['rules', '/rules'],
    ['coverage', '/rules/coverage'],
    ['try-a-rule', '/rules/new'],
    ['integrity', '/integrity'],
    ['access', '/integrity/access'],
    ['settings', '/settings/configuration'],
    ['policies', '/settings/policies'],
    ['people', '/settings/people'],
    ['account', '/settings/account'],
  ];
});
after(() => world?.close());

async function show(page, path) {
  await page.goto(path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForFunction(() => !document.querySelector('.wait'), undefined, { timeout: 60_000 });
  await page.waitForTimeout(500);
}

async function findings(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`);
}

for (const theme of ['light', 'dark']) {
  test(`every page is accessible, ${theme}`, { timeout: 600_000 }, async () => {
    const page = await world.page({ theme });
    // The auditor sees every page.
    await world.enter(page, `auditor-${theme}`, 'auditor');
    if (PICTURES) mkdirSync(PICTURES, { recursive: true });
    const wrong = [];
    for (const [name, path] of pages) {
      await show(page, path);
      if (PICTURES) await page.screenshot({ path: join(PICTURES, `${name}-${theme}.png`) });
      for (const finding of await findings(page)) wrong.push(`${name}: ${finding}`);
    }
    assert.deepEqual(wrong, []);
    assert.deepEqual(page.problems, []);
  });
}

test('the gates are accessible', async () => {
  const page = await world.page();
  for (const path of ['/sign-in', '/welcome', '/welcome#secret']) {
    await page.goto('about:blank');
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    assert.deepEqual(await findings(page), [], path);
  }
});

test('the keyboard is enough', async () => {
  const page = await world.page();
  await world.enter(page, 'kim', 'analyst');
  for (const [key, title] of [['r', 'Records'], ['a', 'Alerts'], ['u', 'Users'], ['m', 'Models'], ['l', 'Rules'], ['i', 'Integrity'], ['o', 'Overview']]) {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
  }
  await page.keyboard.press('?');
  const help = page.getByRole('dialog');
  await help.getByText('Search records').waitFor();
  assert.deepEqual(await findings(page), []);
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'detached' });
  await page.keyboard.press('/');
  await page.getByRole('searchbox').waitFor();
  await page.waitForFunction(() => document.activeElement?.matches('input[type=search]'));
  await page.keyboard.type('model:gpt-4o-mini kettle');
  await page.keyboard.press('Enter');
  await page.waitForURL(/model=gpt-4o-mini/);
  assert.match(page.url(), /q=kettle/);
  assert.deepEqual(page.problems, []);
});

test('nothing is cut off on a tablet', async () => {
  const page = await world.page({ width: 820, height: 1100 });
  await world.enter(page, 'tab', 'auditor');
  for (const [name, path] of pages) {
    await show(page, path);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(over <= 0, `${name} is ${over} px too wide`);
  }
});
