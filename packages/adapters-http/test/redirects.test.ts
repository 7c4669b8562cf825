import { toHashText } from '@aos/canon';
import { afterEach, describe, expect, test } from 'vitest';
import {
  bodyOf,
  bytesOf,
  closeAdapters,
  failureOf,
  Host,
  messageOf,
  openAdapter,
  params1,
  params2,
  receiptOf,
  startCall,
} from './calls.js';
import { closeServers, startServer } from './servers.js';

afterEach(async () => {
  await closeAdapters();
  await closeServers();
});

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** Redirects by path, `/to/<status>/<location>`; everything else is answered with `end`. */
async function startRedirects() {
  const seen: Seen[] = [];
  const server = await startServer((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      const [, status, location] = /^\/to\/(\d+)\/(.*)$/.exec(url) ?? [];
      if (status === undefined) return response.end('end');
      const to = decodeURIComponent(location ?? '');
      return response.writeHead(Number(status), to === '' ? {} : { location: to }).end('moved');
    });
  });
  const path = (status: number, location: string) =>
    `/to/${status}/${encodeURIComponent(location)}`;
  return { server, seen, path };
}

describe('a redirect', () => {
  test.each([
    [301, 'GET', 'GET', 'kept'],
    [302, 'GET', 'GET', 'kept'],
    [301, 'POST', 'GET', 'gone'],
    [302, 'POST', 'GET', 'gone'],
    [301, 'PUT', 'PUT', 'kept'],
    [302, 'DELETE', 'DELETE', 'kept'],
    [303, 'POST', 'GET', 'gone'],
    [303, 'PUT', 'GET', 'gone'],
    [303, 'GET', 'GET', 'gone'],
    [307, 'POST', 'POST', 'kept'],
    [308, 'PATCH', 'PATCH', 'kept'],
  ])('%d of %s is followed with %s, its body is %s', async (status, method, next, body) => {
    const { server, seen, path } = await startRedirects();
    const host = new Host();
    const body_ref = toHashText(host.blobs.store(bytesOf('payload')));
    const headers = { 'content-type': 'text/plain', 'x-a': 'b' };
    const url = server.url(path(status, '/end'));
    const params = params1({ url, method, body_ref, headers });
    const outcome = await startCall(openAdapter(), params, host);
    expect(bodyOf(outcome, host.blobs)).toBe('end');
    const type = body === 'kept' ? 'text/plain' : undefined;
    expect(seen[1]).toMatchObject({ method: next, url: '/end', headers: { 'x-a': 'b' } });
    expect([seen[1]?.body, seen[1]?.headers['content-type']]).toEqual([
      body === 'kept' ? 'payload' : '',
      type,
    ]);
  });

  test('303 of HEAD is followed with HEAD', async () => {
    const { server, seen, path } = await startRedirects();
    const url = server.url(path(303, '/end'));
    receiptOf(await startCall(openAdapter(), params1({ url, method: 'HEAD' })));
    expect(seen.map(({ method }) => method)).toEqual(['HEAD', 'HEAD']);
  });

  test.each([
    [300, '/end'],
    [304, '/end'],
    [305, '/end'],
    [302, ''],
    [399, '/end'],
  ])('is not what %d with a location of "%s" is', async (status, location) => {
    const { server, seen, path } = await startRedirects();
    const outcome = await startCall(
      openAdapter(),
      params1({ url: server.url(path(status, location)) }),
    );
    expect([receiptOf(outcome).status, seen.length]).toEqual([status, 1]);
  });

  test('is asked about before it is followed, as what would be sent', async () => {
    const { server, path } = await startRedirects();
    const host = new Host();
    const body_ref = toHashText(host.blobs.store(bytesOf('payload')));
    const second = path(307, '/end?x#part');
    const params = params2({ url: server.url(path(303, second)), method: 'POST', body_ref });
    receiptOf(await startCall(openAdapter(), params, host));
    expect(host.redirects.map(({ url, hops }) => [url, hops])).toEqual([
      [server.url(second), 1],
      [server.url('/end?x'), 2],
    ]);
    expect(host.redirects[0]?.params).toMatchObject({ method: 'GET', body_ref: null });
  });

  test('is listed in the receipt of version 2', async () => {
    const { server, path } = await startRedirects();
    const second = server.url(path(302, '/end'));
    const first = server.url(path(301, second));
    const outcome = await startCall(openAdapter(), params2({ url: first, method: 'POST' }));
    expect(receiptOf(outcome)).toMatchObject({
      url: server.url('/end'),
      redirects: [
        { status: 301, method: 'POST', url: first },
        { status: 302, method: 'GET', url: second },
      ],
    });
  });

  test('that the grant denies is an error, and nothing is sent', async () => {
    const { server, seen, path } = await startRedirects();
    const other = await startRedirects();
    const host = new Host();
    host.deniedUrls = new RegExp(`:${other.server.port}/`);
    const url = server.url(path(302, other.server.url('/secret')));
    const outcome = await startCall(openAdapter(), params1({ url }), host);
    expect(failureOf(outcome)).toBe('error http-redirect-denied never');
    expect(messageOf(outcome)).toMatch(/host-not-allowed at grant web/);
    expect([seen.length, other.seen.length, other.server.connections]).toEqual([1, 0, 0]);
  });

  test.each([
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'http://user:password@127.0.0.1/',
    'http://',
    'http://127.0.0.1:99999/',
    'javascript:alert(1)',
  ])('to %s leads nowhere', async (location) => {
    const { server, path } = await startRedirects();
    const outcome = await startCall(
      openAdapter(),
      params1({ url: server.url(path(302, location)) }),
    );
    expect(failureOf(outcome)).toBe('error http-redirect-invalid never');
  });

  test('to an address that is not permitted is denied there', async () => {
    const { server, path } = await startRedirects();
    const host = new Host();
    host.deniedAddresses = /^169\.254\./;
    const url = server.url(path(302, 'http://169.254.169.254/latest/meta-data'));
    const outcome = await startCall(openAdapter(), params1({ url }), host);
    expect(failureOf(outcome)).toBe('error http-address-denied never');
  });
});

