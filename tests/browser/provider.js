// A real identity provider (oidc-provider) on this machine: discovery, PKCE, its own pages to sign in and
// to consent. It can be told to lie in its ID tokens, and to be gone.

import { generateKeyPairSync, sign } from 'node:crypto';
import http from 'node:http';

import Provider from 'oidc-provider';

import { freePort } from './world.js';

export const CLIENT = 'plainsight';
export const SECRET = 'a secret of the client: +/=&%';

export class IdentityProvider {
  /** Who may sign in there, by the name that is typed; what is told of them may be changed. */
  people = {};
  /** Changes the claims of an ID token; null tells the truth. */
  lie = null;
  /** Seconds that a code is good for. */
  codeLife = 60;

  static async start() {
    const provider = new IdentityProvider();
    provider.port = await freePort();
    // Not the host of the console: to a browser it is another site.
    provider.url = `http://localhost:${provider.port}`;
    return provider;
  }

  /** Lets a client in whose people come back to `redirect`. */
  async serve(redirect) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.key = privateKey;
    this.provider = new Provider(this.url, {
      clients: [{ client_id: CLIENT, client_secret: SECRET, redirect_uris: [redirect], grant_types: ['authorization_code'], response_types: ['code'] }],
      claims: { openid: ['sub'], email: ['email', 'email_verified'], groups: ['groups'] },
      scopes: ['openid', 'email', 'groups'],
      findAccount: (_, id) => (this.people[id] ? { accountId: id, claims: () => ({ sub: id, ...this.people[id] }) } : undefined),
      jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'k', use: 'sig', alg: 'RS256' }] },
      pkce: { required: () => true },
      cookies: { keys: ['a key of a test'] },
      ttl: { AuthorizationCode: () => this.codeLife, AccessToken: 60, IdToken: 60, Grant: 600, Interaction: 600, Session: 600 },
      features: { devInteractions: { enabled: true } },
    });
    this.provider.use(async (context, next) => {
      await next();
      if (this.lie && context.body?.id_token) context.body = { ...context.body, id_token: this.#lied(context.body.id_token) };
    });
    await this.open();
  }

  async open() {
    this.server = http.createServer(this.provider.callback()).listen(this.port, 'localhost');
    await new Promise((done) => this.server.once('listening', done));
  }

  async close() {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    const closed = new Promise((done) => server.close(done));
    server.closeAllConnections();
    await closed;
  }

  /** The token with other claims, or another head, signed with the provider's key unless told otherwise. */
  #lied(token) {
    const [head, claims] = token.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
    const { head: otherHead = {}, claims: otherClaims = {}, key = this.key } = this.lie;
    const parts = [{ ...head, ...otherHead }, { ...claims, ...otherClaims }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    const said = parts.join('.');
    return `${said}.${key ? sign('sha256', Buffer.from(said), key).toString('base64url') : ''}`;
  }
}
