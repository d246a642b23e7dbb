// Signing in at a real identity provider, and what is refused of one that lies, is late, or is gone.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { CLIENT, IdentityProvider, SECRET } from './provider.js';
import { PASSWORD, World } from './world.js';

let provider;
let world;
before(async () => {
  provider = await IdentityProvider.start();
  provider.people = {
    mara: { email: 'Mara@example.org', email_verified: true, groups: ['security', 'staff'] },
    ines: { email: 'ines@example.org', email_verified: true, groups: ['audit'] },
    guest: { email: 'guest@example.org', email_verified: true, groups: ['staff'] },
    forger: { email: 'mara@example.org', email_verified: false, groups: ['security'] },
    twin: { email: 'mara@example.org', email_verified: true, groups: ['security'] },
  };
  world = await World.start(({ base, folder }) => {
    writeFileSync(join(folder, 'client-secret'), `${SECRET}\n`);
    return `
[people.oidc]
issuer = "${provider.url}"
client_id = "${CLIENT}"
client_secret_file = "${join(folder, 'client-secret')}"
url = "${base}"
scopes = ["openid", "email", "groups"]

[people.oidc.roles]
analyst = ["security"]
auditor = ["audit"]
`;
  });
  await provider.serve(`${world.base}/api/v1/session/oidc/callback`);
});
after(async () => {
  await world?.close();
  await provider?.close();
});

/** A page of a browser that knows nobody; what it asks of the provider is kept. */
async function fresh() {
  // The provider's own pages want a font of somebody else's, and get nothing.
  const page = await world.page({ beside: [provider.url, 'https://fonts.'] });
  await page.context().route((url) => ![world.base, provider.url].includes(url.origin), (route) => route.fulfill({ contentType: 'text/css', body: '' }));
  page.asked = [];
  page.on('request', (request) => page.asked.push(request.url()));
  return page;
}

const last = (page, part) => page.asked.findLast((url) => url.includes(part));

async function depart(page) {
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Sign in with your identity provider' }).click();
}

/** Signs in on the provider's page, and consents. */
async function signIn(page, name) {
  await depart(page);
  await page.locator('input[name=login]').fill(name);
  await page.locator('input[name=password]').fill('whatever');
  await page.locator('button[type=submit]').click();
  await page.locator('button[type=submit]').filter({ hasText: /continue/i }).click();
}

const arrived = (page) => page.getByRole('heading', { name: 'Overview' }).waitFor();

/** The page says that it did not work, and nobody is signed in. */
async function refused(page, why = 'oidc') {
  await page.waitForURL(`**/sign-in?failed=${why}`);
  assert.match(await page.getByRole('alert').textContent(), why === 'oidc' ? /did not sign you in/ : /does not answer/);
  assert.equal((await page.request.get('/api/v1/session')).status(), 401);
}

/** A departure without a browser: the cookie, and what goes to the provider. */
async function left() {
  const response = await fetch(`${world.base}/api/v1/session/oidc`, { redirect: 'manual' });
  assert.equal(response.status, 303);
  return { cookie: response.headers.get('set-cookie').split(';')[0], query: new URL(response.headers.get('location')).searchParams };
}

async function back(query, cookie) {
  const response = await fetch(`${world.base}/api/v1/session/oidc/callback?${new URLSearchParams(query)}`, { redirect: 'manual', headers: cookie ? { cookie } : {} });
  return { place: response.headers.get('location'), cookies: response.headers.getSetCookie().filter((one) => /^plainsight=./.test(one)) };
}

/** Goes to the provider with the page's cookies, and stops before it comes back. */
async function held(page) {
  let url = `${world.base}/api/v1/session/oidc`;
  while (!url.includes('/oidc/callback?')) {
    const response = await page.request.get(url, { maxRedirects: 0 });
    assert.equal(response.status(), 303, url);
    url = new URL(response.headers().location, url).href;
  }
  const query = Object.fromEntries(new URL(url).searchParams);
  return { url, query, cookie: `plainsight-oidc=${query.state}` };
}

const REFUSED = { place: '/sign-in?failed=oidc', cookies: [] };

test('to the provider and back: signed in with the role of a group', async () => {
  const page = await fresh();
  await signIn(page, 'mara');
  await arrived(page);
  const asked = new URL(last(page, `${provider.url}/auth?`)).searchParams;
  assert.deepEqual([asked.get('response_type'), asked.get('client_id'), asked.get('code_challenge_method')], ['code', CLIENT, 'S256']);
  for (const name of ['state', 'nonce', 'code_challenge']) assert.ok((asked.get(name) ?? '').length >= 32, name);
  const me = await (await page.request.get('/api/v1/session')).json();
  assert.deepEqual([me.name, me.role, me.must_enrol], ['mara@example.org', 'analyst', false]);
  const [cookie] = (await page.context().cookies(world.base)).filter(({ name }) => name === 'plainsight');
  assert.deepEqual([cookie.httpOnly, cookie.sameSite], [true, 'Strict']);
  assert.deepEqual(page.problems, []);

  // The same person again, whose group is another by now.
  provider.people.mara.groups = ['audit'];
  await page.goto('/api/v1/session/oidc');
  await arrived(page);
  assert.equal((await (await page.request.get('/api/v1/session')).json()).role, 'auditor');
  const { items } = await world.api('/people');
  assert.deepEqual(items.map(({ name, federated, state }) => [name, federated, state]), [['mara@example.org', true, 'active']]);
  provider.people.mara.groups = ['security', 'staff'];
});

