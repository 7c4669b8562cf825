import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesEqual, decodePlain } from '@aos/canon';
import {
  draftFork,
  draftRewind,
  ensureKey,
  foundWorld,
  openWorld,
  openWorldHost,
  verifyWorld,
  type WorldHost,
  worldAfter,
} from '@aos/host';
import { readCell, type World } from '@aos/kernel';
import {
  createWorldStore,
  type DiskStore,
  forkWorldStore,
  openWorldStore,
  rewindWorldStore,
} from '@aos/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock, noEntropy, plan, SCHEMA, sumEngine } from './stage.js';

const root = mkdtempSync(join(tmpdir(), 'aos-time-'));
afterAll(() => rmSync(root, { recursive: true }));

const signer = ensureKey(join(root, 'home'), 'operator');
const operator = { ...signer, name: 'operator', roles: ['operator'] as const };
const stranger = ensureKey(join(root, 'home'), 'stranger');
const at = (name: string) => join(root, name);

function newHost(store: DiskStore): WorldHost {
  return openWorldHost({ store, engine: sumEngine() });
}

async function live(store: DiskStore, amounts: readonly number[]): Promise<void> {
  const host = newHost(store);
  for (const by of amounts) await host.submit({ kind: 'event', schema: SCHEMA, json: { by } });
  await host.close();
}

