import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { encode, type Hash, sha256 } from '@aos/canon';
import {
  chainOf,
  Frontier,
  type SnapshotMark,
  type StoredObject,
  type StoreGrowth,
} from '@aos/protocol';
import {
  createWorldStore,
  type DiskStore,
  nodeFs,
  openWorldStore,
  type StoreFile,
  type StoreFs,
  type StoreOptions,
} from '@aos/store';
import { afterAll, describe, expect, it } from 'vitest';
import { copyWorld, makeTempRoot, segmentNames, writeSegment } from './temp-world.js';

const root = makeTempRoot();
const OPTIONS: StoreOptions = { preallocateBytes: 0, segmentBytes: 1000, copyBytes: 0 };

afterAll(() => rmSync(root, { recursive: true }));

function objectOf(value: Parameters<typeof encode>[0]): StoredObject {
  const bytes = encode(value);
  return { hash: sha256(bytes), bytes };
}

const module = objectOf('a module');
const manifest = objectOf({ module: module.hash });
const GENESIS = encode({ manifest: manifest.hash });
const recordAt = (seq: number, names?: Hash) => encode({ seq, names: names ?? null });

/** Snapshots every ten records: each names a leaf of its own and one that all have. */
const shared = objectOf('a leaf that stays');
const leafOf = (seq: number) => objectOf({ leaf: seq, text: 'x'.repeat(100) });
const stateOf = (seq: number) => objectOf({ seq, leaves: [leafOf(seq).hash, shared.hash] });
const markOf = (seq: number): SnapshotMark => ({ kind: 'snapshot', seq, hash: stateOf(seq).hash });
const loose = (seq: number) => objectOf({ loose: seq });
const named = (seq: number) => objectOf({ named: seq });

const LAST = 49;

async function grown(name: string): Promise<DiskStore> {
  const store = await createWorldStore(join(root, name), GENESIS, [manifest, module], OPTIONS);
  for (let seq = 0; seq <= LAST; seq++) {
    const objects = [loose(seq), named(seq)];
    await store.append({ records: [recordAt(seq, named(seq).hash)], objects });
    if (seq % 10 !== 9) continue;
    const parts = [shared, leafOf(seq), stateOf(seq)];
    await store.append({ records: [], objects: parts, marks: [markOf(seq)] });
  }
  return store;
}

/** The real files; `read` is told of each reading of a segment. */
function countingReads(read: (bytes: number) => void): StoreFs {
  return {
    ...nodeFs,
    open: (path, mode) => {
      const file = nodeFs.open(path, mode);
      const readSync: StoreFile['readSync'] = (target, position) => {
        const count = file.readSync(target, position);
        if (path.endsWith('.log')) read(count);
        return count;
      };
      return Object.assign(Object.create(file), { readSync });
    },
  };
}

const growthOf = (store: DiskStore) => store.growth as StoreGrowth;

function frontierAt(size: number): readonly Hash[] {
  const frontier = new Frontier();
  for (let seq = 0; seq < size; seq++) frontier.append(chainOf(recordAt(seq, named(seq).hash)));
  return frontier.nodes;
}

const frontierOf = async (size: number) => frontierAt(size);
const has = (store: DiskStore, { hash }: StoredObject) => store.object(hash) !== undefined;