describe('headers of a redirected request', () => {
  const headers = {
    ...{ Authorization: 'Bearer secret', Cookie: 'session=secret', 'X-Api-Key': 'secret' },
    ...{ Accept: 'text/html', 'Accept-Language': 'de', 'Content-Type': 'text/plain' },
    ...{ Referer: 'http://127.0.0.1/secret', Range: 'bytes=0-10', 'User-Agent': 'me' },
  };

  test('stay within an origin', async () => {
    const { server, seen, path } = await startRedirects();
    receiptOf(
      await startCall(openAdapter(), params1({ url: server.url(path(307, '/end')), headers })),
    );
    expect(seen[1]?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'x-api-key': 'secret',
    });
  });

  test('lose across origins what may be a key', async () => {
    const { server, path } = await startRedirects();
    const other = await startRedirects();
    const url = server.url(path(307, other.server.url('/end')));
    const host = new Host();
    receiptOf(await startCall(openAdapter(), params2({ url, headers }), host));
    const { headers: seen = {} } = other.seen[0] ?? {};
    expect(JSON.stringify(seen)).not.toContain('secret');
    expect(seen).toMatchObject({
      ...{ accept: 'text/html', 'accept-language': 'de', 'content-type': 'text/plain' },
      ...{ range: 'bytes=0-10', 'user-agent': 'me', host: `127.0.0.1:${other.server.port}` },
    });
    expect(JSON.stringify(host.redirects[0]?.params)).not.toContain('secret');
  });

  test('do not come back with a redirect home', async () => {
    const { server, seen, path } = await startRedirects();
    const other = await startRedirects();
    const home = server.url('/end');
    const url = server.url(path(307, other.server.url(other.path(307, home))));
    receiptOf(await startCall(openAdapter(), params1({ url, headers })));
    expect(seen.map(({ headers: { authorization } }) => authorization)).toEqual([
      'Bearer secret',
      undefined,
    ]);
  });
});

describe('many redirects', () => {
  const startLoop = () =>
    startServer((request, response) => {
      const count = Number(request.url?.slice(1));
      response.writeHead(302, { location: `/${count + 1}` }).end(`redirect ${count}`);
    });

  test('end at the bound of the adapter', async () => {
    const server = await startLoop();
    const host = new Host();
    const adapter = openAdapter({ bounds: { redirects: 3 } });
    const outcome = await startCall(adapter, params1({ url: server.url('/0') }), host);
    expect(failureOf(outcome)).toBe('error http-redirects-exceeded never');
    expect(host.redirects).toHaveLength(3);
  });

  test.each([0, 2])(
    'are %d where the request wants that, and the next is its answer',
    async (n) => {
      const server = await startLoop();
      const host = new Host();
      const params = params2({ url: server.url('/0') }, { max_redirects: n });
      const outcome = await startCall(openAdapter(), params, host);
      const { status, redirects } = receiptOf(outcome);
      expect([status, (redirects as unknown[]).length]).toEqual([302, n]);
      expect(bodyOf(outcome, host.blobs)).toBe(`redirect ${n}`);
    },
  );

  test('use one connection', async () => {
    const server = await startLoop();
    await startCall(openAdapter(), params1({ url: server.url('/0') }));
    expect(server.connections).toBe(1);
  });

  test('with endless bodies do not read them', async () => {
    const server = await startServer((request, response) => {
      if (request.url === '/end') return response.end('end');
      response.writeHead(302, { location: '/end' });
      const more = () => {
        while (response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      return more();
    });
    const host = new Host();
    const outcome = await startCall(openAdapter(), params1({ url: server.url('/') }), host);
    expect(bodyOf(outcome, host.blobs)).toBe('end');
  });
});