test('who has no role, an address nobody verified, or another’s name gets nowhere', async () => {
  for (const name of ['guest', 'forger', 'twin']) {
    const page = await fresh();
    await signIn(page, name);
    await refused(page);
    assert.deepEqual(page.problems, []);
  }
  assert.equal((await world.api('/people')).items.length, 1);
});

test('who breaks it off is told so', async () => {
  const page = await fresh();
  await depart(page);
  await page.getByText(/cancel/i).click();
  await refused(page);
});

test('a state that is wrong, another browser’s, or used', async () => {
  const page = await fresh();
  await signIn(page, 'ines');
  await arrived(page);
  const used = new URL(last(page, '/oidc/callback?')).searchParams;
  const { cookie, query } = await left();
  const fake = { code: 'c', iss: provider.url };
  assert.deepEqual(await back({ ...fake, state: 'x'.repeat(43) }, cookie), REFUSED, 'a wrong one');
  assert.deepEqual(await back({ ...fake, state: query.get('state') }, 'plainsight-oidc=other'), REFUSED, 'another browser');
  assert.deepEqual(await back({ ...fake, state: (await left()).query.get('state') }), REFUSED, 'a browser that kept none');
  assert.deepEqual(await back({ ...Object.fromEntries(used) }, `plainsight-oidc=${used.get('state')}`), REFUSED, 'used once');
  // The code again, under a state that is good.
  const again = await left();
  assert.deepEqual(await back({ code: used.get('code'), iss: provider.url, state: again.query.get('state') }, again.cookie), REFUSED, 'a code that was used');
});

test('a code that another was given, that came too late, or from elsewhere', async () => {
  const page = await fresh();
  await signIn(page, 'ines');
  await arrived(page);
  const stolen = await held(page);
  const attacker = await left();
  assert.deepEqual(await back({ code: stolen.query.code, iss: provider.url, state: attacker.query.get('state') }, attacker.cookie), REFUSED, 'it was made for another verifier');
  const from = await held(page);
  assert.deepEqual(await back({ ...from.query, iss: 'https://id.example' }, from.cookie), REFUSED, 'another provider sent it');
  const without = await held(page);
  delete without.query.iss;
  assert.deepEqual(await back(without.query, without.cookie), REFUSED, 'this provider says who it is');
  provider.codeLife = 1;
  const late = await held(page);
  await wait(2500);
  assert.deepEqual(await back(late.query, late.cookie), REFUSED, 'too late');
  provider.codeLife = 60;
  const good = await held(page);
  const { place, cookies } = await back(good.query, good.cookie);
  assert.deepEqual([place, cookies.length], ['/', 1], 'and so it works');
});

test('an ID token that is not what it should be', async () => {
  const page = await fresh();
  await signIn(page, 'ines');
  await arrived(page);
  await page.context().clearCookies({ name: 'plainsight' });
  const now = Math.floor(Date.now() / 1000);
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  for (const [what, lie] of Object.entries({
    audience: { claims: { aud: 'another' } },
    party: { claims: { aud: [CLIENT, 'another'], azp: 'another' } },
    nonce: { claims: { nonce: 'another' } },
    issuer: { claims: { iss: 'https://id.example' } },
    expired: { claims: { iat: now - 7200, exp: now - 3600 } },
    endless: { claims: { exp: undefined } },
    future: { claims: { nbf: now + 3600 } },
    subject: { claims: { sub: 'mara' } },
    stranger: { key: stranger },
    unsigned: { head: { alg: 'none' }, key: null },
    symmetric: { head: { alg: 'HS256' } },
    unknown: { head: { kid: 'nobody' } },
  })) {
    provider.lie = lie;
    await page.goto('/api/v1/session/oidc');
    await page.waitForURL('**/sign-in?failed=oidc', { timeout: 10_000 }).catch(() => assert.fail(`${what}: ${page.url()}`));
    assert.equal((await page.request.get('/api/v1/session')).status(), 401, what);
  }
  provider.lie = null;
  await page.goto('/api/v1/session/oidc');
  await arrived(page);
});

test('a provider that is gone: the page says so, and a password still works', async () => {
  const page = await fresh();
  await world.enter(page, 'root', 'administrator');
  await page.context().clearCookies();
  await provider.close();
  await depart(page);
  await refused(page, 'provider');
  await page.getByLabel('Name').fill('root');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await arrived(page);

  // It goes while somebody is there.
  await provider.open();
  const other = await fresh();
  await signIn(other, 'ines');
  await arrived(other);
  const { url } = await held(other);
  await other.context().clearCookies({ name: 'plainsight' });
  await provider.close();
  await other.goto(url);
  await refused(other, 'provider');
  await provider.open();
  await depart(other);
  await arrived(other);
});

test('who came and who did not is recorded, and no secret is in the log of the server', async () => {
  await world.caughtUp();
  const { rows } = await world.api('/query', { sql: "SELECT outcome, count(*) FROM events WHERE action = 'session.begin_oidc' GROUP BY 1 ORDER BY 1" });
  const counts = Object.fromEntries(rows);
  assert.ok(counts.success >= 5 && counts.failure >= 20, JSON.stringify(counts));
  for (const secret of [SECRET, 'code_verifier', 'eyJ']) assert.ok(!world.output.includes(secret), secret);
});
