import { toHashText } from '@aos/canon';
import { MemoryBlobs } from '@aos/protocol/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import {
  bodyOf,
  bytesOf,
  checkSchema,
  closeAdapters,
  failureOf,
  Host,
  openAdapter,
  params1,
  params2,
  receiptOf,
  startCall,
} from './calls.js';
import { closeServers, startAnswering, startServer } from './servers.js';

afterEach(async () => {
  await closeAdapters();
  await closeServers();
});

/** A server that answers with what it got: method, URL, headers and body as JSON. */
const startEcho = () =>
  startServer((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      const body = Buffer.concat(chunks).toString();
      response.end(JSON.stringify({ method, url, headers, body }));
    });
  });

/** What the echo got. */
async function echoOf(params: Uint8Array, host = new Host()) {
  const outcome = await startCall(openAdapter(), params, host);
  return JSON.parse(bodyOf(outcome, host.blobs) ?? 'null');
}

describe('a request', () => {
  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'QUERY', 'get'])(
    'goes out with the method %s, in upper case',
    async (method) => {
      const server = await startEcho();
      const echo = await echoOf(params1({ url: server.url(), method }));
      expect(echo.method).toBe(method.toUpperCase());
    },
  );

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'GET'])(
    'of %s streams its body from a blob, with its length',
    async (method) => {
      const server = await startEcho();
      const host = new Host();
      const body = 'x'.repeat(100_000);
      const body_ref = toHashText(host.blobs.store(bytesOf(body)));
      const echo = await echoOf(params1({ url: server.url(), method, body_ref }), host);
      expect([echo.body, echo.headers['content-length']]).toEqual([body, '100000']);
      expect(echo.headers['transfer-encoding']).toBeUndefined();
    },
  );

  test('with an empty blob has a length of zero', async () => {
    const server = await startEcho();
    const host = new Host();
    const body_ref = toHashText(host.blobs.store(new Uint8Array()));
    const echo = await echoOf(params1({ url: server.url(), method: 'POST', body_ref }), host);
    expect([echo.body, echo.headers['content-length']]).toEqual(['', '0']);
  });

  test('keeps its query, and its headers beyond ASCII as UTF-8', async () => {
    const server = await startEcho();
    const headers = { 'X-Name': 'Zoë', accept: 'text/html' };
    const echo = await echoOf(params1({ url: server.url('/a%20b?c=d&c=e'), headers }));
    expect(echo.url).toBe('/a%20b?c=d&c=e');
    expect(Buffer.from(echo.headers['x-name'], 'latin1').toString()).toBe('Zoë');
    expect(echo.headers.accept).toBe('text/html');
  });

  test('has a user agent and the key of the intent, unless it has its own', async () => {
    const server = await startEcho();
    const echo = await echoOf(params1({ url: server.url() }));
    expect(echo.headers['user-agent']).toBe('aos');
    expect(echo.headers['idempotency-key']).toMatch(/^"[0-9a-f]{64}"$/);
    const own = { 'User-Agent': 'mine', 'Idempotency-Key': 'k' };
    const { headers } = await echoOf(params1({ url: server.url(), headers: own }));
    expect([headers['user-agent'], headers['idempotency-key']]).toEqual(['mine', 'k']);
  });

  test('has no key where the adapter is told so, and accepts every encoding', async () => {
    const server = await startEcho();
    const adapter = openAdapter({ idempotencyHeader: null });
    const host = new Host();
    const outcome = await startCall(adapter, params1({ url: server.url() }), host);
    const { headers } = JSON.parse(bodyOf(outcome, host.blobs) ?? '');
    expect(Object.keys(headers).sort()).toEqual(['connection', 'host', 'user-agent']);
  });

  test('of version 2 says the same as one of version 1', async () => {
    const server = await startEcho();
    const ask = { url: server.url('/x'), method: 'PUT', headers: { 'x-a': 'b' } };
    expect(await echoOf(params2(ask))).toEqual(await echoOf(params1(ask)));
  });
});

