import { sha256, utf8 } from '@aos/canon';
import type { Batch, WorldStore } from '@aos/protocol';
import { type StoreFixture, worldStoreContract } from '@aos/protocol/contracts';
import { createWorldStore, openWorldStore, type StoreOptions } from '@aos/store';
import { type FailureCode, SimDisk } from '@aos/testing';
import { describe, expect, it } from 'vitest';

const DIRECTORY = '/world';
const GENESIS = utf8('genesis');
const OPTIONS: StoreOptions = { preallocateBytes: 0, salt: new Uint8Array(16) };

const fault = (code: string) => expect.objectContaining({ name: 'AosFault', code });

function batchOf(...texts: readonly string[]): Batch {
  return { records: texts.map(utf8), objects: [] };
}

function textsOf(store: WorldStore): string[] {
  return [...store.records(0)].map((bytes) => Buffer.from(bytes).toString());
}

/** A world with one record on a new disk. */
async function worldOn(disk: SimDisk, options: StoreOptions = {}): Promise<WorldStore> {
  const store = await createWorldStore(DIRECTORY, GENESIS, [], {
    ...OPTIONS,
    ...options,
    fs: disk.fs,
  });
  await store.append(batchOf('kept'));
  return store;
}

async function textsOn(disk: SimDisk): Promise<string[]> {
  const store = await openWorldStore(DIRECTORY, { ...OPTIONS, fs: disk.fs });
  const texts = textsOf(store);
  await store.close();
  return texts;
}

describe('a store on a simulated disk', () => {
  it.each(worldStoreContract)('$name', async ({ run }) => {
    for (let seed = 0; seed < 5; seed++) await run(fixtureOn(new SimDisk(seed)));
  });
});

describe('a store whose disk fails', () => {
  const failures: readonly [string, number, FailureCode][] = [
    ['a write', 0, 'EIO'],
    ['a full disk', 0, 'ENOSPC'],
    ['a short write', 0, 'short-write'],
    ['a flush', 1, 'EIO'],
  ];

  it.each(failures)('at %s is fenced and cut back', async (_, after, code) => {
    const disk = new SimDisk(3);
    const store = await worldOn(disk);
    disk.failAt(disk.operations + after, code);
    const first = store.append(batchOf('lost'));
    const walk = store.records(0)[Symbol.iterator]();
    expect(walk.next().done).toBe(false);
    const second = store.append(batchOf('lost too'));
    await expect(first).rejects.toEqual(fault('store-failed'));
    await expect(second).rejects.toEqual(fault('store-failed'));
    await expect(store.append(batchOf('late'))).rejects.toEqual(fault('store-failed'));
    expect([store.head, store.durable]).toEqual([0, 0]);
    expect(() => store.records(0)).toThrow(fault('store-failed'));
    expect(() => walk.next()).toThrow(fault('store-failed'));
    await store.close();
    expect(await textsOn(disk)).toEqual(['kept']);
    expect(await textsOn(disk.crash())).toEqual(['kept']);
  });

  it('tries no failed flush again', async () => {
    const disk = new SimDisk(4);
    const store = await worldOn(disk);
    const before = disk.operations;
    disk.failAt(before + 1, 'EIO');
    await expect(store.append(batchOf('lost'))).rejects.toEqual(fault('store-failed'));
    await store.close();
    const [write, flush, truncate, sync] = [1, 1, 1, 1];
    expect(disk.operations - before).toBe(write + flush + truncate + sync);
  });

  it('for good still closes, and loses nothing that was acknowledged', async () => {
    for (let after = 0; after < 4; after++) {
      const disk = new SimDisk(5);
      const store = await worldOn(disk);
      disk.failFrom(disk.operations + after);
      await store.append(batchOf('lost')).catch(() => undefined);
      await store.close();
      const texts = await textsOn(disk.crash());
      expect(texts[0]).toBe('kept');
    }
  });

  it('while a segment ends or begins is fenced, and opens again', async () => {
    const options = { segmentBytes: 400 };
    for (let after = 0; after < 8; after++) {
      const disk = new SimDisk(6);
      const store = await worldOn(disk, options);
      disk.failAt(disk.operations + after, 'EIO');
      const done = store.append(batchOf('x'.repeat(400)));
      const isLost = await done.then(
        () => false,
        () => true,
      );
      await store.close();
      const texts = await textsOn(disk);
      expect(texts).toHaveLength(isLost ? 1 : 2);
    }
  });

  it('while it opens is not opened, and can be opened later', async () => {
    for (let at = 0; at < 6; at++) {
      const disk = new SimDisk(7);
      await (await worldOn(disk)).close();
      disk.failAt(disk.operations + at, 'EIO');
      const opening = openWorldStore(DIRECTORY, { ...OPTIONS, fs: disk.fs });
      await expect(opening, `operation ${at}`).rejects.toEqual(fault('store-failed'));
      expect(await textsOn(disk)).toEqual(['kept']);
    }
  });

  it('while a world is made leaves none behind, and it can be made later', async () => {
    for (let at = 0; at < 8; at++) {
      const disk = new SimDisk(8);
      disk.failAt(at, 'ENOSPC');
      await expect(worldOn(disk), `operation ${at}`).rejects.toEqual(fault('store-failed'));
      const made = await worldOn(disk).catch((error: unknown) => error);
      if (made instanceof Error) expect(made).toEqual(fault('world-exists'));
    }
  });
});

