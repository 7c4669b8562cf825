/**
 * A world of ten million events: how fast it gets there, what it takes of memory and disk, and
 * whether it can still be used then. Its snapshots are those of the usual policy.
 */
import { join } from 'node:path';
import { openWorldHost, type WorldHost } from '@aos/host';
import { createWorldStore, openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import type { Measure } from '../measure.js';
import { diskBytes } from '../peers/growth.js';
import { foundSide } from '../systems/aos-world.js';
import { feed, times } from './feed.js';
import { keptDir } from './kept-dir.js';
import { addTo } from './many.js';
import { type Sample, slopeOf } from './slope.js';

const EVENTS = 10_000_000;
const KEYS = 1000;
const IN_FLIGHT = 256;
const SAMPLE_EVENTS = 100_000;
/** Until then a process gets the room that it works in. */
const SETTLED_EVENTS = 1_000_000;
/** Events of one client that waits for each answer. */
const SEQUENTIAL_EVENTS = 200;

interface LargeWorld {
  readonly path: string;
  readonly perSecond: number;
  readonly slopeMiB: number;
  readonly bytesPerEvent: number;
}

let filled: Promise<LargeWorld> | undefined;
const largeWorld = () => {
  filled ??= fill();
  return filled;
};

async function fill(): Promise<LargeWorld> {
  const dir = keptDir();
  const path = join(dir, 'world');
  const { genesis, objects } = await foundSide(dir);
  const store = await createWorldStore(path, genesis, objects);
  const host = openWorldHost({ store, engine: new WasmEngine() });
  const samples: Sample[] = [];
  const startedAt = performance.now();
  for (let events = 0; events < EVENTS; events += SAMPLE_EVENTS) {
    const next = (n: number) => ({ host, event: addTo(`key-${(events + n) % KEYS}`) });
    await feed(times(SAMPLE_EVENTS, next), IN_FLIGHT);
    if (events < SETTLED_EVENTS) continue;
    samples.push({ events, rssBytes: process.memoryUsage.rss() });
  }
  const perSecond = (EVENTS * 1000) / (performance.now() - startedAt);
  await host.close();
  const bytesPerEvent = diskBytes(path) / EVENTS;
  return { path, perSecond, slopeMiB: slopeOf(samples), bytesPerEvent };
}

/** What something takes in the world, opened anew: opening included, or only the thing itself. */
async function timed(use: (host: WorldHost) => Promise<unknown>, part: 'all' | 'use') {
  const { path } = await largeWorld();
  const engine = new WasmEngine();
  let startedAt = performance.now();
  const host = openWorldHost({ store: await openWorldStore(path), engine });
  if (part === 'use') {
    await send(host);
    startedAt = performance.now();
  }
  await use(host);
  const tookMs = performance.now() - startedAt;
  await host.close();
  return tookMs;
}

async function send(host: WorldHost): Promise<void> {
  const answer = await host.submit(addTo('key-0'));
  if (!answer.ok) throw new Error(answer.refusal.detail);
}

async function sequentialPerSecond(): Promise<number> {
  const run = async (host: WorldHost) => {
    for (let n = 0; n < SEQUENTIAL_EVENTS; n += 1) await send(host);
  };
  return (SEQUENTIAL_EVENTS * 1000) / (await timed(run, 'use'));
}

const once = { repeat: 'once' } as const;

export const measures: readonly Measure[] = [
  { name: 'large.events', unit: '1/s', ...once, run: async () => (await largeWorld()).perSecond },
  {
    name: 'large.rss-slope',
    unit: 'MiB/1M',
    ...once,
    run: async () => (await largeWorld()).slopeMiB,
  },
  {
    name: 'large.bytes-per-event',
    unit: 'bytes',
    ...once,
    run: async () => (await largeWorld()).bytesPerEvent,
  },
  { name: 'large.reopen', unit: 'ms', ...once, run: () => timed(send, 'all') },
  { name: 'large.sequential', unit: '1/s', ...once, run: sequentialPerSecond },
  {
    name: 'large.prune',
    unit: 'ms',
    ...once,
    run: () => timed((host) => host.growth.prune({ isDryRun: false, isArchived: false }), 'use'),
  },
];
