/** Bodies larger than memory should hold, both ways. Large drills send a gigabyte. */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type Hash, sha256, toHashText } from '@aos/canon';
import type { BlobPort } from '@aos/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import {
  closeAdapters,
  failureOf,
  Host,
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

const CHUNK = new Uint8Array(65_536).fill(0x78);
const MIB = 2 ** 20;
const SIZE = (process.env.AOS_DRILL === 'large' ? 1024 : 64) * MIB;
/** What a body may cost beside what the runner and the server hold anyway. */
const ROOM = 48 * MIB;

/** A store that keeps nothing but hashes, and says how much memory was held meanwhile. */
class PassingBlobs implements BlobPort {
  peakBytes = 0;
  #count = 0;

  async put(chunks: AsyncIterable<Uint8Array>) {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for await (const chunk of chunks) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      this.#measure();
    }
    return { hash: new Uint8Array(hash.digest()) as Hash, sizeBytes };
  }

  async get(): Promise<AsyncIterable<Uint8Array>> {
    const measure = () => this.#measure();
    return (async function* () {
      for (let sent = 0; sent < SIZE; sent += CHUNK.length) {
        measure();
        yield CHUNK;
      }
    })();
  }

  async size() {
    return SIZE;
  }

  #measure(): void {
    if (this.#count++ % 64 !== 0) return;
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    this.peakBytes = Math.max(this.peakBytes, heapUsed + arrayBuffers);
  }
}

/** Sends bytes as fast as they are taken; without end where no size is given. */
function send(response: ServerResponse, sizeBytes = Number.POSITIVE_INFINITY): void {
  let sent = 0;
  const more = () => {
    while (sent < sizeBytes) {
      sent += CHUNK.length;
      if (!response.write(CHUNK)) return;
    }
    response.end();
  };
  response.on('drain', more);
  more();
}

function openHost() {
  const blobs = new PassingBlobs();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const grownBytes = () => blobs.peakBytes - heapUsed - arrayBuffers;
  return { grownBytes, host: Object.assign(new Host(), { blobs: blobs as never }) };
}

describe(`a body of ${SIZE / MIB} MiB`, () => {
  test('is stored in bounded memory', async () => {
    const server = await startServer((_, response) => send(response, SIZE));
    const { host, grownBytes } = openHost();
    const adapter = openAdapter({ bounds: { bodyBytes: SIZE } });
    const outcome = await startCall(adapter, params2({ url: server.url() }), host);
    expect(receiptOf(outcome).body_size).toBe(SIZE);
    expect(grownBytes()).toBeLessThan(ROOM);
  });

  test('is sent in bounded memory', async () => {
    const server = await startServer((request, response) => {
      let size = 0;
      request.on('data', (chunk: Uint8Array) => {
        size += chunk.length;
      });
      request.on('end', () => response.end(`${size}`));
    });
    const { host, grownBytes } = openHost();
    const body_ref = toHashText(sha256(CHUNK));
    const params = params2({ url: server.url(), method: 'PUT', body_ref });
    expect(receiptOf(await startCall(openAdapter(), params, host)).status).toBe(200);
    expect(grownBytes()).toBeLessThan(ROOM);
  });
});

describe('a body without end', () => {
  test('costs no more than the limit', async () => {
    const server = await startServer((_, response) => send(response));
    const { host, grownBytes } = openHost();
    const outcome = await startCall(openAdapter(), params2({ url: server.url() }), host);
    expect(failureOf(outcome)).toBe('error http-body-too-large never');
    expect(grownBytes()).toBeLessThan(ROOM);
  });
});
