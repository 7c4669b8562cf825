/**
 * Opening worlds again that have a history: from the files to the first event acknowledged, in a
 * process of which nothing of the world is in memory any more. They were closed in order, so that
 * there is a snapshot at their end.
 */
import { openWorldHost } from '@aos/host';
import { openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import type { Measure } from '../measure.js';
import { fillWorld } from './filled-world.js';
import { addTo } from './many.js';

const MILLION = 1_000_000;

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
      filled ??= fillWorld({ keys, events: MILLION });
      return reopenMs(filled);
    },
  };
}

export const measures: readonly Measure[] = [
  reopening('reopen.1m-events', 1),
  reopening('reopen.1m-cells', MILLION),
];
