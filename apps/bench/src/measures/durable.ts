/** One world on disk, every event flushed before it is acknowledged. */
import { join } from 'node:path';
import { openWorldHost, type WorldHost } from '@aos/host';
import { createWorldStore } from '@aos/store';
import type { Measure } from '../measure.js';
import { foundCounter, start, tick } from './counter-world.js';
import { withScratchDir } from './scratch.js';

const IN_FLIGHT = 256;
const MIN_MS = 1500;

interface DurableRun {
  readonly perSecond: number;
  /** From submission to acknowledgement, ascending. */
  readonly ackMs: readonly number[];
}

function runDurable(inFlight: number): Promise<DurableRun> {
  return withScratchDir(async (dir) => {
    const { genesis, objects, engine } = foundCounter();
    const store = await createWorldStore(join(dir, 'world'), genesis, objects);
    const host = openWorldHost({ store, engine });
    try {
      await host.submit(start);
      return await feed(host, inFlight);
    } finally {
      await host.close();
    }
  });
}

async function feed(host: WorldHost, inFlight: number): Promise<DurableRun> {
  const ackMs: number[] = [];
  const startedAt = performance.now();
  const client = async () => {
    for (;;) {
      const sentAt = performance.now();
      if (sentAt - startedAt > MIN_MS) return;
      const answer = await host.submit(tick);
      if (!answer.ok || answer.value.faults.length > 0) throw new Error('an event was not taken');
      ackMs.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, client));
  const perSecond = (ackMs.length * 1000) / (performance.now() - startedAt);
  return { perSecond, ackMs: ackMs.sort((a, b) => a - b) };
}

const percentile = (ascending: readonly number[], part: number) =>
  ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * part))] ?? Number.NaN;

const perSecond = async (inFlight: number) => (await runDurable(inFlight)).perSecond;

/** One world with one key, as fast as it goes and how long an answer takes then. */
export const measures: readonly Measure[] = [
  { name: 'durable.events', unit: '1/s', run: () => perSecond(IN_FLIGHT) },
  {
    name: 'durable.ack-p99',
    unit: 'ms',
    run: async () => percentile((await runDurable(IN_FLIGHT)).ackMs, 0.99),
  },
];

/** One client that waits for each answer. */
export const sequential = (name: string): Measure => {
  return { name, unit: '1/s', run: () => perSecond(1) };
};
