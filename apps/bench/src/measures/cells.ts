/** What a million cells cost: events, snapshots and opening, against a world of one cell. */
import { join } from 'node:path';
import { utf8 } from '@aos/canon';
import { createWorldStore } from '@aos/store';
import type { Measure } from '../measure.js';
import { KeyedWorld } from './keyed-world.js';
import { withScratchDir } from './scratch.js';

const CELLS = 1_000_000;
const CHANGED = 1000;
const EVENTS = 20_000;
const SLICES = 20;
/** Nodes of the index that are read from a store. */
const READ_NODES = 10_000;

let few: Promise<KeyedWorld> | undefined;
let many: Promise<KeyedWorld> | undefined;

const oneCell = () => {
  few ??= KeyedWorld.of(1);
  return few;
};

/** It is filled once a process, which takes about half a minute. */
const millionCells = () => {
  many ??= KeyedWorld.of(CELLS);
  return many;
};

/** Uniform over `cells`: xorshift32, the same keys in each process. */
function* randomIds(cells: number): Generator<number> {
  for (let state = 0x9e3779b9; ; ) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield Math.floor(((state >>> 0) / 2 ** 32) * cells);
  }
}

const ids = randomIds(CELLS);
const nextId = () => ids.next().value as number;

/** Milliseconds of so many events. */
function eventsMs(keyed: KeyedWorld, idOf: () => number, events: number): number {
  const startedAt = performance.now();
  for (let i = 0; i < events; i++) keyed.bump(idOf());
  return performance.now() - startedAt;
}

/**
 * Both worlds take turns, so that a neighbour slows both alike. Snapshots go on as a host would
 * have them, outside of what is timed.
 */
async function costRatio(): Promise<number> {
  const [one, all] = [await oneCell(), await millionCells()];
  let [oneMs, allMs] = [0, 0];
  for (let slice = 0; slice < SLICES; slice++) {
    oneMs += eventsMs(one, () => 0, EVENTS / SLICES);
    allMs += eventsMs(all, nextId, EVENTS / SLICES);
  }
  all.snapshot();
  return allMs / oneMs;
}

/** Nodes that an event reads because they are not in the cache. */
async function missesPerEvent(): Promise<number> {
  const keyed = await millionCells();
  const before = keyed.objects.misses;
  eventsMs(keyed, nextId, EVENTS);
  const misses = keyed.objects.misses - before;
  keyed.snapshot();
  return misses / EVENTS;
}

/** What a miss costs more where nodes are on the disk: reading one that the system has cached. */
async function diskReadUs(): Promise<number> {
  const nodes = (await millionCells()).objects.sample(READ_NODES);
  return withScratchDir(async (dir) => {
    const store = await createWorldStore(join(dir, 'world'), utf8('genesis'), nodes);
    try {
      const startedAt = performance.now();
      for (const { hash } of nodes) store.object(hash);
      return ((performance.now() - startedAt) * 1000) / nodes.length;
    } finally {
      await store.close();
    }
  });
}

/** From snapshot bytes to the first event taken. */
async function reopenMs(): Promise<number> {
  const keyed = await millionCells();
  const bytes = keyed.snapshot();
  const startedAt = performance.now();
  keyed.reopen(bytes).bump(nextId());
  return performance.now() - startedAt;
}

/** A snapshot after 1,000 changed cells. */
async function snapshotMs(): Promise<number> {
  const keyed = await millionCells();
  for (let i = 0; i < CHANGED; i++) keyed.bump(nextId());
  const startedAt = performance.now();
  keyed.snapshot();
  return performance.now() - startedAt;
}

export const measures: readonly Measure[] = [
  { name: 'kernel.cells-cost-ratio-1m', unit: 'ratio', run: costRatio },
  { name: 'kernel.cells-misses-1m', unit: '1/event', run: missesPerEvent },
  { name: 'kernel.cells-disk-read', unit: 'us', run: diskReadUs },
  { name: 'kernel.reopen-1m-cells', unit: 'ms', run: reopenMs },
  { name: 'kernel.snapshot-1k-of-1m', unit: 'ms', run: snapshotMs },
];