describe('garbage collection', () => {
  it('takes what nothing reaches, and nothing else', async () => {
    const store = await grown('gc');
    const setting = { snapshots: [markOf(LAST)], beforeSeq: LAST, isDryRun: true };
    const planned = await growthOf(store).collect(setting);
    expect(planned.objects).toBeGreaterThan(20);
    expect(has(store, loose(0))).toBe(true);
    const before = growthOf(store).disk();
    expect(await growthOf(store).collect({ ...setting, isDryRun: false })).toEqual(planned);
    expect(growthOf(store).disk().journalBytes).toBeLessThan(
      before.journalBytes - planned.bytes / 2,
    );
    for (const open of [async () => store, reopened, checked]) {
      const found = await open(store);
      expect([...found.records(0)]).toHaveLength(LAST + 1);
      const kept = [manifest, module, shared, stateOf(LAST), leafOf(LAST)];
      for (let seq = 0; seq <= LAST; seq++) kept.push(named(seq));
      for (const object of kept) expect(has(found, object)).toBe(true);
      expect([loose(0), leafOf(9), stateOf(9)].some((object) => has(found, object))).toBe(false);
      expect(found.snapshots).toEqual([markOf(LAST)]);
      await found.close();
    }
  });

  it('leaves alone what is young, and what is given again', async () => {
    const store = await grown('young');
    await store.append({ records: [], objects: [loose(0)] });
    await growthOf(store).collect({ snapshots: store.snapshots, beforeSeq: 25, isDryRun: false });
    expect(has(store, loose(0))).toBe(true);
    expect(has(store, loose(2))).toBe(false);
    expect(has(store, loose(40))).toBe(true);
    expect(store.snapshots).toHaveLength(5);
    await store.close();
  });

  it('does not disturb who reads records meanwhile, or appends them', async () => {
    const store = await grown('reading');
    const reading = store.records(0)[Symbol.iterator]();
    for (let seq = 0; seq < 5; seq++) reading.next();
    const setting = { snapshots: [], beforeSeq: LAST, isDryRun: false };
    const collecting = growthOf(store).collect(setting);
    const records = [recordAt(LAST + 1, loose(30).hash)];
    await store.append({ records, objects: [] });
    // and one that names it through an object of its own
    const bridge = objectOf({ bridge: loose(31).hash });
    await store.append({ records: [recordAt(LAST + 2, bridge.hash)], objects: [bridge] });
    await collecting;
    for (let seq = 5; seq <= LAST; seq++) {
      expect(reading.next().value).toEqual(recordAt(seq, named(seq).hash));
    }
    // a record came in time that names what nothing needed before
    expect(has(store, loose(30))).toBe(true);
    expect(has(store, loose(31))).toBe(true);
    await store.close();
  });
});

describe('a pruned journal', () => {
  it('is made without a look at records where snapshots name all that goes', async () => {
    let readBytes = 0;
    const fs = countingReads((bytes) => {
      readBytes += bytes;
    });
    const options = { ...OPTIONS, segmentBytes: 20_000, fs };
    const store = await createWorldStore(join(root, 'plain'), GENESIS, [manifest, module], options);
    const parts = [shared, leafOf(0), objectOf({ leaves: [leafOf(0).hash, shared.hash] })];
    const mark = { kind: 'snapshot', hash: parts[2]?.hash as Hash } as const;
    const last = 1999;
    for (let seq = 0; seq <= last; seq += 100) {
      const records = Array.from({ length: 100 }, (_, n) => recordAt(seq + n, manifest.hash));
      const objects = seq === 0 ? parts : [];
      await store.append({ records, objects, marks: [{ ...mark, seq: seq + 99 }] });
    }
    readBytes = 0;
    const { first, freedBytes } = await growthOf(store).prune({
      ...{ snapshot: { ...mark, seq: last }, isArchived: false, beforeSeq: 0 },
      frontierOf: async () => [],
    });
    expect(first).toBeGreaterThan(1500);
    expect(readBytes).toBeLessThan(freedBytes / 2);
    await store.close();
  });

  it('begins where it was cut, and has what it needs', async () => {
    const store = await grown('pruned');
    const plan = growthOf(store).planPrune(markOf(29));
    const done = await growthOf(store).prune({
      snapshot: markOf(29),
      frontierOf,
      isArchived: false,
    });
    expect(done).toMatchObject(plan);
    expect(done.first).toBeGreaterThan(15);
    for (const open of [async () => store, reopened, checked]) {
      const found = await open(store);
      expect(found.first).toBe(done.first);
      expect(found.pruned).toMatchObject({ seq: done.first - 1, snapshot: markOf(29) });
      expect(found.pruned?.frontier).toEqual(frontierAt(done.first));
      expect(found.genesis).toEqual(GENESIS);
      expect([...found.records(done.first)]).toHaveLength(LAST + 1 - done.first);
      expect(() => found.records(done.first - 1)).toThrow(
        expect.objectContaining({ code: 'record-pruned' }),
      );
      for (const object of [manifest, module, shared, leafOf(29), leafOf(49), named(40)]) {
        expect(has(found, object)).toBe(true);
      }
      expect([leafOf(9), named(3), loose(3)].some((object) => has(found, object))).toBe(false);
      expect(found.snapshots.map(({ seq }) => seq)).toEqual([29, 39, 49]);
      await found.close();
    }
    expect(segmentNames(join(root, 'pruned'))[0]).not.toBe('0000000000.log');
  });

  it('goes on, is pruned again, and refuses where nothing is to be cut', async () => {
    const store = await reopened(await grown('again'));
    await growthOf(store).prune({ snapshot: markOf(19), frontierOf, isArchived: false });
    await store.append({ records: [recordAt(50, named(50).hash)], objects: [named(50)] });
    const next = await reopened(store);
    await growthOf(next).prune({ snapshot: markOf(39), frontierOf, isArchived: false });
    const refused = growthOf(next).prune({ snapshot: markOf(39), frontierOf, isArchived: false });
    await expect(refused).rejects.toMatchObject({ code: 'prune-refused' });
    const last = await checked(next);
    expect(last.head).toBe(50);
    expect(last.first).toBeGreaterThan(25);
    expect(has(last, module)).toBe(true);
    await last.close();
  });

  it('is whole again with its archive', async () => {
    const store = await grown('archived');
    const before = [...store.records(0)];
    await growthOf(store).prune({ snapshot: markOf(29), frontierOf, isArchived: true });
    await store.close();
    const directory = join(root, 'archived');
    expect((await openWorldStore(directory, { mode: 'read' })).first).toBeGreaterThan(0);
    const whole = join(root, 'whole');
    copyWorld(directory, whole);
    const archive = join(whole, 'archive');
    const names = readdirSync(archive).sort();
    expect(names.length).toBeGreaterThan(2);
    expect(names.every((name) => name.endsWith('.log.gz'))).toBe(true);
    // behind the mark there is nothing but markers: the log before it is the one that was pruned
    expect(before).toHaveLength(LAST + 1);
    const { readFileSync } = await import('node:fs');
    for (const [segment, name] of names.entries()) {
      writeSegment(whole, gunzipSync(readFileSync(join(archive, name))), segment);
    }
    const found = await openWorldStore(whole, { mode: 'read', check: 'all' });
    expect(found.first).toBeGreaterThan(0);
    await found.close();
    // by itself it is the world as it was where it was cut
    const old = join(root, 'old');
    await (await createWorldStore(old, GENESIS, [manifest, module], OPTIONS)).close();
    for (const [segment, name] of names.entries()) {
      writeSegment(old, gunzipSync(readFileSync(join(archive, name))), segment);
    }
    const then = await openWorldStore(old, { mode: 'read', check: 'all' });
    expect([...then.records(0)]).toEqual(before.slice(0, found.first));
    expect(has(then, named(0)) && has(then, loose(0))).toBe(true);
    await then.close();
  });

  it('is damage when a segment is missing that no mark has let go', async () => {
    const store = await grown('missing');
    await growthOf(store).prune({ snapshot: markOf(29), frontierOf, isArchived: false });
    await store.close();
    const [first = ''] = segmentNames(join(root, 'missing'));
    rmSync(join(root, 'missing', 'journal', first));
    await expect(openWorldStore(join(root, 'missing'))).rejects.toMatchObject({
      code: 'world-damaged',
    });
  });
});

