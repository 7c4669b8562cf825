import { createHash } from 'node:crypto';
import { bytesEqual, concatBytes, type Hash, sha256, toHex, utf8 } from '@aos/canon';
import { BLOB_PIECE_BYTES as PIECE_BYTES, type StoredObject } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { WorldBlobs } from './world-blobs.js';

function newBlobs() {
  const objects = new Map<string, Uint8Array>();
  let largest = 0;
  const blobs = new WorldBlobs({
    read: (hash) => objects.get(toHex(hash)),
    write: async ({ hash, bytes }: StoredObject) => {
      largest = Math.max(largest, bytes.length);
      objects.set(toHex(hash), bytes);
    },
  });
  return { blobs, objects, largest: () => largest };
}

/** Bytes that differ from place to place, in chunks of a size that fits nothing. */
async function* bytesOf(sizeBytes: number, chunkBytes = 100_003): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(chunkBytes);
  for (let at = 0; at < sizeBytes; at += chunkBytes) {
    const size = Math.min(chunkBytes, sizeBytes - at);
    for (let i = 0; i < size; i += 4096) chunk[i] = (at + i) % 251;
    // the same memory again, as sockets may do
    yield chunk.subarray(0, size);
  }
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}

async function hashOf(chunks: AsyncIterable<Uint8Array> | undefined) {
  const hash = createHash('sha256');
  for await (const chunk of chunks ?? []) hash.update(chunk);
  return hash.digest('hex');
}

async function readAll(chunks: AsyncIterable<Uint8Array> | undefined): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks ?? []) all.push(chunk);
  return concatBytes(...all);
}

const NO_LIMIT = Number.MAX_SAFE_INTEGER;

describe('blobs of a world', () => {
  it.each([0, 1, 100_003, PIECE_BYTES - 1, PIECE_BYTES])(
    'of %d bytes are objects',
    async (size) => {
      const { blobs, objects } = newBlobs();
      const { hash, sizeBytes } = await blobs.put(bytesOf(size), NO_LIMIT);
      expect([sizeBytes, await blobs.size(hash), objects.size]).toEqual([size, size, 1]);
      expect(toHex(hash)).toBe(await hashOf(bytesOf(size)));
      expect(await hashOf(await blobs.get(hash))).toBe(toHex(hash));
    },
  );

  it.each([PIECE_BYTES + 1, 3 * PIECE_BYTES, 3 * PIECE_BYTES + 77])(
    'of %d bytes are pieces, no larger than one each',
    async (size) => {
      const { blobs, largest } = newBlobs();
      const { hash, sizeBytes } = await blobs.put(bytesOf(size), NO_LIMIT);
      expect([sizeBytes, await blobs.size(hash), largest()]).toEqual([size, size, PIECE_BYTES]);
      expect(await hashOf(await blobs.get(hash))).toBe(await hashOf(bytesOf(size)));
    },
  );

  it('are read in part, over the borders of pieces', async () => {
    const { blobs } = newBlobs();
    const { hash } = await blobs.put(bytesOf(2 * PIECE_BYTES + 5), NO_LIMIT);
    const whole = await readAll(await blobs.get(hash));
    const size = whole.length;
    for (const [from, before] of [
      [0, 0],
      [0, 1],
      [PIECE_BYTES - 3, PIECE_BYTES + 3],
      [PIECE_BYTES, 2 * PIECE_BYTES],
      [2 * PIECE_BYTES + 4, size],
      [size, size + 9],
      [size + 1, size + 9],
      [7, 3],
    ] as const) {
      const part = await readAll(await blobs.get(hash, { from, before }));
      expect(bytesEqual(part, whole.subarray(from, before)), `${from}..${before}`).toBe(true);
    }
  });

  it('that look like a list of pieces come back as they were', async () => {
    const { blobs } = newBlobs();
    const bytes = utf8('aos/blob-list/0\0 and then something else');
    const { hash } = await blobs.put(once(bytes), NO_LIMIT);
    expect(await readAll(await blobs.get(hash))).toEqual(bytes);
    expect(await blobs.size(hash)).toBe(bytes.length);
    const raw = sha256(bytes);
    await expect(blobs.get(raw)).rejects.toMatchObject({ code: 'blob-damaged' });
  });

  it('that are not there are undefined', async () => {
    const { blobs } = newBlobs();
    const none = sha256(utf8('none'));
    expect([await blobs.get(none), await blobs.size(none)]).toEqual([undefined, undefined]);
  });

  it('beyond their limit, or that break off, are no blobs', async () => {
    const { blobs } = newBlobs();
    const limit = 2 * PIECE_BYTES;
    await expect(blobs.put(bytesOf(limit + 1), limit)).rejects.toMatchObject({
      code: 'blob-too-large',
    });
    expect((await blobs.put(bytesOf(limit), limit)).sizeBytes).toBe(limit);
    async function* broken() {
      yield* bytesOf(10);
      throw new Error('the server hung up');
    }
    await expect(blobs.put(broken(), limit)).rejects.toThrow('the server hung up');
  });

  it('with a piece that is gone are damaged', async () => {
    const { blobs, objects } = newBlobs();
    const { hash } = await blobs.put(bytesOf(PIECE_BYTES + 9), NO_LIMIT);
    const [piece] = [...objects].find(([, bytes]) => bytes.length === 9) ?? [];
    objects.delete(`${piece}`);
    await expect(readAll(await blobs.get(hash as Hash))).rejects.toMatchObject({
      code: 'blob-damaged',
    });
  });
});