describe('a receipt', () => {
  test('of version 1 has status, headers, body and time', async () => {
    const server = await startServer((_, response) => {
      response.writeHead(418, { 'X-Two': ['a', 'b'], 'Set-Cookie': ['c=1', 'd=2'] });
      response.end('short and stout');
    });
    const host = new Host();
    const outcome = await startCall(openAdapter(), params1({ url: server.url() }), host);
    const receipt = receiptOf(outcome);
    expect(checkSchema('sys/HttpRequestReceipt@1', outcome.payload)).toBeUndefined();
    expect(receipt).toMatchObject({
      status: 418,
      headers: { 'x-two': 'a, b', 'set-cookie': 'c=1\nd=2' },
      adapter_id: 'host.http',
      timings: { start_ns: host.clock.wallNs(), end_ns: host.clock.wallNs() },
    });
    expect(bodyOf(outcome, host.blobs)).toBe('short and stout');
  });

  test('of version 2 also says where the answer came from and how large it is', async () => {
    const server = await startServer((_, response) => {
      response.setHeader('Set-Cookie', ['c=1', 'd=2']);
      response.end('0123456789');
    });
    const url = server.url('/a');
    const outcome = await startCall(openAdapter({ id: 'mine' }), params2({ url }));
    expect(checkSchema('sys/HttpRequestReceipt@2', outcome.payload)).toBeUndefined();
    expect(receiptOf(outcome)).toMatchObject({
      ...{ status: 200, url, body_size: 10, truncated: false, redirects: [], tls: null },
      ...{ address: '127.0.0.1', adapter_id: 'mine' },
      headers: { 'set-cookie': ['c=1', 'd=2'] },
    });
  });

  test.each([200, 204, 304, 404, 500])(
    'of an answer %d without a body names none',
    async (code) => {
      const server = await startServer((_, response) => response.writeHead(code).end());
      const outcome = await startCall(openAdapter(), params2({ url: server.url() }));
      expect(receiptOf(outcome)).toMatchObject({ status: code, body_ref: null, body_size: 0 });
    },
  );

  test('of a HEAD request has headers and no body', async () => {
    const server = await startServer((_, response) => {
      response.setHeader('content-length', 2 ** 40);
      response.end();
    });
    const outcome = await startCall(openAdapter(), params2({ url: server.url(), method: 'HEAD' }));
    expect(receiptOf(outcome)).toMatchObject({
      ...{ status: 200, body_ref: null, headers: { 'content-length': [String(2 ** 40)] } },
    });
  });

  test('has a compressed body as it was sent', async () => {
    const sent = Buffer.from('1f8b08000000000000034bcccf0500', 'hex');
    const server = await startServer((_, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(sent);
    });
    const host = new Host();
    const outcome = await startCall(openAdapter(), params2({ url: server.url() }), host);
    expect(receiptOf(outcome)).toMatchObject({
      ...{ body_size: sent.length, headers: { 'content-encoding': ['gzip'] } },
    });
    expect(bodyOf(outcome, host.blobs)).toBe(sent.toString());
  });

  test('reads header values as UTF-8, or byte by byte where they are not', async () => {
    const head = Buffer.concat([
      Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-U: Zoë\r\nX-L: Zo'),
      Buffer.from([0xeb]),
      Buffer.from('\r\n__proto__: p\r\n\r\n'),
    ]);
    const server = await startAnswering(head, 'leave');
    const outcome = await startCall(openAdapter(), params1({ url: server.url() }));
    const { headers } = receiptOf(outcome) as { headers: Record<string, string> };
    expect([headers['x-u'], headers['x-l']]).toEqual(['Zoë', 'Zoë']);
    expect(checkSchema('sys/HttpRequestReceipt@1', outcome.payload)).toBeUndefined();
  });

  test('has a body that ends with its connection', async () => {
    const server = await startAnswering('HTTP/1.1 200 OK\r\n\r\nall of it', 'end');
    const host = new Host();
    const outcome = await startCall(openAdapter(), params2({ url: server.url() }), host);
    expect(bodyOf(outcome, host.blobs)).toBe('all of it');
  });
});

describe('the body of an answer', () => {
  const bounds = { bodyBytes: 1_000 };
  const startSized = (size: number, isDeclared: boolean) =>
    startServer((_, response) => {
      if (isDeclared) response.setHeader('content-length', size);
      else response.write('');
      response.end('x'.repeat(size));
    });

  test.each([
    [1_000, true],
    [1_000, false],
  ])('of %d bytes is within the limit (declared: %s)', async (size, isDeclared) => {
    const server = await startSized(size, isDeclared);
    const outcome = await startCall(openAdapter({ bounds }), params2({ url: server.url() }));
    expect(receiptOf(outcome).body_size).toBe(1_000);
  });

  test.each([
    [1_001, true],
    [1_001, false],
    [1_000_000, false],
  ])('of %d bytes is beyond the limit (declared: %s)', async (size, isDeclared) => {
    const server = await startSized(size, isDeclared);
    const outcome = await startCall(openAdapter({ bounds }), params1({ url: server.url() }));
    expect(failureOf(outcome)).toBe('error http-body-too-large never');
  });

  test('has the limit of the request where that is lower', async () => {
    const server = await startSized(100, true);
    const ask = (max_body_bytes: number) =>
      startCall(openAdapter({ bounds }), params2({ url: server.url() }, { max_body_bytes }));
    expect(receiptOf(await ask(100)).body_size).toBe(100);
    expect(failureOf(await ask(99))).toBe('error http-body-too-large never');
    expect(receiptOf(await ask(1_000_000)).body_size).toBe(100);
  });

  test.each([
    [true, 0, null],
    [true, 7, 'xxxxxxx'],
    [false, 7, 'xxxxxxx'],
    [false, 1_000, 'x'.repeat(1_000)],
  ])('is cut where the request wants that (declared: %s, at %d)', async (isDeclared, at, body) => {
    const server = await startSized(100_000, isDeclared);
    const params = params2({ url: server.url() }, { max_body_bytes: at, truncate: true });
    const host = new Host();
    const outcome = await startCall(openAdapter({ bounds }), params, host);
    expect(receiptOf(outcome)).toMatchObject({ truncated: true, body_size: at });
    expect(bodyOf(outcome, host.blobs)).toBe(body);
  });

  test('is not cut where it ends at the limit', async () => {
    const server = await startSized(7, false);
    const params = params2({ url: server.url() }, { max_body_bytes: 7, truncate: true });
    const outcome = await startCall(openAdapter(), params);
    expect(receiptOf(outcome)).toMatchObject({ truncated: false, body_size: 7 });
  });

  test('that cannot be stored is an error that may pass', async () => {
    class FullDisk extends MemoryBlobs {
      override async put(): Promise<never> {
        throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      }
    }
    const server = await startSized(10, true);
    const host = Object.assign(new Host(), { blobs: new FullDisk() });
    const outcome = await startCall(openAdapter(), params1({ url: server.url() }), host);
    expect(failureOf(outcome)).toBe('error http-body-not-stored later');
  });
});

