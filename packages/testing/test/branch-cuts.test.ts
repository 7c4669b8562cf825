/**
 * Forks and rewinds, broken off at every operation on the disk, by a power loss, by a kill and by a
 * disk that is full: what is found then is the world as it was or as it was to be, and trying again
 * leads there.
 */
import { utf8 } from '@aos/canon';
import {
  createWorldStore,
  type DiskStore,
  forkWorldStore,
  openWorldStore,
  rewindWorldStore,
  type StoreFs,
} from '@aos/store';
import { SimDisk } from '@aos/testing';
import { describe, expect, it } from 'vitest';

const PARENT = '/parent';
const FORK = '/fork';
const salt = new Uint8Array(16).fill(7);
const small = { salt, segmentBytes: 512, preallocateBytes: 0 };
const records = Array.from({ length: 6 }, (_, seq) => utf8(`record ${seq} ${'x'.repeat(100)}`));
const next = utf8('what follows now');

const textsOf = (store: DiskStore) =>
  [...store.records(0)].map((bytes) => Buffer.from(bytes).toString());
const before = records.map((bytes) => Buffer.from(bytes).toString());
const after = [...before.slice(0, 3), Buffer.from(next).toString()];

async function read(fs: StoreFs, directory: string): Promise<string[] | string> {
  try {
    const store = await openWorldStore(directory, { fs, mode: 'read' });
    const texts = textsOf(store);
    await store.close();
    return texts;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

async function diskOf(seed: number): Promise<SimDisk> {
  const disk = new SimDisk(seed);
  const store = await createWorldStore(PARENT, utf8('genesis'), [], { fs: disk.fs, ...small });
  for (const record of records) await store.append({ records: [record], objects: [] });
  await store.close();
  return disk;
}

async function fork({ fs }: SimDisk): Promise<void> {
  const source = await openWorldStore(PARENT, { fs, mode: 'read' });
  const made = { seq: 2, genesis: utf8('genesis of the fork'), records: [next], objects: [] };
  await forkWorldStore(source, FORK, made, { fs, salt });
  await source.close();
}

async function rewind({ fs }: SimDisk): Promise<void> {
  const store = await openWorldStore(PARENT, { fs, ...small });
  await rewindWorldStore(store, PARENT, { seq: 2, records: [next], objects: [] });
}

/** Every place at which it can be broken off, and how. */
async function cut(
  act: (disk: SimDisk) => Promise<void>,
  check: (disk: SimDisk) => Promise<void>,
): Promise<number> {
  const whole = await diskOf(0);
  const begun = whole.operations;
  await act(whole);
  const operations = whole.operations - begun;
  for (let at = 0; at < operations; at++) {
    for (const way of ['crash', 'kill', 'fail'] as const) {
      const disk = await diskOf(at + 1);
      if (way === 'fail') disk.failAt(disk.operations + at, 'ENOSPC');
      else disk.crashAt(disk.operations + at);
      await Promise.race([act(disk).catch(() => undefined), disk.crashed]);
      await check(way === 'crash' ? disk.crash() : disk.kill());
    }
  }
  return operations;
}

describe('a fork that is broken off', () => {
  it('is whole or not there, and its parent is as it was', async () => {
    const found = new Set<string>();
    const operations = await cut(fork, async (disk) => {
      expect(await read(disk.fs, PARENT)).toEqual(before);
      const made = await read(disk.fs, FORK);
      found.add(String(made));
      if (typeof made === 'string') await fork(disk);
      expect(await read(disk.fs, FORK)).toEqual(after);
      const store = await openWorldStore(FORK, { fs: disk.fs, ...small });
      await store.append({ records: [utf8('more')], objects: [] });
      await store.close();
      expect(await read(disk.fs, PARENT)).toEqual(before);
    });
    expect(operations).toBeGreaterThan(8);
    expect([...found].sort()).toEqual([String(after), 'world-not-found'].sort());
  });
});

describe('a rewind that is broken off', () => {
  it('has happened or not, and what was there is kept', async () => {
    const found = new Set<string>();
    await cut(rewind, async (disk) => {
      const left = await read(disk.fs, PARENT);
      found.add(String(left));
      if (String(left) === String(after)) {
        expect(await read(disk.fs, `${PARENT}/rewound/1${PARENT}`)).toEqual(before);
      } else {
        expect(left).toEqual(before);
        await rewind(disk);
      }
      expect(await read(disk.fs, PARENT)).toEqual(after);
    });
    expect([...found].sort()).toEqual([String(after), String(before)].sort());
  });
});