async function openFor<T>(
  name: string,
  mode: 'read' | 'write',
  use: (store: DiskStore) => Promise<T> | T,
): Promise<T> {
  const store = await openWorldStore(at(name), { mode });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

function sumOf(world: World): unknown {
  const cell = readCell(world.cells[0] as World['cells'][number], null);
  const state = cell && decodePlain(cell.state);
  return state?.ok ? (state.value as ReadonlyMap<string, number>).get('n') : undefined;
}

async function fork(from: string, to: string, seq?: number): Promise<void> {
  await openFor(from, 'read', async (store) => {
    const draft = draftFork({
      store,
      engine: sumEngine(),
      signer,
      ...(seq === undefined ? {} : { at: seq }),
    });
    await forkWorldStore(store, at(to), draft);
  });
}

const verified = (name: string) =>
  openFor(name, 'read', (store) => verifyWorld(store, sumEngine()));

const headOf = (name: string) =>
  openFor(name, 'read', (store) => openWorld(store, sumEngine()).world);

beforeAll(async () => {
  const ports = { engine: sumEngine(), clock: new ManualClock(), fillEntropy: noEntropy };
  const founded = foundWorld({ ...plan, keyring: [operator] }, ports);
  if (!founded.ok) throw new Error('the world is not founded');
  const { genesis, objects } = founded.founded;
  const store = await createWorldStore(at('parent'), genesis, objects);
  await live(store, [1, 2, 3, 4, 5]);
});

describe('a fork', () => {
  it('has the past of its parent, its own id, and verifies from the first genesis on', async () => {
    await fork('parent', 'fork', 2);
    const report = await verified('fork');
    const parent = await verified('parent');
    expect(report).toMatchObject({ ok: true, from: 'genesis', records: 4 });
    expect(bytesEqual(report.worldId, parent.worldId)).toBe(false);
    const world = await headOf('fork');
    expect(sumOf(world)).toBe(6);
    expect(world.epoch).toBe(1);
  });

  it('goes on by itself, and its parent does not know', async () => {
    await openFor('fork', 'write', (store) => live(store, [10, 20]));
    expect(sumOf(await headOf('fork'))).toBe(36);
    expect(sumOf(await headOf('parent'))).toBe(15);
    expect((await verified('fork')).ok).toBe(true);
    expect((await verified('parent')).ok).toBe(true);
  });

  it('can be forked, behind its border and before it', async () => {
    await fork('fork', 'grandchild', 4);
    await fork('fork', 'cousin', 1);
    for (const name of ['grandchild', 'cousin']) expect((await verified(name)).ok, name).toBe(true);
    expect(sumOf(await headOf('grandchild'))).toBe(16);
    expect(sumOf(await headOf('cousin'))).toBe(3);
    const lineages = await Promise.all(
      ['fork', 'grandchild', 'cousin'].map((name) =>
        openFor(name, 'read', ({ lineage }) => lineage.length),
      ),
    );
    expect(lineages).toEqual([1, 2, 1]);
  });
});

describe('a fork of a world with snapshots', () => {
  it('opens from one of its parent', async () => {
    await copyOf('parent', 'snapshots');
    await openFor('snapshots', 'write', async (store) => {
      const host = newHost(store);
      await host.snapshot();
      await host.submit({ kind: 'event', schema: SCHEMA, json: { by: 7 } });
      await host.close();
    });
    await fork('snapshots', 'of-snapshots');
    await openFor('of-snapshots', 'read', (store) => {
      const { world, from, replayed } = openWorld(store, sumEngine());
      expect(from).toMatchObject({ seq: 4 });
      expect([sumOf(world), replayed]).toEqual([22, 2]);
    });
    expect(await verified('of-snapshots')).toMatchObject({ ok: true, snapshot: 'same' });
  });
});

describe('a fork that gets what its parent got', () => {
  it('is in the state its parent is in, but for who it is', async () => {
    await fork('parent', 'twin', 2);
    const rest = await openFor('parent', 'read', (store) => [...store.records(3)].length);
    expect(rest).toBe(2);
    await openFor('twin', 'write', (store) => live(store, [4, 5]));
    const [twin, parent] = [await headOf('twin'), await headOf('parent')];
    const { root: ours } = rootsOf(twin);
    expect(ours).toEqual(rootsOf(parent).root);
    expect(sumOf(twin)).toBe(sumOf(parent));
  });
});

/** What of a world does not depend on who it is. */
function rootsOf(world: World) {
  return { root: world.cells.map((table) => readCell(table, null)?.hash) };
}

describe('a fork is refused', () => {
  const cases: readonly [string, number, string][] = [
    ['behind the head', 5, 'record-unknown'],
    ['before the first record', -1, 'record-unknown'],
    ['between two records', 1.5, 'record-unknown'],
  ];
  it.each(cases)('%s, and nothing is written', async (_, seq, code) => {
    await expect(fork('parent', 'nothing', seq)).rejects.toMatchObject({ refusal: { code } });
    expect(readdirSync(root)).not.toContain('nothing');
  });

  it('where a world is, and in the world itself', async () => {
    await expect(fork('parent', 'fork')).rejects.toMatchObject({ code: 'world-exists' });
    await expect(fork('parent', 'parent')).rejects.toMatchObject({ code: 'world-exists' });
    expect((await verified('parent')).ok).toBe(true);
  });

  it('to whom is no operator of the parent', async () => {
    await openFor('parent', 'read', (store) => {
      const request = { store, engine: sumEngine(), signer: stranger };
      const refused = expect.objectContaining({
        refusal: expect.objectContaining({ code: 'verb-key' }),
      });
      expect(() => draftFork(request)).toThrow(refused);
    });
  });
});

describe('a rewind', () => {
  it('goes on behind an earlier record, as the same world in a greater epoch', async () => {
    const before = await headOf('parent');
    await copyOf('parent', 'rewound');
    const archive = await rewind('rewound', 2);
    const report = await verified('rewound');
    expect(report).toMatchObject({ ok: true, records: 4, worldId: before.worldId });
    const world = await headOf('rewound');
    expect([sumOf(world), world.epoch]).toEqual([6, 1]);
    await openFor('rewound', 'write', (store) => live(store, [100]));
    expect(sumOf(await headOf('rewound'))).toBe(106);
    const kept = await openWorldStore(join(archive, 'rewound'), { mode: 'read' });
    expect(verifyWorld(kept, sumEngine())).toMatchObject({ ok: true, records: 5 });
    await kept.close();
  });

  it('begins an epoch that no abandoned record was in', async () => {
    await rewind('rewound', 1);
    expect((await headOf('rewound')).epoch).toBe(2);
    await rewind('rewound', 2);
    expect((await headOf('rewound')).epoch).toBe(3);
    expect(readdirSync(join(at('rewound'), 'rewound'))).toEqual(['1', '2', '3']);
  });

  it('of a fork ends at its border', async () => {
    await expect(rewind('fork', 2)).rejects.toMatchObject({ refusal: { code: 'rewind-border' } });
    await rewind('fork', 3);
    expect(await verified('fork')).toMatchObject({ ok: true, records: 5 });
  });

  it('leaves forks of the abandoned branch as they are', async () => {
    expect((await verified('grandchild')).ok).toBe(true);
  });

  it('needs the world for itself', async () => {
    await openFor('rewound', 'write', async () => {
      await expect(rewind('rewound', 1)).rejects.toMatchObject({ code: 'world-locked' });
    });
  });
});

describe('a world at a height', () => {
  it('is what it was there, also behind a border', async () => {
    await openFor('grandchild', 'read', (store) => {
      const sums = [0, 1, 2, 3, 4].map((seq) => sumOf(worldAfter(store, sumEngine(), seq)));
      expect(sums).toEqual([1, 3, 6, 6, 16]);
    });
  });
});

async function copyOf(from: string, to: string): Promise<void> {
  cpSync(at(from), at(to), { recursive: true });
}

async function rewind(name: string, to: number): Promise<string> {
  const store = await openWorldStore(at(name));
  try {
    const draft = draftRewind({ store, engine: sumEngine(), signer, to });
    return await rewindWorldStore(store, at(name), draft);
  } finally {
    await store.close();
  }
}