it('objects alone are durable when their append resolves', async () => {
  for (let seed = 0; seed < 50; seed++) {
    const disk = new SimDisk(seed);
    const store = await worldOn(disk);
    const bytes = utf8('an object');
    await store.append({ records: [], objects: [{ hash: sha256(bytes), bytes }] });
    const next = await openWorldStore(DIRECTORY, { ...OPTIONS, fs: disk.crash().fs });
    expect(next.object(sha256(bytes))).toEqual(bytes);
  }
});

function fixtureOn(disk: SimDisk): StoreFixture {
  const options = { ...OPTIONS, fs: disk.fs, segmentBytes: 2048 };
  return {
    create: (genesis, objects) => createWorldStore(DIRECTORY, genesis, objects, options),
    open: () => openWorldStore(DIRECTORY, options),
  };
}

describe('a store whose disk reads wrongly once', () => {
  /** Opens for writing, the one read with a bit turned; answers whether there was such a read. */
  async function openWithFlip(left: SimDisk, seed: number, at: number): Promise<boolean> {
    let reads = 0;
    const disk = left.copy(seed, {
      fate: ({ kind }) => (kind === 'read' && reads++ === at ? 'flip' : undefined),
    });
    try {
      const store = await openWorldStore(DIRECTORY, { ...SMALL, fs: disk.fs });
      await store.close();
    } catch (error) {
      expect(error).toMatchObject({ name: 'AosFault' });
    }
    expect(await textsOn(disk.kill({}))).toHaveLength(RECORDS);
    return at < reads;
  }

  const SMALL: StoreOptions = { ...OPTIONS, segmentBytes: 600 };
  const RECORDS = 8;

  it.each(['closed', 'killed'])('keeps all that was acknowledged, when it was %s', async (end) => {
    const disk = new SimDisk(1);
    const store = await createWorldStore(DIRECTORY, GENESIS, [], { ...SMALL, fs: disk.fs });
    for (let i = 0; i < RECORDS; i++) await store.append(batchOf(`record ${i} ${'x'.repeat(50)}`));
    if (end === 'closed') await store.close();
    const left = disk.kill({});
    for (let at = 0, isRead = true; isRead; at++) {
      for (let seed = 0; seed < 4; seed++) isRead = await openWithFlip(left, 100 * at + seed, at);
    }
  });
});
