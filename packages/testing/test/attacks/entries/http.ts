/**
 * Requests that begin where they may and lead elsewhere: by redirects, by names, by addresses. Two
 * real servers count what reaches a goal that lies beyond the grant.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpAdapter } from '@aos/adapters-http';
import { encode } from '@aos/canon';
import type { Adapter } from '@aos/protocol';
import type { Attack, Met } from '../../../src/attacks/attack.js';
import { Range } from '../range.js';
import { type Json, record, refs, schema, text } from '../shooting-world.js';

/** Where this is no address of the machine, nothing is reached there anyway. */
const ELSEWHERE = '127.0.0.2';

class CountingServers {
  goals = 0;
  readonly #servers: Server[] = [];
  granted = 0;
  other = 0;

  /** `/open/to?<url>` redirects, with the status that stands before a bar. */
  #make(): Server {
    const server = createServer((request, response) => {
      request.resume();
      const { pathname, search } = new URL(request.url ?? '/', 'http://server');
      if (pathname.endsWith('/goal')) this.goals += 1;
      if (pathname !== '/open/to') {
        response.end('counted');
        return;
      }
      const [status = '302', target = ''] = decodeURIComponent(search.slice(1)).split('|');
      response.writeHead(Number(status), { location: target }).end();
    });
    this.#servers.push(server);
    return server;
  }

  async open(): Promise<void> {
    const listen = (server: Server, host: string, port = 0) =>
      new Promise<number>((resolve) => {
        // an address that the machine does not have
        server.once('error', () => resolve(port));
        server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
      });
    this.granted = await listen(this.#make(), '127.0.0.1');
    this.other = await listen(this.#make(), '127.0.0.1');
    await listen(this.#make(), ELSEWHERE, this.granted);
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
}

const world = (port: number): readonly Json[] => [
  schema('x/Get@1', record({ url: text })),
  { $kind: 'defpolicy', name: 'x/policy@1', rules: [{ when: {}, decision: 'allow' }] },
  {
    $kind: 'defplan',
    name: 'x/get@1',
    input: 'x/Get@1',
    steps: [
      {
        id: 'ask',
        op: 'emit_effect',
        kind: 'http.request',
        params: {
          record: {
            method: { text: 'GET' },
            url: { ref: '@plan.input.url' },
            headers: { map: [] },
            body_ref: { null: {} },
          },
        },
        cap: 'web',
        bind: { effect_id_as: 'asked' },
      },
      { id: 'heard', op: 'await_receipt', for: { ref: '@var:asked' }, bind: { as: 'page' } },
      { id: 'end', op: 'end' },
    ],
    edges: [
      { from: 'ask', to: 'heard' },
      { from: 'heard', to: 'end' },
    ],
  },
  {
    $kind: 'manifest',
    air_version: '1',
    schemas: refs('x/Get@1'),
    modules: [],
    plans: refs('x/get@1'),
    effects: refs('sys/http.request@1'),
    caps: refs('sys/http.out@2'),
    policies: refs('x/policy@1'),
    defaults: {
      policy: 'x/policy@1',
      cap_grants: [
        {
          name: 'web',
          cap: 'sys/http.out@2',
          params: {
            hosts: ['127.0.0.1', ELSEWHERE, 'name.example', 'mapped.example', 'moving.example'],
            schemes: ['http'],
            methods: ['GET'],
            ports: [port],
            path_prefixes: ['/open'],
            max_redirects: 2,
            allow_private: ['127.0.0.1/32'],
          },
        },
      ],
    },
    triggers: [{ event: 'x/Get@1', plan: 'x/get@1' }],
  },
];

/** What names stand for; a test moves them. */
const names = new Map<string, string>();

export class HttpRange extends Range {
  readonly #adapter: Adapter;

  private constructor(
    readonly servers: CountingServers,
    adapter: Adapter,
  ) {
    super(world(servers.granted), { kinds: [], adapters: [adapter] });
    this.#adapter = adapter;
  }

  static async open(): Promise<HttpRange> {
    const servers = new CountingServers();
    await servers.open();
    const adapter = createHttpAdapter({
      bounds: { idleConnections: 0 },
      resolve: async (name) => [names.get(name) ?? '127.0.0.1'],
    });
    return new HttpRange(servers, adapter);
  }

  override executed(): number {
    return this.servers.goals;
  }

  get(url: string): Promise<Met> {
    const from = this.store.head + 1;
    return this.submit({ schema: 'x/Get@1', cbor: encode({ url }) }).then((met) => [
      ...met,
      ...this.receiptCodes(from),
    ]);
  }

  /** The granted server, which leads on to a place. */
  via(target: string, status = 302): Promise<Met> {
    const question = encodeURIComponent(`${status}|${target}`);
    return this.get(`${this.at('/open/to')}?${question}`);
  }

  at(path: string, host = '127.0.0.1', port = this.servers.granted): string {
    return `http://${host}:${port}${path}`;
  }

  override async close(): Promise<boolean> {
    const isSame = await super.close();
    await this.#adapter.close();
    await this.servers.close();
    return isSame;
  }
}

type Http = Attack<HttpRange>;

const goal = (range: HttpRange): Promise<Met> => range.via(range.at('/open/goal'));

const hops = (range: HttpRange, count: number): string => {
  let url = range.at('/open/goal');
  for (let n = 0; n < count; n++) {
    url = `${range.at('/open/to')}?${encodeURIComponent(`302|${url}`)}`;
  }
  return url;
};

const led = (
  attempt: string,
  target: (range: HttpRange) => string,
  code = 'http-redirect-denied',
): Http => ({ attempt, code, act: (range) => range.via(target(range)), twin: goal });

const named = (name: string, address: string): Http => ({
  attempt: `asks a name that stands for ${address}`,
  code: 'http-address-denied',
  act: (range) => {
    names.set(name, address);
    return range.get(range.at('/open/goal', name));
  },
  twin: (range) => {
    names.set(name, '127.0.0.1');
    return range.get(range.at('/open/goal', name));
  },
});

export const HTTP: readonly Http[] = [
  led('is led to another port', ({ servers }) => `http://127.0.0.1:${servers.other}/open/goal`),
  led('is led to a path that is not granted', (range) => range.at('/closed/goal')),
  led('is led above the path by dots', (range) => range.at('/open/../closed/goal')),
  led('is led above the path by escapes', (range) => range.at('/open/%2e%2e%2fclosed/goal')),
  led('is led to another host', (range) => range.at('/open/goal', 'localhost')),
  led('is led to another address', (range) => range.at('/open/goal', ELSEWHERE)),
  led('is led there without a scheme', ({ servers }) => `//127.0.0.1:${servers.other}/open/goal`),
  led('is led there by backslashes', ({ servers }) => `\\\\127.0.0.1:${servers.other}\\open\\goal`),
  led(
    'is led there by an address in one number',
    ({ servers }) => `http://2130706433:${servers.other}/open/goal`,
  ),
  led(
    'is led there by an IPv6 address',
    ({ servers }) => `http://[::ffff:127.0.0.1]:${servers.granted}/open/goal`,
  ),
  led('is led out of HTTP', () => 'file:///etc/goal', 'http-redirect-invalid'),
  led(
    'is led there with user information',
    (range) => range.at('/open/goal', 'me:pw@127.0.0.1'),
    'http-redirect-invalid',
  ),
  {
    attempt: 'is led on more often than granted',
    code: 'http-redirect-denied',
    act: (range) => range.get(hops(range, 3)),
    twin: (range) => range.get(hops(range, 2)),
  },
  named('name.example', ELSEWHERE),
  named('mapped.example', `::ffff:${ELSEWHERE}`),
  {
    attempt: 'asks a name that moves behind the first answer',
    code: 'http-address-denied',
    prepare: (range) => range.get(range.at('/open/first', 'moving.example')),
    act: (range) => {
      names.set('moving.example', ELSEWHERE);
      return range.get(range.at('/open/goal', 'moving.example'));
    },
    twin: (range) => {
      names.set('moving.example', '127.0.0.1');
      return range.get(range.at('/open/goal', 'moving.example'));
    },
  },
  {
    attempt: 'asks an address beside the granted range',
    code: 'address-not-allowed',
    act: (range) => range.get(range.at('/open/goal', ELSEWHERE)),
    twin: (range) => range.get(range.at('/open/goal')),
  },
];
