/** A reducer in TypeScript: building it, and calling its module, guarded, pooled and fresh. */
import { join } from 'node:path';
import { encode } from '@aos/canon';
import { DEFAULT_CALL_LIMITS, encodeReducerInput } from '@aos/protocol';
import { buildScriptReducerFolder } from '@aos/reducer-sdk';
import { WasmEngine } from '@aos/wasm';
import type { Measure } from '../measure.js';
import { exampleDir, tick } from './counter-world.js';
import { callsPerSecond } from './timing.js';

const MIN_MS = 1000;

const input = encodeReducerInput({
  version: 1,
  state: encode({ pc: { $tag: 'Counting', $value: null }, remaining: 1_000_000 }),
  event: { schema: tick.schema, value: tick.cbor },
});

async function buildCounter(): Promise<Uint8Array> {
  const built = await buildScriptReducerFolder(join(exampleDir, 'reducer-ts'), 'counter');
  if (!built.ok) throw new Error(built.refusal.detail);
  return built.value.wasm;
}

let counter: Promise<Uint8Array> | undefined;

async function countedPerSecond(reuse: 'never' | 'safe'): Promise<number> {
  counter ??= buildCounter();
  const engine = new WasmEngine({ reuse });
  const loaded = engine.load(await counter, 'step');
  if (!loaded.ok) throw new Error(loaded.refusal.detail);
  return callsPerSecond(() => {
    const { kind } = engine.call(loaded.value, 'step', input, DEFAULT_CALL_LIMITS);
    if (kind !== 'output') throw new Error('the counter faults');
  }, MIN_MS);
}

async function bakeMs(): Promise<number> {
  const startedAt = performance.now();
  await buildCounter();
  return performance.now() - startedAt;
}

export const measures: readonly Measure[] = [
  { name: 'modules.ts.calls', unit: '1/s', run: () => countedPerSecond('safe') },
  { name: 'modules.ts.calls.fresh', unit: '1/s', run: () => countedPerSecond('never') },
  { name: 'modules.ts.bake', unit: 'ms', run: bakeMs },
];
