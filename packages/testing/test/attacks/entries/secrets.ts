/**
 * Secrets that somebody would like to use who may not, and ways on which one would leave with whom
 * it is not for. Servers look for the values in what reaches them, and the world is looked through
 * for those that came back.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpAdapter } from '@aos/adapters-http';
import { createSecretSource, Vault } from '@aos/adapters-vault';
import { encode, sha256, utf8 } from '@aos/canon';
import type { Adapter, SecretSource } from '@aos/protocol';
import type { Attack, Met } from '../../../src/attacks/attack.js';
import { Range, type RangeOptions } from '../range.js';
import { type Json, refs } from '../shooting-world.js';

const VALUES = {
  mine: 'sk-what-is-mine-0123456789',
  theirs: 'sk-what-is-theirs-0123456789',
} as const;

/** What is in the environment of the host; a world is allowed the first two. */
const VARIABLES = { MINE: VALUES.mine, THEIRS: VALUES.theirs, HOSTS: VALUES.theirs };

/** Secrets of the world: where each of them is, and who may use it. */
export const SECRETS = {
  mine: { binding_id: 'env:MINE', allowed_caps: ['web'], allowed_plans: ['x/fetch@1'] },
  granted: { binding_id: 'env:THEIRS', allowed_caps: ['other'] },
  planned: { binding_id: 'env:THEIRS', allowed_plans: ['x/other@1'] },
  hosts: { binding_id: 'env:HOSTS' },
  outside: { binding_id: 'file:../outside' },
  absolute: { binding_id: 'file:/etc/passwd' },
  vaulted: { binding_id: 'vault:theirs' },
  elsewhere: { binding_id: 'https://evil.example/key' },
} as const;
type Alias = keyof typeof SECRETS | 'none';

const HTTP = 'sys/HttpRequestParams@2';

const plan = (name: string, cap: string): Json => ({
  ...{ $kind: 'defplan', name, input: HTTP },
  steps: [
    {
      ...{ id: 'ask', op: 'emit_effect', kind: 'http.request', params: { ref: '@plan.input' } },
      ...{ cap, bind: { effect_id_as: 'asked' } },
    },
    { id: 'heard', op: 'await_receipt', for: { ref: '@var:asked' }, bind: { as: 'page' } },
    { id: 'end', op: 'end' },
  ],
  edges: [
    { from: 'ask', to: 'heard' },
    { from: 'heard', to: 'end' },
  ],
});

const granted = { hosts: ['127.0.0.1'], schemes: ['http'], allow_private: ['127.0.0.1/32'] };

type Secrets = Readonly<Record<string, object>>;

/** The world of these tests, with these secrets. */
export const secretWorld = (secrets: Secrets = SECRETS): readonly Json[] => [
  { $kind: 'defpolicy', name: 'x/policy@1', rules: [{ when: {}, decision: 'allow' }] },
  ...Object.entries(secrets).map(
    ([alias, more]) => ({ $kind: 'defsecret', name: `x/${alias}@1`, ...more }) as never,
  ),
  plan('x/fetch@1', 'web'),
  plan('x/other@1', 'other'),
  {
    ...{ $kind: 'manifest', air_version: '1' },
    schemas: refs('sys/PlanStart@1'),
    modules: [],
    plans: refs('x/fetch@1', 'x/other@1'),
    effects: refs('sys/http.request@2'),
    caps: refs('sys/http.out@2'),
    policies: refs('x/policy@1'),
    secrets: refs(...Object.keys(secrets).map((alias) => `x/${alias}@1`)),
    defaults: {
      policy: 'x/policy@1',
      cap_grants: ['web', 'other'].map((name) => ({
        ...{ name, cap: 'sys/http.out@2', params: granted },
      })),
    },
  },
];

const isSecret = (text: string): boolean =>
  Object.values(VALUES).some((value) => text.includes(value));

/** Sees who comes with a secret to `/goal`; `/to` leads on, `/echo` gives back what it got. */
class SecretServer {
  seen = 0;
  /** Requests to `/wait`, which nobody has answered yet. */
  readonly waiting: ServerResponse[] = [];
  readonly #server: Server = createServer((request, response) => this.#answer(request, response));

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, search } = new URL(request.url ?? '/', 'http://server');
    const head = JSON.stringify(request.rawHeaders);
    if (pathname === '/goal' && isSecret(head)) this.seen += 1;
    if (pathname === '/wait') {
      this.waiting.push(response);
      return;
    }
    if (pathname === '/to') {
      response.writeHead(302, { location: decodeURIComponent(search.slice(1)) });
    }
    response.end(pathname === '/echo' ? head : 'fine');
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

interface Asked {
  readonly plan?: 'fetch' | 'other';
  readonly path?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
}

export const secret = (alias: Alias, version = 1) => {
  return { $tag: 'secret', $value: { alias: `x/${alias}`, version } };
};
const literal = ($value: string) => ({ $tag: 'literal', $value });

export class SecretRange extends Range {
  private constructor(
    private readonly http: Adapter,
    private readonly folder: string,
    secrets: SecretSource,
    /** The server that is meant, and another one. */
    readonly servers: readonly [SecretServer, SecretServer],
    options: RangeOptions,
  ) {
    super(secretWorld(), { ...options, kinds: [], adapters: [http], secrets });
  }

