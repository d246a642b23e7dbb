// A real server on a fresh data directory, a fake provider behind it, and a browser before it.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { chromium } from 'playwright-core';

const BINARY = resolve(process.env.PLAINSIGHT_BIN ?? join(import.meta.dirname, '../../target/debug/plainsight'));
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const PASSWORD = 'a long sentence that nobody guesses';
/** Keeps the originals of cards, so that there is something to unseal. */
const CONFIG = '[inspect]\nCREDIT_CARD = "seal"\n';

export function freePort() {
  return new Promise((done) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/** A provider that answers every chat with what was asked last; `tools` may make it call a tool first. */
async function provider() {
  const server = http.createServer((request, response) => {
    let text = '';
    request.on('data', (part) => (text += part));
    request.on('end', () => {
      const asked = JSON.parse(text || '{}');
      const last = asked.messages?.at(-1) ?? {};
      const tool = asked.tools?.[0]?.function.name;
      const message =
        tool && last.role === 'user'
          ? { role: 'assistant', content: null, tool_calls: [{ id: `call_${Date.now()}_${Math.random()}`, type: 'function', function: { name: tool, arguments: JSON.stringify({ query: last.content }) } }] }
          : { role: 'assistant', content: `I read: ${last.content ?? ''}` };
      const answer = { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: asked.model, choices: [{ index: 0, message, finish_reason: message.tool_calls ? 'tool_calls' : 'stop' }], usage: { prompt_tokens: 40, completion_tokens: 12, total_tokens: 52 } };
      setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)), 15);
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

export class World {
  /** `settings` are further ones, in TOML, once it is known where the server will be; a `folder` that is given stays. */
  static async start(settings = () => '', folder = null) {
    const world = new World();
    world.stays = folder !== null;
    world.folder = folder ?? mkdtempSync(join(tmpdir(), 'plainsight-browser-'));
    world.data = join(world.folder, 'data');
    world.provider = await provider();
    world.ports = [await freePort(), await freePort(), await freePort()];
    world.base = `http://127.0.0.1:${world.ports[0]}`;
    writeFileSync(join(world.folder, 'plainsight.toml'), CONFIG + settings(world));
    world.output = '';
    await world.serve();
    world.browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    return world;
  }

  async serve() {
    const [main, grpc, otlp] = this.ports;
    this.process = spawn(BINARY, [
      'serve', '--data', this.data, '--config', join(this.folder, 'plainsight.toml'), '--listen', `127.0.0.1:${main}`, '--otlp-grpc', `127.0.0.1:${grpc}`,
      '--otlp-http', `127.0.0.1:${otlp}`, '--upstream', `openai=${this.provider.url}`, '--upstream', `anthropic=${this.provider.url}`,
    ]);
    this.process.on('error', (error) => (this.output += `${BINARY}: ${error}`));
    const hear = (part) => (this.output += part);
    this.process.stdout.on('data', hear);
    this.process.stderr.on('data', hear);
    await until(async () => (await fetch(`${this.base}/readyz`)).ok, 60, () => `serve is not ready: ${this.output}`);
  }

  async stopServing() {
    const ended = new Promise((done) => this.process.once('exit', done));
    this.process.kill('SIGTERM');
    await ended;
  }

  async close() {
    await this.browser?.close();
    await this.stopServing();
    this.provider.close();
    if (!this.stays) rmSync(this.folder, { recursive: true, force: true });
  }

  /** The one-time link that the first start printed. */
  get link() {
    const found = /http:\/\/\S+\/welcome#\S+/.exec(this.output);
    if (!found) throw new Error(`no link in: ${this.output}`);
    return found[0];
  }

  get token() {
    return readFileSync(join(this.data, 'admin-token'), 'utf8').trim();
  }

  /** Asks the API as the operator's command line does. */
  async api(path, body) {
    const response = await fetch(`${this.base}/api/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** One call of a model through the proxy. */
  async say(content, { user = 'ada', session = 's-1', agent = 'support-desk', messages, tools, model = 'gpt-4o-mini', headers = {} } = {}) {
    const response = await fetch(`${this.base}/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sk-of-the-test', 'x-plainsight-user': user, 'x-plainsight-session': session, 'x-plainsight-agent': agent, ...headers },
      body: JSON.stringify({ model, messages: messages ?? [{ role: 'system', content: 'You answer customers of a shop.' }, { role: 'user', content }], ...(tools ? { tools: tools.map((name) => ({ type: 'function', function: { name, parameters: {} } })) } : {}) }),
    });
    return response.json();
  }

  async events(lines) {
    const response = await fetch(`${this.base}/v1/events`, { method: 'POST', headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/x-ndjson' }, body: lines.map((line) => JSON.stringify(line)).join('\n') });
    if (!response.ok) throw new Error(`events: ${response.status} ${await response.text()}`);
  }

  /** Spans or logs over OTLP, in JSON: `signal` is `traces` or `logs`. */
  async otlp(signal, body) {
    const response = await fetch(`http://127.0.0.1:${this.ports[2]}/v1/${signal}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const answer = await response.json();
    if (!response.ok || answer.partialSuccess?.errorMessage) throw new Error(`${signal}: ${response.status} ${JSON.stringify(answer)}`);
  }

  /** Waits until the operational copy and detection have seen all of the log. */
  async caughtUp() {
    await until(async () => {
      const { ledger, reader, detector } = await this.api('/status');
      return reader.cursor >= ledger.size - 1 && (!detector || detector.lag <= 1);
    }, 60, () => 'the readers are behind');
  }

  /** A page in a browser of its own: its own cookies. It asks the server and who is named `beside` it. What goes wrong in it is gathered in `problems`. */
  async page({ theme = 'light', width = 1280, height = 800, beside = [] } = {}) {
    const context = await this.browser.newContext({ viewport: { width, height }, colorScheme: theme, baseURL: this.base, acceptDownloads: true });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.problems = [];
    page.on('pageerror', (error) => page.problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 40[134]|ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY/.test(message.text())) page.problems.push(message.text());
    });
    page.on('dialog', (dialog) => {
      page.problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (![this.base, ...beside].some((origin) => request.url().startsWith(origin)) && !/^(data|blob):/.test(request.url())) page.problems.push(`outside request: ${request.url()}`);
    });
    return page;
  }

  /** The first administrator, made with the link. */
  async first(page, name = 'root') {
    await page.goto(this.link);
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel('Password', { exact: false }).first().fill(PASSWORD);
    await page.getByLabel('Password once more').fill(PASSWORD);
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  }

  /** Somebody with a role, invited by the operator; the page is signed in. */
  async enter(page, name, role) {
    const { link } = await this.api('/people', { name, role });
    await page.goto(link);
    await page.getByLabel('Password', { exact: false }).first().fill(PASSWORD);
    await page.getByLabel('Password once more').fill(PASSWORD);
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  }
}

/** Tries until it is true. */
export async function until(what, seconds, why) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      if (await what()) return;
    } catch {
      // Not yet.
    }
    if (Date.now() > end) throw new Error(why());
    await wait(100);
  }
}
