/**
 * A fork of a world of 100,000 cells, of which a thousand changed since its snapshot: from the
 * question to the fork that can be opened, all of it flushed. The world goes on living meanwhile.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  draftFork,
  ensureKey,
  foundWorld,
  openWorld,
  openWorldHost,
  type Signer,
  systemClock,
  systemEntropy,
  type WorldHost,
} from '@aos/host';
import { cellDifferences, type World } from '@aos/kernel';
import { createWorldStore, type DiskStore, forkWorldStore, openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import type { Measure } from '../measure.js';
import { buildKeyed, document, EVENT, REDUCER } from '../measures/keyed-world.js';

const CELLS = 100_000;
const CHANGED = 1000;
const GROUP = 1000;
/** A prime that spreads the cells that change. */
const STRIDE = 7919;

interface Parent {
  readonly dir: string;
  readonly store: DiskStore;
  readonly host: WorldHost;
  readonly signer: Signer;
}

let parent: Promise<Parent> | undefined;
let forks = 0;

async function makeParent(): Promise<Parent> {
  const caches = join(process.cwd(), 'node_modules/.cache/aos-bench');
  mkdirSync(caches, { recursive: true });
  const dir = mkdtempSync(join(caches, 'fork-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  const engine = new WasmEngine();
  const signer = ensureKey(join(dir, 'home'), 'operator');
  const { wasm } = await buildKeyed();
  const plan = {
    documents: [document],
    modules: new Map([[REDUCER, wasm]]),
    keyring: [{ ...signer, name: 'operator', roles: ['operator'] as const }],
  };
  const founded = foundWorld(plan, { engine, clock: systemClock, fillEntropy: systemEntropy });
  if (!founded.ok) throw new Error(JSON.stringify(founded));
  const { genesis, objects } = founded.founded;
  const store = await createWorldStore(join(dir, 'parent'), genesis, objects);
  const host = openWorldHost({ store, engine });
  await touch(host, CELLS, (n) => n);
  await host.snapshot();
  await touch(host, CHANGED, (n) => (n * STRIDE) % CELLS);
  return { dir, store, host, signer };
}

async function touch(host: WorldHost, events: number, cellOf: (n: number) => number) {
  for (let n = 0; n < events; n += GROUP) {
    const group = Array.from({ length: Math.min(GROUP, events - n) }, (_, i) =>
      host.submit({ schema: EVENT, json: { id: cellOf(n + i) } }),
    );
    await Promise.all(group);
  }
}

async function forkMs(): Promise<number> {
  parent ??= makeParent();
  const { dir, store, host, signer } = await parent;
  const engine = new WasmEngine();
  const to = join(dir, `fork-${forks++}`);
  const startedAt = performance.now();
  const world = await host.read((now) => now);
  const draft = draftFork({ store, engine, signer, world });
  await forkWorldStore(store, to, draft);
  const elapsedMs = performance.now() - startedAt;
  await checkFork(to, world);
  rmSync(to, { recursive: true });
  return elapsedMs;
}

/** It opens, in the states that its parent is in. */
async function checkFork(dir: string, parentWorld: World): Promise<void> {
  const store = await openWorldStore(dir, { mode: 'read' });
  try {
    const { world } = openWorld(store, new WasmEngine());
    const [difference] = cellDifferences(world.cells[0], parentWorld.cells[0]);
    if (difference !== undefined || world.seq !== parentWorld.seq + 1 || world.epoch !== 1) {
      throw new Error('the fork is another world than its parent');
    }
  } finally {
    await store.close();
  }
}

export const measures: readonly Measure[] = [
  { name: 'governance.fork-100k-cells', unit: 'ms', run: forkMs },
];
