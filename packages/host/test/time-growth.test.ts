/** Forks, rewinds and bundles of worlds that have signed heads, were compacted or were pruned. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  draftFork,
  draftRewind,
  openWorldHost,
  replayCandidate,
  replayCheckpoints,
  type VerifyReport,
  verifyWorld,
} from '@aos/host';
import { isSameChain, isSameReplay, type World } from '@aos/kernel';
import {
  checkImported,
  createWorldStore,
  type DiskStore,
  forkWorldStore,
  importBundle,
  openWorldStore,
  rewindWorldStore,
  writeBundle,
} from '@aos/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newOrderStore, orderEngine, TestKeys } from './order-world.js';
import { add, must } from './stage.js';

const root = mkdtempSync(join(tmpdir(), 'aos-time-growth-'));
afterAll(() => rmSync(root, { recursive: true }));
const OPTIONS = { segmentBytes: 20_000, preallocateBytes: 0, copyBytes: 0 };
const keys = new TestKeys();
const signer = keys.signer('operator');
const at = (name: string) => join(root, name);
const read = (name: string) => openWorldStore(at(name), { ...OPTIONS, mode: 'read', check: 'all' });
const open = (store: DiskStore) =>
  openWorldHost({ store, engine: orderEngine(), signer: keys.signer('host') });
type Host = ReturnType<typeof open>;

async function live(host: Host, events: number): Promise<void> {
  for (let i = 0; i < events; i++) {
    must(await host.submit({ ...add(1), source: 'desk', key: { json: `key ${i % 40}` } }));
  }
}

async function grown(name: string, grow: (host: Host) => Promise<unknown>): Promise<void> {
  const memory = newOrderStore(keys);
  const objects = [...memory.objects()].map((hash) => {
    return { hash, bytes: memory.object(hash) as Uint8Array };
  });
  const host = open(await createWorldStore(at(name), memory.genesis, objects, OPTIONS));
  for (let round = 0; round < 3; round++) {
    await live(host, 60);
    await host.snapshot();
  }
  await grow(host);
  await live(host, 10);
  await host.close();
}

async function fork(from: string, to: string, seq?: number): Promise<VerifyReport> {
  const store = await read(from);
  try {
    const place = seq === undefined ? {} : { at: seq };
    const draft = draftFork({ store, engine: orderEngine(), signer, ...place });
    await forkWorldStore(store, at(to), draft);
  } finally {
    await store.close();
  }
  return verify(to);
}

async function verify(name: string): Promise<VerifyReport> {
  const store = await read(name);
  try {
    return verifyWorld(store, orderEngine());
  } finally {
    await store.close();
  }
}

async function goOn(name: string): Promise<void> {
  const host = open(await openWorldStore(at(name), OPTIONS));
  await live(host, 40);
  await host.snapshot();
  await host.close();
}

beforeAll(async () => {
  await grown('headed', async () => undefined);
  const wish = { graceS: 0, keepSnapshots: 1, isDryRun: false };
  await grown('compacted', (host) => host.growth.collect(wish));
  const cut = { isDryRun: false, isArchived: false, keepSnapshots: 2 };
  await grown('pruned', (host) => host.growth.prune(cut));
});

describe.each(['headed', 'compacted', 'pruned'])('a world that is %s', (name) => {
  it('is forked; the fork goes on, and its heads hold', async () => {
    expect(await fork(name, `${name}-fork`)).toMatchObject({ ok: true });
    await goOn(`${name}-fork`);
    const report = await verify(`${name}-fork`);
    expect(report).toMatchObject({ ok: true, snapshot: 'same', heads: { different: [] } });
    expect(await fork(`${name}-fork`, `${name}-twice`)).toMatchObject({ ok: true });
  });

  it('is replayed with its own definition, from where its records begin', async () => {
    const store = await read(name);
    const own = ({ program }: World) => ({ definition: program.definition, objects: [] });
    const replay = (from?: number) =>
      replayCandidate(store, orderEngine(), own, {
        rows: 5,
        ...(from === undefined ? {} : { from }),
      });
    try {
      const { report } = replay();
      expect(isSameReplay(report) && isSameChain(report)).toBe(true);
      expect(report.from_seq === 0).toBe(name !== 'pruned');
      if (name === 'pruned') expect(() => replay(0)).toThrow(/record/);
      const { records, checkpoints } = replayCheckpoints(store, orderEngine(), { every: 50 });
      expect(records).toBe(store.head + 1);
      expect(checkpoints.at(-1)?.seq).toBe(store.head);
    } finally {
      await store.close();
    }
  });

  it('is rewound, and goes on', async () => {
    const store = await openWorldStore(at(`${name}-fork`), OPTIONS);
    const draft = draftRewind({ store, engine: orderEngine(), signer, to: store.head - 5 });
    await rewindWorldStore(store, at(`${name}-fork`), draft);
    await goOn(`${name}-fork`);
    expect(await verify(`${name}-fork`)).toMatchObject({ ok: true, heads: { different: [] } });
  });
});

describe('a fork that is pruned', () => {
  it.each([
    ['to a record of its parent', 4, 1],
    ['to a record of its own', 1, 0],
  ])('%s opens, verifies and goes on', async (_, keepSnapshots, ancestors) => {
    const name = `own-${keepSnapshots}`;
    await fork('headed', name);
    await goOn(name);
    await goOn(name);
    const host = open(await openWorldStore(at(name), OPTIONS));
    await host.growth.collect({ graceS: 0, keepSnapshots: 5, isDryRun: false });
    await host.growth.prune({ isDryRun: false, isArchived: false, keepSnapshots });
    await host.close();
    const store = await read(name);
    expect(store.lineage).toHaveLength(ancestors);
    await store.close();
    await goOn(name);
    expect(await verify(name)).toMatchObject({ ok: true, isLinked: true });
  });
});

describe('a fork that is pruned behind its border, to records from before its snapshot', () => {
  it('is linked over the border', async () => {
    await fork('headed', 'brief');
    const host = open(await openWorldStore(at('brief'), OPTIONS));
    await live(host, 5);
    await host.snapshot();
    await host.growth.prune({ isDryRun: false, isArchived: false, keepSnapshots: 1 });
    await host.close();
    const { seq } = (await read('brief')).pruned as { seq: number };
    const report = await verify('brief');
    expect(report).toMatchObject({ ok: true, isLinked: true, first: seq + 1 });
    expect(report.from).toMatchObject({ seq: seq + 6 });
  });
});

describe('a bundle', () => {
  it.each(['headed', 'compacted'])('of a world that is %s has its heads', async (name) => {
    const store = await read(name);
    await writeBundle(store, at(`${name}.bundle`), { seq: store.head });
    await store.close();
    await importBundle(at(`${name}.bundle`), at(`${name}-taken`));
    await checkImported(at(`${name}-taken`));
    const [here, there] = [await verify(name), await verify(`${name}-taken`)];
    expect(there).toMatchObject({ ok: true, snapshot: 'same', heads: { checked: 1, signed: 1 } });
    expect([there.worldHash, there.chain]).toEqual([here.worldHash, here.chain]);
    expect(await fork(`${name}-taken`, `${name}-of-taken`, 30)).toMatchObject({ ok: true });
  });

  it('is not made of a world that was pruned', async () => {
    const store = await read('pruned');
    const writing = writeBundle(store, at('pruned.bundle'), { seq: store.head });
    const message = expect.stringContaining('a copy of its folder');
    await expect(writing).rejects.toMatchObject({ code: 'record-pruned', message });
    await store.close();
  });
});

describe('a height of before a pruning', () => {
  it('is refused', async () => {
    await expect(fork('pruned', 'never', 100)).rejects.toMatchObject({
      refusal: { code: 'record-pruned' },
    });
  });
});
