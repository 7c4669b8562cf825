/** Guarded calls of one counter module: with instances used again, and with one for every call. */
import { encode } from '@aos/canon';
import { DEFAULT_CALL_LIMITS, encodeReducerInput } from '@aos/protocol';
import { WasmEngine } from '@aos/wasm';
import type { Measure } from '../measure.js';
import { tick } from './counter-world.js';
import { callsPerSecond } from './timing.js';

const MIN_MS = 1000;

/** A tick in the middle of counting: state in, state out. */
const input = encodeReducerInput({
  version: 1,
  state: encode({ pc: { $tag: 'Counting', $value: null }, remaining: 1_000_000_000 }),
  event: { schema: tick.schema, value: tick.cbor },
});

/** `<name>.calls` and `<name>.calls.fresh`. The module is made when the first of them runs. */
export function callMeasures(
  name: string,
  makeModule: () => Uint8Array | Promise<Uint8Array>,
): readonly Measure[] {
  let made: Promise<Uint8Array> | undefined;
  const run = async (reuse: 'never' | 'safe') => {
    made ??= Promise.resolve(makeModule());
    return stepsPerSecond(await made, reuse);
  };
  return [
    { name: `${name}.calls`, unit: '1/s', run: () => run('safe') },
    { name: `${name}.calls.fresh`, unit: '1/s', run: () => run('never') },
  ];
}

function stepsPerSecond(wasm: Uint8Array, reuse: 'never' | 'safe'): number {
  const engine = new WasmEngine({ reuse });
  const loaded = engine.load(wasm, 'step');
  if (!loaded.ok) throw new Error(loaded.refusal.detail);
  return callsPerSecond(() => {
    const { kind } = engine.call(loaded.value, 'step', input, DEFAULT_CALL_LIMITS);
    if (kind !== 'output') throw new Error('the counter faults');
  }, MIN_MS);
}