async function reopened(store: DiskStore): Promise<DiskStore> {
  await store.close();
  return openWorldStore(directoryOf(store), OPTIONS);
}

async function checked(store: DiskStore): Promise<DiskStore> {
  await store.close();
  return openWorldStore(directoryOf(store), { ...OPTIONS, mode: 'read', check: 'all' });
}

function directoryOf({ log }: DiskStore): string {
  return join(log.segments.journalPath, '..');
}

describe('pruning a world whose first segment has no record', () => {
  it('is refused until a record goes: nothing else says what it goes on from', async () => {
    const directory = join(root, 'founding');
    const large = objectOf('m'.repeat(2000));
    const made = [manifest, module, large];
    const store = await createWorldStore(directory, GENESIS, made, OPTIONS);
    const setting = { isArchived: false, frontierOf };
    const append = (seq: number) =>
      store.append({ records: [recordAt(seq, named(seq).hash)], objects: [named(seq)] });
    const snapshotAt = async (seq: number) => {
      const objects = [shared, leafOf(seq), stateOf(seq)];
      await store.append({ records: [], objects, marks: [markOf(seq)] });
      return markOf(seq);
    };
    await append(0);
    await append(1);
    const snapshot = await snapshotAt(1);
    expect(segmentNames(directory).length).toBeGreaterThan(1);
    expect(growthOf(store).planPrune(snapshot)).toMatchObject({ first: 0, segments: 0 });
    const refused = growthOf(store).prune({ ...setting, snapshot });
    await expect(refused).rejects.toMatchObject({ code: 'prune-refused' });
    for (let seq = 2; seq < 40; seq++) await append(seq);
    const later = await snapshotAt(39);
    const { first } = await growthOf(store).prune({ ...setting, snapshot: later });
    const before = recordAt(first - 1, named(first - 1).hash);
    expect(first).toBeGreaterThan(0);
    expect(store.pruned).toMatchObject({ seq: first - 1, chain: chainOf(before) });
    await store.close();
  });
});
