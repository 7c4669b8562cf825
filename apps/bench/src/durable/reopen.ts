/**
 * Opening worlds again that have a history: from the files to the first event acknowledged, in a
 * process of which nothing of the world is in memory any more. They were closed in order, so that
 * there is a snapshot at their end.
 */
import { join } from 'node:path';
import { openWorldHost } from '@aos/host';
import { createWorldStore, openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import type { Measure } from '../measure.js';
import { foundSide } from '../systems/aos-world.js';
import { feed, times } from './feed.js';
import { keptDir } from './kept-dir.js';
import { addTo } from './many.js';

const MILLION = 1_000_000;
const IN_FLIGHT = 1000;
/** Events between two snapshots while a world is filled. */
const FILL_STEP = 100_000;

/** A world of a million events over so many keys, closed. */
async function fill(keys: number): Promise<string> {
  const dir = keptDir();
  const path = join(dir, 'world');
  const { genesis, objects } = await foundSide(dir);
  const store = await createWorldStore(path, genesis, objects);
  const host = openWorldHost({ store, engine: new WasmEngine() });
  for (let done = 0; done < MILLION; done += FILL_STEP) {
    const next = (n: number) => ({ host, event: addTo(`key-${(done + n) % keys}`) });
    await feed(times(FILL_STEP, next), IN_FLIGHT);
    await host.snapshot();
  }
  await host.close();
  return path;
}

async function reopenMs(filled: Promise<string>): Promise<number> {
  const path = await filled;
  const engine = new WasmEngine();
  const startedAt = performance.now();
  const store = await openWorldStore(path);
  const host = openWorldHost({ store, engine });
  const answer = await host.submit(addTo('key-0'));
  const tookMs = performance.now() - startedAt;
  if (!answer.ok) throw new Error(answer.refusal.detail);
  await host.close();
  return tookMs;
}

function reopening(name: string, keys: number): Measure {
  let filled: Promise<string> | undefined;
  return {
    name,
    unit: 'ms',
    run: () => {
      filled ??= fill(keys);
      return reopenMs(filled);
    },
  };
}

export const measures: readonly Measure[] = [
  reopening('reopen.1m-events', 1),
  reopening('reopen.1m-cells', MILLION),
];
