// Several values of a facet, chosen with the pointer and with the keyboard: in the address, in the list, and
// with what else there is beside them.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { World } from './world.js';

let world;
let page;
before(async () => {
  world = await World.start();
  const odd = 'one,two\\three';
  for (const [model, times] of [['gpt-4o', 3], ['gpt-4o-mini', 2], ['llama3', 1], [odd, 1]]) {
    for (let i = 0; i < times; i++) await world.say(`Where is kettle ${i}?`, { model, user: `u-${i}`, session: `s-${model}-${i}` });
  }
  await world.caughtUp();
  page = await world.page();
  await world.enter(page, 'fay', 'analyst');
});
after(() => world?.close());

const model = (name) => page.getByRole('group', { name: 'Model' }).getByRole('checkbox', { name: new RegExp(`${name} \\d`) });
const quiet = () => page.waitForFunction(() => document.querySelector('.layout')?.getAttribute('aria-busy') === 'false');

async function counted(expected) {
  await page.waitForFunction((count) => document.querySelector('[role=grid]')?.getAttribute('aria-rowcount') === String(count), expected);
}

test('values of a facet are chosen beside one another', async () => {
  await page.goto('/records?last=1h&kind=interaction');
  await counted(7);
  await model('gpt-4o').click();
  await counted(3);
  assert.equal(await model('gpt-4o').getAttribute('aria-checked'), 'true');
  assert.match(await model('llama3').textContent(), /1/, 'what else there is stays in sight, counted');
  await model('llama3').click();
  await counted(4);
  assert.equal(new URL(page.url()).searchParams.get('model'), 'gpt-4o,llama3');
  // The address is the query.
  await page.reload();
  await counted(4);
  // Its own name is taken away on the chip.
  await page.locator('.chips').getByRole('button', { name: /gpt-4o/ }).click();
  await counted(1);
  await model('llama3').click();
  await counted(7);
  assert.equal(new URL(page.url()).searchParams.get('model'), null);
});

test('a value with a comma is one value', async () => {
  await page.goto('/records?last=1h&kind=interaction');
  await counted(7);
  await page.getByRole('group', { name: 'Model' }).getByRole('checkbox', { name: /one,two/ }).click();
  await counted(1);
  await page.reload();
  await counted(1);
  await page.goto('/models?last=1h');
  await page.getByRole('cell', { name: /one,two/ }).first().waitFor();
  await page.getByRole('row', { name: /one,two/ }).getByRole('link').first().click();
  await counted(1);
});

test('the keyboard chooses, too', async () => {
  await page.goto('/records?last=1h');
  await quiet();
  await page.keyboard.press('f');
  const focused = () => page.evaluate(() => [document.activeElement.getAttribute('role'), document.activeElement.closest('fieldset')?.querySelector('legend').textContent, document.activeElement.textContent]);
  assert.deepEqual((await focused()).slice(0, 2), ['checkbox', 'Kind']);
  for (let i = 0; i < 60 && (await focused())[1] !== 'Model'; i++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await page.waitForURL(/model=gpt-4o(&|$)/);
  await quiet();
  assert.deepEqual((await focused()).slice(0, 2), ['checkbox', 'Model'], 'the focus stays');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await page.waitForURL(/model=gpt-4o%2C/);
  await quiet();
  await page.keyboard.press('Shift+Space');
  await page.waitForURL((url) => url.searchParams.get('model') !== null && !url.searchParams.get('model').includes('gpt-4o,'));
  // One stop of the tab key for all of them.
  await page.keyboard.press('Tab');
  assert.equal((await focused())[1], undefined);
  assert.deepEqual(page.problems, []);
});
