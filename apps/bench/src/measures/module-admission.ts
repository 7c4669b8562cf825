/** Admission of a large module: validated, guarded, compiled, started and called once. */
import { assembleModule, type Instruction, op } from '@aos/protocol/contracts';
import { WasmEngine } from '@aos/wasm';
import type { Measure } from '../measure.js';

const SIZE_BYTES = 850_000;

/** Code like a compiler's: a loop with accesses to memory, arithmetic, a condition and a call. */
const loop: readonly Instruction[] = [
  ...[op.loop, op.localGet(0), op.localGet(1), op.load, op.localGet(2), op.add, op.store],
  ...[op.localGet(1), op.constant(1000), op.shiftLeft, op.localGet(3), op.add, [0x21, 2]],
  ...[op.localGet(2), [0x04, 0x40], op.localGet(0), op.call(0), [0x21, 1], op.end],
  ...[op.localGet(3), op.constant(1), op.add, [0x22, 3], op.constant(77), [0x48], [0x0d, 0]],
  op.end,
];
const large = { params: 4, body: new Array<typeof loop>(8).fill(loop).flat() };
const LARGE_BYTES = large.body.flat().length + 5;

function moduleOf850k(): Uint8Array {
  return assembleModule({
    memoryPages: 1,
    functions: [
      { params: 1, results: 1, body: [op.constant(8)] },
      { params: 2, results: 2, body: [op.localGet(0), op.localGet(1)] },
      ...new Array<typeof large>(Math.ceil(SIZE_BYTES / LARGE_BYTES)).fill(large),
    ],
    exports: { memory: ['memory', 0], alloc: ['function', 0], step: ['function', 1] },
  });
}

function admissionMs(): number {
  const bytes = moduleOf850k();
  const startedAt = performance.now();
  const loaded = new WasmEngine().load(bytes, 'step');
  if (!loaded.ok) throw new Error(loaded.refusal.detail);
  return performance.now() - startedAt;
}

export const measures: readonly Measure[] = [
  { name: 'modules.admit-850k', unit: 'ms', run: admissionMs },
];
