/** A world that is born under rules 0 and goes on under rules 1, wherever somebody goes back to. */
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  draftFork,
  draftRewind,
  openWorldHost,
  replayCandidate,
  replayCheckpoints,
  signVerb,
  verifyChain,
  verifyWorld,
  worldAfter,
} from '@aos/host';
import { isSameChain, type World } from '@aos/kernel';
import { CURRENT_RUNTIME, decodeGenesis, encodeGenesis } from '@aos/protocol';
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

const root = mkdtempSync(join(tmpdir(), 'aos-rules-'));
afterAll(() => rmSync(root, { recursive: true }));
const OPTIONS = { segmentBytes: 8_000, preallocateBytes: 0, copyBytes: 0 };
const keys = new TestKeys();
const signer = keys.signer('operator');
const engine = orderEngine();
const at = (name: string) => join(root, name);
const open = (store: DiskStore) => openWorldHost({ store, engine, signer: keys.signer('host') });
type Host = ReturnType<typeof open>;
/** The record that brings rules 1. */
const CROSSING = 12;

async function withStore<T>(name: string, use: (store: DiskStore) => Promise<T> | T): Promise<T> {
  const store = await openWorldStore(at(name), { ...OPTIONS, mode: 'read', check: 'all' });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

async function live(host: Host, events: number): Promise<void> {
  for (let i = 0; i < events; i++) {
    must(await host.submit({ ...add(1), source: 'desk', key: { json: `key ${i % 5}` } }));
  }
}

async function upgrade(host: Host, kernel: number) {
  const runtime = { ...CURRENT_RUNTIME, kernel };
  const place = await host.read(({ worldId, epoch }) => ({ worldId, epoch }));
  return host.submit(signVerb(signer, place, { verb: 'runtime-upgrade', runtime }));
}

async function goOn(name: string): Promise<void> {
  const host = open(await openWorldStore(at(name), OPTIONS));
  await live(host, 4);
  await host.snapshot();
  await host.close();
}

const rulesAt = (name: string, seq?: number) =>
  withStore(name, (store) => worldAfter(store, engine, seq ?? store.head).runtime.kernel);
/** Everything holds, by replay and without. */
const check = (name: string) =>
  withStore(name, (store) => {
    expect(verifyChain(store).failure, name).toBeUndefined();
    expect(verifyWorld(store, engine), name).toMatchObject({ ok: true, heads: { different: [] } });
  });

beforeAll(async () => {
  const memory = newOrderStore(keys);
  const objects = [...memory.objects()].map((hash) => {
    return { hash, bytes: memory.object(hash) as Uint8Array };
  });
  const born = must(decodeGenesis(memory.genesis));
  const genesis = encodeGenesis({ ...born, runtime: { ...CURRENT_RUNTIME, kernel: 0 } });
  const host = open(await createWorldStore(at('world'), genesis, objects, OPTIONS));
  await live(host, 6);
  await host.snapshot();
  await live(host, 6);
  must(await upgrade(host, 1));
  // as a machine leaves it that has lost its power
  cpSync(at('world'), at('killed'), { recursive: true });
  await live(host, 6);
  await host.snapshot();
  await live(host, 3);
  await host.close();
});

describe('a world that crosses a version of the rules', () => {
  it('is under the rules of then wherever it is read', async () => {
    await check('world');
    for (const seq of [0, 5, 6, CROSSING - 1]) expect(await rulesAt('world', seq)).toBe(0);
    for (const seq of [CROSSING, CROSSING + 1, 20]) expect(await rulesAt('world', seq)).toBe(1);
  });

  it.each([
    ['before the crossing', CROSSING - 1, 0],
    ['at it', CROSSING, 1],
    ['behind it', CROSSING + 1, 1],
  ])('is forked %s, and goes on from there', async (_, seq, kernel) => {
    const name = `fork-${seq}`;
    await withStore('world', async (store) => {
      const draft = draftFork({ store, engine, signer, at: seq });
      expect(must(decodeGenesis(draft.genesis)).runtime.kernel).toBe(kernel);
      await forkWorldStore(store, at(name), draft);
    });
    await goOn(name);
    await check(name);
    expect(await rulesAt(name)).toBe(kernel);
  });

  it('is rewound to before it, and crosses once more', async () => {
    cpSync(at('world'), at('rewound'), { recursive: true });
    const store = await openWorldStore(at('rewound'), OPTIONS);
    const draft = draftRewind({ store, engine, signer, to: CROSSING - 1 });
    await rewindWorldStore(store, at('rewound'), draft);
    expect(await rulesAt('rewound')).toBe(0);
    const host = open(await openWorldStore(at('rewound'), OPTIONS));
    await live(host, 2);
    must(await upgrade(host, 1));
    await host.close();
    await goOn('rewound');
    await check('rewound');
    expect(await rulesAt('rewound')).toBe(1);
  });

  it('is replayed with its own definition from both sides, byte for byte', async () => {
    await withStore('world', (store) => {
      const own = ({ program }: World) => ({ definition: program.definition, objects: [] });
      for (const from of [0, CROSSING - 1, CROSSING, CROSSING + 1]) {
        const { report } = replayCandidate(store, engine, own, { rows: 5, from });
        expect(isSameChain(report), `from ${from}`).toBe(true);
      }
      const { checkpoints } = replayCheckpoints(store, engine, { every: 1 });
      expect(checkpoints).toHaveLength(store.head + 1);
    });
  });

  it('goes into a bundle and comes out of it', async () => {
    for (const seq of [CROSSING - 1, CROSSING, 21]) {
      await withStore('world', (store) => writeBundle(store, at(`${seq}.bundle`), { seq }));
      await importBundle(at(`${seq}.bundle`), at(`taken-${seq}`));
      await checkImported(at(`taken-${seq}`));
      await check(`taken-${seq}`);
      expect(await rulesAt(`taken-${seq}`)).toBe(seq < CROSSING ? 0 : 1);
    }
  });

  it.each([2, 1])('is pruned to the latest %i snapshots, and goes on', async (keepSnapshots) => {
    const name = `pruned-${keepSnapshots}`;
    cpSync(at('world'), at(name), { recursive: true });
    const host = open(await openWorldStore(at(name), OPTIONS));
    await host.growth.prune({ isDryRun: false, isArchived: true, keepSnapshots });
    await host.close();
    await goOn(name);
    await check(name);
    expect(await rulesAt(name)).toBe(1);
  });

  it('is whole wherever the crossing was cut off', async () => {
    const journal = (name: string) => join(at(name), 'journal');
    const last = readdirSync(journal('killed'))
      .filter((file) => file.endsWith('.log'))
      .sort()
      .at(-1);
    const size = statSync(join(journal('killed'), `${last}`)).size;
    for (const cut of [0, 1, 100, 300, 500, 700]) {
      const name = `killed-${cut}`;
      cpSync(at('killed'), at(name), { recursive: true });
      truncateSync(join(journal(name), `${last}`), size - cut);
      const host = open(await openWorldStore(at(name), OPTIONS));
      const { seq, runtime } = await host.read((world) => world);
      expect(runtime.kernel, name).toBe(seq > CROSSING ? 1 : 0);
      if (runtime.kernel === 0) must(await upgrade(host, 1));
      await host.close();
      await goOn(name);
      await check(name);
    }
  });
});

describe('a version of the rules that this build does not have', () => {
  it('is refused, and the world goes on', async () => {
    cpSync(at('world'), at('asked'), { recursive: true });
    const host = open(await openWorldStore(at('asked'), OPTIONS));
    expect(await upgrade(host, 2)).toMatchObject({ refusal: { code: 'runtime-unsupported' } });
    await live(host, 1);
    await host.close();
    await check('asked');
  });
});
