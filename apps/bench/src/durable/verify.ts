/**
 * Verifying without running anything: all records of a world are read from its files, and each is
 * held against the one before, the tree and the keys.
 */
import { verifyChain } from '@aos/host';
import { openWorldStore } from '@aos/store';
import type { Measure } from '../measure.js';
import { fillWorld } from './filled-world.js';

const EVENTS = 100_000;

async function recordsPerSecond(filled: Promise<string>): Promise<number> {
  const path = await filled;
  const startedAt = performance.now();
  const store = await openWorldStore(path, { mode: 'read' });
  const { records, failure } = verifyChain(store);
  const tookMs = performance.now() - startedAt;
  await store.close();
  if (failure !== undefined || records < EVENTS) throw new Error('the world does not verify');
  return (records / tookMs) * 1000;
}

let filled: Promise<string> | undefined;

export const measures: readonly Measure[] = [
  {
    name: 'verify.records',
    unit: '1/s',
    run: () => {
      filled ??= fillWorld({ keys: 1000, events: EVENTS });
      return recordsPerSecond(filled);
    },
  },
];
