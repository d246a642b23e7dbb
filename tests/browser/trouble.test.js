// The session ends, the connection breaks, the server restarts: the page says so, and goes on.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { PASSWORD, World } from './world.js';

let world;
before(async () => (world = await World.start()));
after(() => world?.close());

test('a wrong password says nothing of who exists, and a used link is worth nothing', async () => {
  const page = await world.page();
  const { link } = world;
  await world.first(page);
  const other = await world.page();
  await other.goto('/sign-in');
  const said = [];
  for (const name of ['root', 'nobody']) {
    await other.getByLabel('Name').fill(name);
    await other.getByLabel('Password').fill('not the right one');
    await other.getByRole('button', { name: 'Sign in', exact: true }).click();
    said.push(await other.getByRole('alert').textContent());
    await other.reload();
  }
  assert.equal(said[0], said[1]);
  await other.goto(link);
  await other.getByLabel('Name', { exact: true }).fill('again');
  await other.getByLabel('Password', { exact: false }).first().fill(PASSWORD);
  await other.getByLabel('Password once more').fill(PASSWORD);
  await other.getByRole('button', { name: 'Begin' }).click();
  await other.getByRole('alert').waitFor();
  assert.equal(new URL(other.url()).hash, '', 'the secret does not stay in the address');
});

test('a session that ended is begun again where one was', async () => {
  const page = await world.page();
  await world.enter(page, 'ines', 'analyst');
  await page.goto('/records?last=7d&kind=sign_in');
  await page.getByRole('heading', { name: 'Records' }).waitFor();
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Read again' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Your session has ended').waitFor();
  await page.keyboard.press('Escape');
  assert.ok(await dialog.isVisible(), 'it cannot be passed by');
  await dialog.getByLabel('Password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.match(page.url(), /\/records\?last=7d&kind=sign_in/);
  assert.deepEqual(page.problems, []);
});

test('a server that restarts is waited for, and the session goes on', async () => {
  const page = await world.page();
  await world.enter(page, 'noor', 'analyst');
  await world.stopServing();
  await page.getByRole('link', { name: 'Records' }).first().click();
  await page.getByText('The server does not answer.').first().waitFor();
  await world.serve();
  await page.getByText('What you see is as it was').waitFor({ state: 'detached' });
  await page.getByRole('heading', { name: 'Records' }).waitFor();
  await page.getByRole('grid').or(page.getByText('Nothing was recorded')).first().waitFor();
  assert.equal(await page.getByRole('dialog').count(), 0, 'nobody is asked for a password');

  // What the page says with a write is right still: the password is changed, and later one signs out.
  await page.goto('/settings/account');
  await page.getByLabel('Now').fill(PASSWORD);
  await page.getByLabel('New', { exact: true }).fill(`${PASSWORD}, anew`);
  await page.getByLabel('New once more').fill(`${PASSWORD}, anew`);
  const [changed] = await Promise.all([page.waitForResponse((response) => response.url().endsWith('/session/password')), page.getByRole('button', { name: 'Change it' }).click()]);
  assert.equal(changed.status(), 204);
  await world.stopServing();
  await world.serve();
  await page.reload();
  await page.getByRole('heading', { name: 'Password' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
});

test('a session that was ended stays ended over a restart', async () => {
  const page = await world.page();
  await world.enter(page, 'ravi', 'analyst');
  const removed = await fetch(`${world.base}/api/v1/people/ravi`, { method: 'DELETE', headers: { authorization: `Bearer ${world.token}` } });
  assert.equal(removed.status, 204);
  await world.stopServing();
  await world.serve();
  await world.api('/people', { name: 'ravi', role: 'analyst' });
  await page.reload();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
});

test('what a role may not is not offered, and not given', async () => {
  await world.say('Where is my kettle?', { user: 'ada', session: 'calm' });
  await world.caughtUp();
  const page = await world.page();
  await world.enter(page, 'vik', 'viewer');
  await page.goto('/sessions/calm');
  await page.getByText('What was said is not for your role.').waitFor();
  assert.ok(!(await page.textContent('body')).includes('kettle'));
  await page.goto('/settings/people');
  await page.getByText('Could not read people.').waitFor();
});
