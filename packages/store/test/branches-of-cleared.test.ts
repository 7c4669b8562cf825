/** Forks and rewinds of logs that were cleared or pruned, and what a clearing leaves. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { encode, type Hash, sha256 } from '@aos/canon';
import type { SnapshotMark, StoredObject, StoreGrowth } from '@aos/protocol';
import {
  createWorldStore,
  type DiskStore,
  forkWorldStore,
  openWorldStore,
  rewindWorldStore,
  type StoreOptions,
} from '@aos/store';
import { afterAll, describe, expect, it } from 'vitest';
import { makeTempRoot } from './temp-world.js';

const root = makeTempRoot();
const OPTIONS: StoreOptions = { preallocateBytes: 0, segmentBytes: 1000, copyBytes: 0 };
const GENESIS = encode('the first of all');
const LAST = 29;

afterAll(() => rmSync(root, { recursive: true }));

function objectOf(value: Parameters<typeof encode>[0]): StoredObject {
  const bytes = encode(value);
  return { hash: sha256(bytes), bytes };
}

const recordAt = (seq: number, names?: Hash) => encode({ seq, names: names ?? null });
const named = (seq: number) => objectOf({ named: seq });
const loose = (seq: number) => objectOf({ loose: seq });
const part = objectOf('a part of an old snapshot');
const stateOf = (seq: number, parts: readonly Hash[]) => objectOf({ seq, parts });

/** A record with an object it names and one that nobody does; a snapshot after every tenth. */
async function grown(name: string): Promise<DiskStore> {
  const store = await createWorldStore(join(root, name), GENESIS, [part], OPTIONS);
  for (let seq = 0; seq <= LAST; seq++) {
    const objects = [loose(seq), named(seq)];
    await store.append({ records: [recordAt(seq, named(seq).hash)], objects });
    if (seq % 10 !== 9) continue;
    const state = stateOf(seq, seq === 19 ? [part.hash] : []);
    const mark: SnapshotMark = { kind: 'snapshot', seq, hash: state.hash };
    await store.append({ records: [], objects: [state], marks: [mark] });
  }
  return store;
}

const growthOf = (store: DiskStore) => store.growth as StoreGrowth;

async function cleared(name: string): Promise<DiskStore> {
  const store = await grown(name);
  const setting = { snapshots: store.snapshots.slice(-1), beforeSeq: LAST, isDryRun: false };
  const { segments } = await growthOf(store).collect(setting);
  expect(segments).toBeGreaterThan(2);
  return store;
}

/** All frames are verified, then only those without an index. */
async function expectRecords(name: string, expected: readonly Uint8Array[]): Promise<void> {
  for (const check of ['all', 'last'] as const) {
    const store = await openWorldStore(join(root, name), { ...OPTIONS, mode: 'read', check });
    expect([...store.records(store.first)]).toEqual(expected.slice(store.first));
    await store.close();
  }
}

const upTo = (seq: number) => {
  return Array.from({ length: seq + 1 }, (_, n) => recordAt(n, named(n).hash));
};

const branchAt = (seq: number) => ({ seq, records: [encode('a branch')], objects: [] });

describe('where a collection has written segments anew', () => {
  it('a log is rewound, and goes on over many segments', async () => {
    for (const seq of [5, 16]) {
      const name = `rewound-${seq}`;
      await rewindWorldStore(await cleared(name), join(root, name), branchAt(seq));
      const expected = [...upTo(seq), encode('a branch')];
      await expectRecords(name, expected);
      const store = await openWorldStore(join(root, name), OPTIONS);
      for (let next = 0; next < 30; next++) {
        const record = recordAt(next);
        expected.push(record);
        await store.append({ records: [record], objects: [loose(next)] });
      }
      await store.close();
      await expectRecords(name, expected);
    }
  });

  it('a fork leaves its parent at any record', async () => {
    const store = await cleared('parent');
    for (const seq of [5, 16, 23]) {
      const fork = { ...branchAt(seq), genesis: encode({ seq }) };
      await forkWorldStore(store, join(root, `fork-${seq}`), fork);
      await expectRecords(`fork-${seq}`, [...upTo(seq), encode('a branch')]);
    }
    await store.close();
  });
});

