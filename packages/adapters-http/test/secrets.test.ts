import { gzipSync } from 'node:zlib';
import { utf8 } from '@aos/canon';
import type { SecretRef } from '@aos/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import {
  bodyOf,
  closeAdapters,
  failureOf,
  Host,
  messageOf,
  openAdapter,
  params2,
  receiptOf,
  startCall,
} from './calls.js';
import { closeServers, startServer } from './servers.js';

afterEach(async () => {
  await closeAdapters();
  await closeServers();
});

const KEY: SecretRef = { alias: 'demo/key', version: 1 };
const VALUE = 'Bearer sk-of-the-test';
const secret = { $tag: 'secret', $value: { alias: KEY.alias, version: 1 } };

const hostWith = (value: string) => {
  const host = new Host();
  host.secrets.set(KEY, value);
  return host;
};

/** What came of the header, and of `accept-encoding`, by path. */
async function startEcho(headers: Record<string, string> = {}, body: string | Buffer = 'fine') {
  const seen: (readonly [string, string | undefined, string | undefined])[] = [];
  const server = await startServer((request, response) => {
    const { url = '', headers: sent } = request;
    seen.push([url, sent.authorization, sent['accept-encoding'] as string | undefined]);
    const to = /^\/to\/(.*)$/.exec(url)?.[1];
    if (to !== undefined) response.writeHead(307, { location: decodeURIComponent(to) }).end();
    else response.writeHead(200, headers).end(body);
  });
  return { server, seen };
}

describe('a header that is a secret', () => {
  test('goes out with its value, and asks for no compression', async () => {
    const { server, seen } = await startEcho();
    const host = hostWith(VALUE);
    const ask = params2({ url: server.url('/a'), headers: { authorization: secret } });
    const outcome = await startCall(openAdapter(), ask, host);
    expect(bodyOf(outcome, host.blobs)).toBe('fine');
    expect(seen).toEqual([['/a', VALUE, 'identity']]);
  });

  test('beyond ASCII goes out as UTF-8', async () => {
    const { server, seen } = await startEcho();
    const ask = params2({ url: server.url('/a'), headers: { authorization: secret } });
    receiptOf(await startCall(openAdapter(), ask, hostWith('Schlüssel ✓')));
    expect(Buffer.from(seen[0]?.[1] ?? '', 'latin1').toString()).toBe('Schlüssel ✓');
  });

  test('stays with its origin, whatever the header is called', async () => {
    const elsewhere = await startEcho();
    const { server, seen } = await startEcho();
    const far = elsewhere.server.url('/end');
    const headers = { authorization: secret, 'content-key': secret, 'x-plain': 'x' };
    for (const to of ['/near', far]) {
      const url = server.url(`/to/${encodeURIComponent(to)}`);
      const host = hostWith(VALUE);
      receiptOf(await startCall(openAdapter(), params2({ url, headers }), host));
      const asked = host.redirects.at(-1)?.params.headers as Record<string, unknown>;
      expect(JSON.stringify(asked)).not.toContain('sk-of');
      if (to === far) expect(asked).toEqual({});
      else expect(asked.authorization).toEqual({ ...secret, $value: { ...KEY } });
    }
    expect(seen.map(([, value]) => value)).toEqual([VALUE, VALUE, VALUE]);
    expect(elsewhere.seen).toEqual([['/end', undefined, 'identity']]);
  });

  test('that cannot be resolved sends nothing, and says why', async () => {
    const { server, seen } = await startEcho();
    const ask = params2({ url: server.url('/a'), headers: { authorization: secret } });
    const outcome = await startCall(openAdapter(), ask, new Host());
    expect(failureOf(outcome)).toBe('error secret-unavailable never');
    expect(seen).toEqual([]);
  });

  test.each(['sk\r\nx: injected', 'sk\0', 'sk\x7f'])(
    'that is no value of a header sends nothing: %j',
    async (value) => {
      const { server, seen } = await startEcho();
      const ask = params2({ url: server.url('/a'), headers: { authorization: secret } });
      const outcome = await startCall(openAdapter(), ask, hostWith(value));
      expect(failureOf(outcome)).toBe('error http-secret-invalid never');
      expect(messageOf(outcome)).not.toContain('sk');
      expect(seen).toEqual([]);
    },
  );

  test.each([
    ['truncate', { truncate: true, max_body_bytes: 10 }, {}],
    ['a range', {}, { Range: { $tag: 'literal', $value: 'bytes=0-10' } }],
  ])('is not sent with %s: nobody could tell what a part shows', async (_, wishes, more) => {
    const { server, seen } = await startEcho();
    const headers = { authorization: secret, ...more };
    const ask = params2({ url: server.url('/a'), headers }, wishes);
    const outcome = await startCall(openAdapter(), ask, hostWith(VALUE));
    expect(failureOf(outcome)).toBe('error http-body-partial never');
    expect(seen).toEqual([]);
  });

  test('is not answered with a part', async () => {
    const server = await startServer((_, response) => response.writeHead(206).end(VALUE));
    const ask = params2({ url: server.url('/a'), headers: { authorization: secret } });
    const host = hostWith(VALUE);
    expect(failureOf(await startCall(openAdapter(), ask, host))).toBe(
      'error http-body-partial never',
    );
    const plain = params2({ url: server.url('/a') });
    expect(receiptOf(await startCall(openAdapter(), plain, host)).status).toBe(206);
  });

  test('is not answered in a form that nobody can look through', async () => {
    const { server } = await startEcho({ 'content-encoding': 'gzip' }, gzipSync(utf8(VALUE)));
    const headers = { authorization: secret, 'accept-encoding': 'gzip' };
    const ask = params2({ url: server.url('/a'), headers });
    expect(failureOf(await startCall(openAdapter(), ask, hostWith(VALUE)))).toBe(
      'error http-body-encoded never',
    );
    const plain = params2({ url: server.url('/a') });
    expect(receiptOf(await startCall(openAdapter(), plain, hostWith(VALUE))).status).toBe(200);
  });
});
