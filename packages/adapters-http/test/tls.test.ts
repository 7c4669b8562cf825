import { afterEach, describe, expect, test } from 'vitest';
import type { HttpTls } from '../src/index.js';
import {
  closeAdapters,
  failureOf,
  Host,
  openAdapter,
  params1,
  params2,
  receiptOf,
  startCall,
} from './calls.js';
import { CERTIFICATE } from './certificate.js';
import { closeServers, startAnswering, startRawServer, startSecureServer } from './servers.js';

afterEach(async () => {
  await closeAdapters();
  await closeServers();
});

const resolve = async () => ['127.0.0.1'];
const start = () => startSecureServer((_, response) => response.end('x'));

/** How a request to a name of the server ends. */
async function ask(name: string | undefined, tls: HttpTls) {
  const server = await start();
  return startCall(openAdapter({ tls, resolve }), params2({ url: server.url('/', name) }));
}

describe('TLS', () => {
  test.each([undefined, 'localhost', 'secure.test'])(
    'with a trusted certificate for %s is told in the receipt',
    async (name) => {
      const receipt = receiptOf(await ask(name, { ca: CERTIFICATE }));
      expect(receipt).toMatchObject({ status: 200, address: '127.0.0.1' });
      expect(receipt.tls).toEqual({
        protocol: 'TLSv1.3',
        cipher: expect.stringMatching(/^TLS_/),
        fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
      });
    },
  );

  test('is told of kept connections, too', async () => {
    const server = await start();
    const adapter = openAdapter({ tls: { ca: CERTIFICATE } });
    const calls = [0, 1].map(() => params2({ url: server.url() }));
    for (const params of calls) {
      expect(receiptOf(await startCall(adapter, params)).tls).not.toBeNull();
    }
    expect(server.connections).toBe(1);
  });

  test.each([
    ['nobody trusts', undefined, {}],
    ['is for another name', 'other.test', { ca: CERTIFICATE }],
  ])('with a certificate that %s is refused', async (_, name, tls) => {
    expect(failureOf(await ask(name, tls))).toBe('error http-tls-untrusted never');
  });

  test('with any certificate is taken by an adapter that is told so', async () => {
    expect(receiptOf(await ask('other.test', { rejectUnauthorized: false })).status).toBe(200);
  });

  test('is of the least version that is asked for', async () => {
    const { tls } = receiptOf(await ask(undefined, { ca: CERTIFICATE, minVersion: 'TLSv1.3' }));
    expect(tls).toMatchObject({ protocol: 'TLSv1.3' });
  });

  test('that fails has failed', async () => {
    const server = await startRawServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'), 'https');
    const outcome = await startCall(openAdapter(), params1({ url: server.url() }));
    expect(failureOf(outcome)).toBe('error http-tls-failed never');
  });

  test('that is broken off is no connection', async () => {
    const server = await startRawServer((socket) => socket.resetAndDestroy(), 'https');
    const outcome = await startCall(openAdapter(), params1({ url: server.url() }));
    expect(failureOf(outcome)).toBe('error http-connect-failed later');
  });

  test('does not hide an address that is not permitted', async () => {
    const server = await start();
    const host = new Host();
    host.deniedAddresses = /^127\./;
    const params = params1({ url: server.url('/', 'secure.test') });
    const outcome = await startCall(openAdapter({ resolve }), params, host);
    expect(failureOf(outcome)).toBe('error http-address-denied never');
    expect(server.connections).toBe(0);
  });

  test('is not spoken with a server that has none, and the other way around', async () => {
    const plain = await startAnswering('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'leave');
    const secure = await start();
    const adapter = openAdapter({ tls: { ca: CERTIFICATE } });
    const toPlain = await startCall(adapter, params1({ url: `https://127.0.0.1:${plain.port}/` }));
    expect(failureOf(toPlain)).toBe('error http-tls-failed never');
    const toSecure = await startCall(adapter, params1({ url: `http://127.0.0.1:${secure.port}/` }));
    expect(failureOf(toSecure)).toBe('error http-connection-lost later');
  });
});
