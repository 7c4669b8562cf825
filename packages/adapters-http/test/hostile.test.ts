/** Servers that break off, lie, stall, or send what is no HTTP. */
import { toHashText } from '@aos/canon';
import { MemoryBlobs } from '@aos/protocol/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import type { HttpBounds } from '../src/index.js';
import {
  bodyOf,
  closeAdapters,
  failureOf,
  Host,
  openAdapter,
  params1,
  params2,
  receiptOf,
  startCall,
} from './calls.js';
import { closeServers, startAnswering, startRawServer, startServer } from './servers.js';

afterEach(async () => {
  await closeAdapters();
  await closeServers();
});

/** How a request to a server ends. */
async function endOf(url: string, bounds: Partial<HttpBounds> = {}): Promise<string> {
  return failureOf(await startCall(openAdapter({ bounds }), params1({ url })));
}

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

describe('a connection', () => {
  test('that nobody takes has failed', async () => {
    expect(await endOf('http://127.0.0.1:1/')).toBe('error http-connect-failed later');
  });

  test.each([
    ['closed', 'end'],
    ['reset', 'reset'],
  ] as const)('that is %s before an answer is lost', async (_, after) => {
    const server = await startRawServer((socket) => {
      socket.once('data', () => (after === 'end' ? socket.end() : socket.resetAndDestroy()));
    });
    expect(await endOf(server.url())).toBe('error http-connection-lost later');
  });

  test.each(['end', 'reset'] as const)(
    'that breaks off inside the headers (%s) is lost',
    async (after) => {
      const server = await startAnswering(`${OK}Content-Le`, after);
      expect(await endOf(server.url())).toBe('error http-connection-lost later');
    },
  );

  test.each([
    ['before its length', 'end', `${OK}Content-Length: 100\r\n\r\nshort`],
    ['before its length', 'reset', `${OK}Content-Length: 100\r\n\r\nshort`],
    ['before its length', 'end', `${OK}Connection: close\r\nContent-Length: 100\r\n\r\nshort`],
    ['before its first byte', 'end', `${OK}Content-Length: 100\r\n\r\n`],
    ['inside a chunk', 'end', `${CHUNKED}ff\r\nshort`],
    ['inside a chunk', 'reset', `${CHUNKED}ff\r\nshort`],
    ['before the last chunk', 'end', `${CHUNKED}5\r\nshort\r\n`],
    [
      'before the last chunk',
      'end',
      `${OK}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n`,
    ],
    ['where only its end says how long it is', 'reset', `${OK}\r\nshort`],
    ['where only its end says how long it is', 'reset', `${OK}Connection: close\r\n\r\nshort`],
  ] as const)(
    'that breaks off inside a body, %s (%s), leaves it incomplete',
    async (_, after, answer) => {
      const server = await startAnswering(answer, after);
      const host = new Host();
      const outcome = await startCall(openAdapter(), params1({ url: server.url() }), host);
      expect(failureOf(outcome)).toBe('error http-body-incomplete later');
    },
  );
});

