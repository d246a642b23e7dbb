// The newcomer's path, as the README tells it, timed step by step: from the clone to the first own record
// on the page. What the machine takes is measured; what a person does is counted.
//
//   node newcomer.mjs --build                                     # builds the clone, as a newcomer does
//   PLAINSIGHT_BIN=../../target/release/plainsight node newcomer.mjs   # without the build

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { chromium } from 'playwright-core';

import { freePort, until } from './world.js';

const { values: options } = parseArgs({ options: { build: { type: 'boolean', default: false } } });
const ROOT = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'plainsight-newcomer-'));
const clone = join(folder, 'plainsight');
const steps = [];

/** Does a step; `asks` is what a person types and clicks for it. */
async function step(what, asks, work) {
  const begun = performance.now();
  const result = await work();
  steps.push({ what, asks, took: performance.now() - begun });
  console.error(`${steps.length}. ${what}: ${((performance.now() - begun) / 1000).toFixed(2)} s`);
  return result;
}

/** The provider that the newcomer has a key for. */
const provider = http.createServer((request, response) => {
  request.resume().on('end', () => {
    const answer = { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'gpt-4o-mini', choices: [{ index: 0, message: { role: 'assistant', content: 'On the shelf.' }, finish_reason: 'stop' }], usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 } };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
});
await new Promise((done) => provider.listen(0, '127.0.0.1', done));
let server;
let browser;
try {
  await step('`git clone`', { commands: 1 }, () => execFileSync('git', ['clone', '--quiet', ROOT, clone]));
  if (options.build) await step('`cargo build --release`', { commands: 0 }, () => execFileSync('cargo', ['build', '--release', '--quiet'], { cwd: clone, stdio: 'inherit' }));
  const binary = options.build ? join(process.env.CARGO_TARGET_DIR ?? join(clone, 'target'), 'release/plainsight') : resolve(process.env.PLAINSIGHT_BIN ?? join(ROOT, 'target/release/plainsight'));
  const [main, grpc, otlp] = [await freePort(), await freePort(), await freePort()];
  const base = `http://127.0.0.1:${main}`;
  const link = await step('`cargo run --release -- serve`, until it prints the link', { commands: 1 }, async () => {
    let output = '';
    // Ports and provider are others than a newcomer's, so that nothing else on this machine is in the way.
    server = spawn(binary, ['serve', '--listen', `127.0.0.1:${main}`, '--otlp-grpc', `127.0.0.1:${grpc}`, '--otlp-http', `127.0.0.1:${otlp}`, '--upstream', `openai=http://127.0.0.1:${provider.address().port}`], { cwd: clone });
    for (const stream of [server.stdout, server.stderr]) stream.on('data', (part) => (output += part));
    await until(() => /\/welcome#\S+/.test(output), 30, () => output);
    return /http:\/\/\S+\/welcome#\S+/.exec(output)[0];
  });
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  const page = await browser.newPage({ baseURL: base });
  await step('the link opened in a browser', { clicks: 1 }, async () => {
    await page.goto(link);
    await page.getByRole('button', { name: 'Begin' }).waitFor();
  });
  await step('name and password chosen, *Begin*: the overview', { fields: 3, clicks: 1 }, async () => {
    await page.getByLabel('Name', { exact: true }).fill('mara');
    await page.getByLabel('Password', { exact: false }).first().fill('a long sentence that nobody guesses');
    await page.getByLabel('Password once more').fill('a long sentence that nobody guesses');
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  });
  await step('the base URL of an application changed, and a question asked', { lines: 1 }, async () => {
    const response = await fetch(`${base}/openai/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer sk-own' }, body: JSON.stringify({ model: 'gpt-4o-mini', user: 'mara', messages: [{ role: 'user', content: 'Where is the kettle?' }] }) });
    if (!response.ok) throw new Error(`proxy: ${response.status}`);
  });
  await step('*Records* opened: there it is', { clicks: 1 }, async () => {
    await page.getByRole('link', { name: 'Records' }).first().click();
    await until(async () => {
      if (await page.getByRole('grid').getByText('interaction').first().isVisible()) return true;
      await page.reload();
      return false;
    }, 20, () => 'the record is not on the page');
  });
  const sum = (list) => list.reduce((all, one) => all + one, 0);
  const asked = (name) => sum(steps.map((one) => one.asks[name] ?? 0));
  console.log('| | step | commands | lines changed | fields | clicks | the machine takes |\n|---|---|---|---|---|---|---|');
  for (const [at, { what, asks, took }] of steps.entries()) console.log(`| ${at + 1} | ${[what, ...['commands', 'lines', 'fields', 'clicks'].map((name) => asks[name] ?? ''), `${(took / 1000).toFixed(2)} s`].join(' | ')} |`);
  const built = sum(steps.filter(({ what }) => what.includes('build')).map(({ took }) => took));
  console.log(`| | all${options.build ? ', without the build' : ''} | ${['commands', 'lines', 'fields', 'clicks'].map(asked).join(' | ')} | ${((sum(steps.map(({ took }) => took)) - built) / 1000).toFixed(2)} s |`);
} finally {
  await browser?.close();
  server?.kill('SIGTERM');
  provider.close();
  rmSync(folder, { recursive: true, force: true });
}