describe('a fork of a log that was opened for reading', () => {
  it.each(['cleared', 'pruned'])('is whole, though the log was %s since', async (how) => {
    const store = await grown(`${how}-since`);
    const reader = await openWorldStore(join(root, `${how}-since`), { mode: 'read' });
    const [, , last] = store.snapshots as SnapshotMark[];
    const snapshot = last as SnapshotMark;
    const collect = { snapshots: [snapshot], beforeSeq: LAST, isDryRun: false };
    const prune = { snapshot, frontierOf: async () => [], isArchived: false };
    if (how === 'cleared') await growthOf(store).collect(collect);
    else await growthOf(store).prune(prune);
    for (const seq of [5, 16]) {
      const fork = { ...branchAt(seq), genesis: encode({ seq, how }) };
      await forkWorldStore(reader, join(root, `${how}-${seq}`), fork);
      await expectRecords(`${how}-${seq}`, [...upTo(seq), encode('a branch')]);
    }
    await reader.close();
    await store.close();
  });
});

describe('a collection', () => {
  it('leaves a snapshot whole or takes it whole', async () => {
    const store = await grown('whole-snapshots');
    const setting = { snapshots: store.snapshots.slice(-1), isDryRun: false };
    const has = ({ hash }: StoredObject) => store.object(hash) !== undefined;
    // the root of the second one is too young to go, its part is not
    await growthOf(store).collect({ ...setting, beforeSeq: 14 });
    expect(store.snapshots.map(({ seq }) => seq)).toEqual([19, LAST]);
    expect(has(part)).toBe(true);
    await growthOf(store).collect({ ...setting, beforeSeq: LAST });
    expect(store.snapshots.map(({ seq }) => seq)).toEqual([LAST]);
    expect(has(part)).toBe(false);
    await store.close();
  });
});

describe('a pruning', () => {
  it('keeps what was stored of late and is not named yet', async () => {
    const store = await grown('unnamed');
    const [, second] = store.snapshots as SnapshotMark[];
    const setting = { snapshot: second as SnapshotMark, frontierOf: async () => [] };
    await growthOf(store).prune({ ...setting, isArchived: false, beforeSeq: 8 });
    const has = ({ hash }: StoredObject) => store.object(hash) !== undefined;
    expect([loose(1), named(1), named(12)].map(has)).toEqual([false, false, false]);
    expect([loose(12), loose(15), loose(28)].map(has)).toEqual([true, true, true]);
    await store.close();
  });
});

describe('a pruning under load', () => {
  it('keeps what records name that come meanwhile, and is forked from its mark on', async () => {
    const store = await grown('busy');
    const [, second] = store.snapshots as [SnapshotMark, SnapshotMark];
    let seq = LAST;
    let isOver = false;
    const feed = async () => {
      while (!isOver) {
        seq++;
        const objects = [objectOf({ filler: seq, text: 'x'.repeat(200) })];
        await store.append({ records: [recordAt(seq, loose(seq % 15).hash)], objects });
      }
    };
    const feeding = feed();
    await growthOf(store).prune({ snapshot: second, frontierOf: async () => [], isArchived: true });
    isOver = true;
    await feeding;
    const { at } = store.pruned as { at: number };
    expect(at).toBeGreaterThan(LAST);
    const names = Array.from({ length: at - LAST }, (_, n) => loose((LAST + 1 + n) % 15).hash);
    for (let height = at; height <= store.durable; height++) {
      const fork = { ...branchAt(height), genesis: encode({ seq: height }) };
      await forkWorldStore(store, join(root, `busy-${height}`), fork);
      const forked = await openWorldStore(join(root, `busy-${height}`), { mode: 'read' });
      expect(forked.head).toBe(height + 1);
      expect(names.every((hash) => forked.object(hash) !== undefined)).toBe(true);
      await forked.close();
    }
    await store.close();
  });
});