  static async open(options: RangeOptions = {}): Promise<SecretRange> {
    const folder = mkdtempSync(join(tmpdir(), 'aos-attacks-'));
    writeFileSync(join(folder, 'outside'), VALUES.theirs, { mode: 0o600 });
    const vault = new Vault({ file: join(folder, 'vault'), keyFile: join(folder, 'vault.key') });
    const worldId = sha256(utf8('the world of others'));
    await vault.put({ worldId, name: 'theirs', value: utf8(VALUES.theirs) });
    const allowed = { '*': ['env:MINE', 'env:THEIRS', 'file:../outside', 'file:/etc/passwd'] };
    const files = join(folder, 'secrets');
    const secrets = createSecretSource({ env: VARIABLES, folder: files, allowed, vault });
    const servers = [new SecretServer(), new SecretServer()] as const;
    for (const server of servers) await server.open();
    const http = createHttpAdapter({ bounds: { idleConnections: 0 } });
    return new SecretRange(http, folder, secrets, servers, options);
  }

  /** Secrets that reached a goal, and places of the world where one lies. */
  override executed(): number {
    const records = [...this.store.records(0)];
    const objects = [...this.store.objects()].map((hash) => this.store.object(hash));
    const lying = [...records, ...objects].filter((bytes) =>
      isSecret(Buffer.from(bytes ?? []).toString('latin1')),
    );
    return lying.length + this.servers[0].seen + this.servers[1].seen;
  }

  at(path: string, server: 0 | 1 = 0): string {
    return `http://127.0.0.1:${this.servers[server].port}${path}`;
  }

  /** What starts a plan that asks. */
  question({ plan = 'fetch', path = '/goal', headers = {} }: Asked) {
    const params = {
      ...{ method: 'GET', url: this.at(path), headers, body_ref: null },
      ...{ max_redirects: null, max_body_bytes: null, truncate: null, timeout_ns: null },
    };
    return { plan: `x/${plan}@1`, input: encode(params as never) };
  }

  async ask(asked: Asked): Promise<Met> {
    const from = this.store.head + 1;
    const met = await this.event('sys/PlanStart@1', this.question(asked));
    const all = [...met, ...this.receiptCodes(from)];
    return all.length === 0 ? ['nothing'] : all;
  }

  override async close(): Promise<boolean> {
    const isSame = await super.close();
    await this.http.close();
    for (const server of this.servers) await server.close();
    rmSync(this.folder, { recursive: true });
    return isSame;
  }
}

type Secret = Attack<SecretRange>;

/** The secret that is its own, to the server that is meant. */
const own = (range: SecretRange): Promise<Met> =>
  range.ask({ headers: { authorization: secret('mine') } });

const refers = (attempt: string, code: string, to: unknown, more: Asked = {}): Secret => ({
  ...{ attempt, code, twin: own },
  act: (range) => range.ask({ ...more, headers: { authorization: to, ...more.headers } }),
});

/** With the secret that is its own, on another way. */
const led = (attempt: string, code: string, path: (range: SecretRange) => string): Secret => ({
  ...{ attempt, code, twin: own },
  act: (range) => range.ask({ path: path(range), headers: { 'x-key': secret('mine') } }),
});

const to = (url: string): string => `/to?${encodeURIComponent(url)}`;

export const USES_OF_SECRETS: readonly Secret[] = [
  refers('refers to a secret of another grant', 'secret-cap-denied', secret('granted')),
  refers('refers to a secret of another plan', 'secret-plan-denied', secret('planned')),
  refers('refers to its own in another plan', 'secret-cap-denied', secret('mine'), {
    plan: 'other',
  }),
  refers('refers to a secret that is not declared', 'secret-unknown', secret('none')),
  refers('refers to a version that is not declared', 'secret-unknown', secret('mine', 2)),
  refers('is bound to a variable that is not for it', 'secret-binding-denied', secret('hosts')),
  refers('is bound to a file of another folder', 'secret-binding-unknown', secret('outside')),
  refers('is bound to a file of the machine', 'secret-binding-unknown', secret('absolute')),
  refers('is bound to the vault of another world', 'secret-unavailable', secret('vaulted')),
  refers('is bound to what is no binding', 'secret-binding-unknown', secret('elsewhere')),
  refers('writes a reference as a text', 'nothing', literal(JSON.stringify(secret('granted')))),
  refers('hides another one beside its own', 'secret-cap-denied', secret('mine'), {
    headers: { 'x-also': secret('granted') },
  }),
  refers('asks for a part of the answer', 'http-body-partial', secret('mine'), {
    headers: { range: literal('bytes=0-3') },
  }),
  led('is led to another server with it', 'nothing', (range) => to(range.at('/goal', 1))),
  led('is led to a URL with a user', 'http-redirect-invalid', (range) =>
    to(range.at('/goal').replace('//', '//me:pw@')),
  ),
  led('is given its secret back', 'secret-echoed', () => '/echo'),
];