describe('the body of a request', () => {
  test('that cannot be read is an error that may pass', async () => {
    class BrokenDisk extends MemoryBlobs {
      override async get(): Promise<AsyncIterable<Uint8Array>> {
        return (async function* () {
          yield new Uint8Array(10);
          throw Object.assign(new Error('bad sector'), { code: 'EIO' });
        })();
      }
    }
    const server = await startEcho();
    const blobs = new BrokenDisk();
    const body_ref = toHashText(blobs.store(new Uint8Array(20)));
    const host = Object.assign(new Host(), { blobs });
    const params = params1({ url: server.url(), method: 'POST', body_ref });
    const outcome = await startCall(openAdapter(), params, host);
    expect(failureOf(outcome)).toBe('error http-request-body-unreadable later');
  });

  test('that is shorter than the store said is an error, too', async () => {
    class LyingDisk extends MemoryBlobs {
      override async size() {
        return 1_000;
      }
    }
    const server = await startEcho();
    const blobs = new LyingDisk();
    const body_ref = toHashText(blobs.store(new Uint8Array(20)));
    const host = Object.assign(new Host(), { blobs });
    const params = params1({ url: server.url(), method: 'POST', body_ref });
    const outcome = await startCall(openAdapter(), params, host);
    expect(failureOf(outcome)).toBe('error http-request-body-unreadable later');
  });

  test('need not be taken by a server that answers before', async () => {
    const server = await startServer((_, response) => response.writeHead(413).end('too much'));
    const host = new Host();
    const body_ref = toHashText(host.blobs.store(new Uint8Array(50_000)));
    const params = params1({ url: server.url(), method: 'POST', body_ref });
    const outcome = await startCall(openAdapter(), params, host);
    expect(receiptOf(outcome).status).toBe(413);
  });
});

describe('connections', () => {
  test('are kept for the next request to an origin', async () => {
    const server = await startServer((_, response) => response.end('x'));
    const adapter = openAdapter();
    for (let i = 0; i < 5; i++) receiptOf(await startCall(adapter, params1({ url: server.url() })));
    expect(server.connections).toBe(1);
  });

  test('carry one request at a time', async () => {
    const server = await startServer((_, response) => setImmediate(() => response.end('x')));
    const adapter = openAdapter();
    const calls = Array.from({ length: 10 }, () =>
      startCall(adapter, params1({ url: server.url() })),
    );
    for (const outcome of await Promise.all(calls)) receiptOf(outcome);
    expect(server.connections).toBe(10);
  });

  test('that the server has closed are made anew', async () => {
    const server = await startServer((_, response) => {
      response.setHeader('connection', 'close');
      response.end('x');
    });
    const adapter = openAdapter();
    for (let i = 0; i < 3; i++) receiptOf(await startCall(adapter, params1({ url: server.url() })));
    expect(server.connections).toBe(3);
  });

  test('are as many as the adapter may keep', async () => {
    const servers = await Promise.all(
      [0, 1, 2].map(() => startServer((_, response) => response.end('x'))),
    );
    const adapter = openAdapter({ bounds: { idleConnections: 2 } });
    for (const _ of [0, 1]) {
      for (const server of servers) {
        receiptOf(await startCall(adapter, params1({ url: server.url() })));
      }
    }
    expect(servers.map(({ connections }) => connections)).toEqual([2, 2, 2]);
  });
});
