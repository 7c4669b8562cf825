/** What a million cells cost: events, snapshots and opening, against a world of one cell. */
import type { Measure } from '../measure.js';
import { KeyedWorld } from './keyed-world.js';

const CELLS = 1_000_000;
const CHANGED = 1000;
const EVENTS = 20_000;

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

/** Milliseconds of one event. */
function eventMs(keyed: KeyedWorld, idOf: () => number): number {
  const startedAt = performance.now();
  for (let i = 0; i < EVENTS; i++) keyed.bump(idOf());
  return (performance.now() - startedAt) / EVENTS;
}

/** Snapshots go on as a host would have them, outside of what is timed. */
async function millionEventMs(): Promise<number> {
  const keyed = await millionCells();
  const eachMs = eventMs(keyed, nextId);
  keyed.snapshot();
  return eachMs;
}

async function costRatio(): Promise<number> {
  const one = await oneCell();
  const oneMs = eventMs(one, () => 0);
  return (await millionEventMs()) / oneMs;
}

async function missesPerEvent(): Promise<number> {
  const keyed = await millionCells();
  const before = keyed.objects.misses;
  await millionEventMs();
  return (keyed.objects.misses - before) / EVENTS;
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
  { name: 'kernel.reopen-1m-cells', unit: 'ms', run: reopenMs },
  { name: 'kernel.snapshot-1k-of-1m', unit: 'ms', run: snapshotMs },
];