describe('an answer', () => {
  test.each([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['another version', 'HTTP/3.7 200 OK\r\n\r\n'],
    ['a status that is none', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a header without name', `${OK}: x\r\n\r\n`],
    ['a blank before a colon', `${OK}Content-Length : 5\r\n\r\nhello`],
    ['a length that is none', `${OK}Content-Length: 5x\r\n\r\nhello`],
    ['a negative length', `${OK}Content-Length: -5\r\n\r\nhello`],
    ['two lengths', `${OK}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
    [
      'a length and chunks',
      `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      'a switch of protocols',
      'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
    ],
    ['a continue that nobody waits for', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['a folded header', `${OK}X: a\r\n b\r\n\r\n`],
  ])('with %s is malformed', async (_, answer) => {
    const server = await startAnswering(answer, 'end');
    expect(await endOf(server.url())).toBe('error http-response-malformed never');
  });

  test.each(['000', '099'])('with the status %s is malformed', async (status) => {
    const server = await startAnswering(
      `HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`,
      'end',
    );
    expect(await endOf(server.url())).toBe('error http-response-malformed never');
  });

  test.each([
    ['304 Not Modified', 'end'],
    ['304 Not Modified', 'leave'],
    ['204 No Content', 'leave'],
  ] as const)('%s has no body, whatever its length says (%s)', async (status, after) => {
    const bytes = `HTTP/1.1 ${status}\r\nContent-Length: 5\r\nEtag: "a"\r\n\r\n`;
    const server = await startAnswering(bytes, after);
    const host = new Host();
    const adapter = openAdapter();
    for (let i = 0; i < 2; i++) {
      const outcome = await startCall(adapter, params2({ url: server.url() }), host);
      expect(receiptOf(outcome)).toMatchObject({ status: Number(status.slice(0, 3)) });
      expect(bodyOf(outcome, host.blobs)).toBeNull();
    }
  });

  test('with a chunk size that is none is malformed', async () => {
    const server = await startAnswering(`${CHUNKED}5\r\nhello\r\nzz\r\n`, 'end');
    expect(await endOf(server.url())).toBe('error http-response-malformed never');
  });

  test.each([
    ['one long header', `X: ${'x'.repeat(20_000)}\r\n`],
    ['many headers', Array.from({ length: 2_000 }, (_, i) => `X-${i}: value\r\n`).join('')],
    ['a long name', `${'x'.repeat(20_000)}: x\r\n`],
  ])('with %s has too large headers', async (_, headers) => {
    const server = await startAnswering(`${OK}${headers}\r\n`, 'leave');
    expect(await endOf(server.url())).toBe('error http-headers-too-large never');
  });

  test('may have as large headers as the adapter takes', async () => {
    const server = await startAnswering(
      `${OK}X: ${'x'.repeat(20_000)}\r\nContent-Length: 0\r\n\r\n`,
      'leave',
    );
    const adapter = openAdapter({ bounds: { headerBytes: 32_768 } });
    receiptOf(await startCall(adapter, params1({ url: server.url() })));
  });

  test('with trailers without end has too large headers', async () => {
    const server = await startAnswering(
      `${CHUNKED}1\r\nx\r\n0\r\n${'X: x\r\n'.repeat(10_000)}`,
      'leave',
    );
    expect(await endOf(server.url())).toBe('error http-headers-too-large never');
  });

  test('ends where its length says, and what follows reaches nobody', async () => {
    const server = await startAnswering(
      `${OK}Content-Length: 5\r\n\r\nhello${OK}Content-Length: 4\r\n\r\nevil`,
      'leave',
    );
    const adapter = openAdapter();
    for (let i = 0; i < 3; i++) {
      const host = new Host();
      const outcome = await startCall(adapter, params1({ url: server.url() }), host);
      expect(bodyOf(outcome, host.blobs)).toBe('hello');
    }
    expect(server.connections).toBe(3);
  });

  test('comes after hints that come before it', async () => {
    const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n';
    const server = await startAnswering(`${hints}${hints}${OK}Content-Length: 0\r\n\r\n`, 'leave');
    expect(receiptOf(await startCall(openAdapter(), params1({ url: server.url() }))).status).toBe(
      200,
    );
  });
});

describe('a server that does nothing', () => {
  /** So short that a test does not wait, so long that a busy machine answers in time. */
  const timeout = (name: keyof HttpBounds) => ({ [name]: 150 });

  test('while it is connected to is given up', async () => {
    const resolve = () => new Promise<never>(() => undefined);
    const adapter = openAdapter({ resolve, bounds: timeout('connectTimeoutMs') });
    const outcome = await startCall(adapter, params1({ url: 'http://slow.test/' }));
    expect(failureOf(outcome)).toBe('timeout http-connect-timeout later');
  });

  test('while TLS is agreed on is given up', async () => {
    const server = await startRawServer(() => undefined, 'https');
    const end = await endOf(server.url(), timeout('connectTimeoutMs'));
    expect(end).toBe('timeout http-connect-timeout later');
  });

  test('while a body is sent to it is given up', async () => {
    const server = await startRawServer((socket) => socket.pause());
    const host = new Host();
    const body_ref = toHashText(host.blobs.store(new Uint8Array(2 ** 25)));
    const adapter = openAdapter({ bounds: timeout('sendTimeoutMs') });
    const params = params1({ url: server.url(), method: 'POST', body_ref });
    const outcome = await startCall(adapter, params, host);
    expect(failureOf(outcome)).toBe('timeout http-send-timeout later');
  });

  test.each([
    ['before its answer', ''],
    ['inside the headers', `${OK}Content-Le`],
    ['after hints', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ])('%s is given up', async (_, answer) => {
    const server = await startAnswering(answer, 'leave');
    const end = await endOf(server.url(), timeout('headersTimeoutMs'));
    expect(end).toBe('timeout http-headers-timeout later');
  });

  test.each([
    ['at the beginning', `${OK}Content-Length: 10\r\n\r\n`],
    ['in the middle', `${OK}Content-Length: 10\r\n\r\nshort`],
    ['before the last chunk', `${CHUNKED}5\r\nshort\r\n`],
  ])('%s of a body is given up', async (_, answer) => {
    const server = await startAnswering(answer, 'leave');
    const end = await endOf(server.url(), timeout('idleTimeoutMs'));
    expect(end).toBe('timeout http-body-timeout later');
  });

  test('inside the body of a redirect does not keep it from being followed', async () => {
    const server = await startRawServer((socket) => {
      socket.once('data', (bytes) => {
        const isFirst = bytes.toString().startsWith('GET / ');
        const head = 'HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 10\r\n\r\nshort';
        socket.write(isFirst ? head : `${OK}Content-Length: 3\r\n\r\nend`);
      });
    });
    const adapter = openAdapter({ bounds: timeout('idleTimeoutMs') });
    const outcome = await startCall(adapter, params1({ url: server.url() }));
    expect(receiptOf(outcome).status).toBe(200);
  });

  test('but trickle is given up when the call has taken too long', async () => {
    const server = await startServer((_, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const end = await endOf(server.url(), timeout('totalTimeoutMs'));
    expect(end).toBe('timeout http-timeout later');
  });

  test('is given up when the request says so', async () => {
    const server = await startAnswering('', 'leave');
    const params = params2({ url: server.url() }, { timeout_ns: 100_000_000 });
    const outcome = await startCall(openAdapter(), params);
    expect(failureOf(outcome)).toBe('timeout http-timeout later');
  });

  test('has the time that the store takes', async () => {
    class SlowDisk extends MemoryBlobs {
      override async put(chunks: AsyncIterable<Uint8Array>, limitBytes: number) {
        const slowly = async function* () {
          for await (const chunk of chunks) {
            await new Promise((resolve) => setTimeout(resolve, 400));
            yield chunk;
          }
        };
        return super.put(slowly(), limitBytes);
      }
    }
    const server = await startServer((_, response) => response.end('x'.repeat(150_000)));
    const host = Object.assign(new Host(), { blobs: new SlowDisk() });
    const adapter = openAdapter({ bounds: { idleTimeoutMs: 300 } });
    const outcome = await startCall(adapter, params2({ url: server.url() }), host);
    expect(receiptOf(outcome).body_size).toBe(150_000);
  });
});

describe('a call that is stopped', () => {
  /** Blobs that never end. */
  class HungDisk extends MemoryBlobs {
    override put(): Promise<never> {
      return new Promise(() => undefined);
    }

    override size(): Promise<never> {
      return new Promise(() => undefined);
    }
  }

  test('answers though the store hangs', async () => {
    const server = await startServer((_, response) => response.end('x'));
    const host = Object.assign(new Host(), { blobs: new HungDisk() });
    const adapter = openAdapter({ bounds: { totalTimeoutMs: 150 } });
    const answer = startCall(adapter, params1({ url: server.url() }), host);
    expect(failureOf(await answer)).toBe('timeout http-timeout later');
    const body_ref = `sha256:${'0'.repeat(64)}`;
    const params = params1({ url: server.url(), method: 'POST', body_ref });
    const cancelled = startCall(openAdapter(), params, host);
    host.cancel.cancel();
    expect(failureOf(await cancelled)).toBe('cancelled http-cancelled never');
  });

  test('while it connects lets go of the connection', async () => {
    const adapter = openAdapter({ resolve: () => new Promise<never>(() => undefined) });
    const host = new Host();
    const answer = startCall(adapter, params1({ url: 'http://slow.test/' }), host);
    host.cancel.cancel();
    expect(failureOf(await answer)).toBe('cancelled http-cancelled never');
    await adapter.close();
  });

  test('inside a body ends its connection', async () => {
    let close = () => {};
    const closed = new Promise<void>((resolve) => {
      close = resolve;
    });
    const host = new Host();
    const server = await startServer((_, response) => {
      response.on('close', close);
      response.write('x');
      host.cancel.cancel();
    });
    const outcome = await startCall(openAdapter(), params1({ url: server.url() }), host);
    expect(failureOf(outcome)).toBe('cancelled http-cancelled never');
    await closed;
  });
});
