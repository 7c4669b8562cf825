/**
 * One call of a module, from input bytes to output bytes (spec/04-modules.md, rules M6 to M8).
 *
 * 1. Addresses and sizes that a module gives are u32 and compared with its memory before use.
 * 2. The memory's buffer is read anew after every entry into the module: it may have grown.
 * 3. The output is a copy; nothing of the instance is kept.
 */
import type { CallLimits, CallOutcome, ModuleEntry } from '@aos/protocol';
import {
  enter,
  type ModuleExports,
  type ModuleFunction,
  RESULT_POINTER_PARAMS,
  Trap,
} from './instance.js';

/** Address and size in the module's memory. */
type Range = readonly [address: number, sizeBytes: number];

/** Two u32 written by the result-pointer form. */
const RESULT_PAIR_BYTES = 8;

/** Fuel under guard 0: calls are not metered. */
const UNMETERED = 0;

export const TRAP = fault('module-trap');
const ENTRY_MISSING = fault('module-export-missing');
const BAD_ALLOC = fault('module-alloc');
const OUTPUT_BOUNDS = fault('module-output-bounds');
const OUTPUT_SIZE = fault('module-output-size');

function fault(code: string): CallOutcome {
  return { kind: 'fault', code, fuel: UNMETERED };
}

/** Calls the entry of a fresh instance, once. */
export function callInstance(
  instance: ModuleExports,
  entry: ModuleEntry,
  input: Uint8Array,
  limits: CallLimits,
): CallOutcome {
  const run = instance[entry];
  if (typeof run !== 'function') return ENTRY_MISSING;
  const address = allocate(instance, input.length);
  if (typeof address !== 'number') return address;
  new Uint8Array(instance.memory.buffer).set(input, address);
  const range = enterWithInput(instance, run, [address, input.length]);
  return 'kind' in range ? range : readOutput(instance.memory, range, limits);
}

function enterWithInput(
  instance: ModuleExports,
  run: ModuleFunction,
  input: Range,
): Range | CallOutcome {
  return run.length === RESULT_POINTER_PARAMS
    ? enterWithResultPointer(instance, run, input)
    : enterForPair(run, input);
}

function enterForPair(run: ModuleFunction, input: Range): Range | CallOutcome {
  const results = enter(run, ...input);
  if (results instanceof Trap) return TRAP;
  if (!Array.isArray(results) || results.length !== 2) return OUTPUT_BOUNDS;
  const [address, size] = results;
  return isI32(address) && isI32(size) ? [address >>> 0, size >>> 0] : OUTPUT_BOUNDS;
}

function enterWithResultPointer(
  instance: ModuleExports,
  run: ModuleFunction,
  input: Range,
): Range | CallOutcome {
  const pair = allocate(instance, RESULT_PAIR_BYTES);
  if (typeof pair !== 'number') return pair;
  if (enter(run, pair, ...input) instanceof Trap) return TRAP;
  const view = new DataView(instance.memory.buffer, pair, RESULT_PAIR_BYTES);
  return [view.getUint32(0, true), view.getUint32(4, true)];
}

/** Asks the module for room and answers with its address. */
function allocate(instance: ModuleExports, sizeBytes: number): number | CallOutcome {
  const address = enter(instance.alloc, sizeBytes);
  if (address instanceof Trap) return TRAP;
  if (!isI32(address)) return BAD_ALLOC;
  return fits(instance.memory, [address >>> 0, sizeBytes]) ? address >>> 0 : BAD_ALLOC;
}

function readOutput(memory: WebAssembly.Memory, range: Range, limits: CallLimits): CallOutcome {
  if (!fits(memory, range)) return OUTPUT_BOUNDS;
  const [address, sizeBytes] = range;
  if (sizeBytes > limits.outputBytes) return OUTPUT_SIZE;
  const output = new Uint8Array(memory.buffer, address, sizeBytes).slice();
  return { kind: 'output', output, fuel: UNMETERED };
}

function fits(memory: WebAssembly.Memory, [address, sizeBytes]: Range): boolean {
  return address + sizeBytes <= memory.buffer.byteLength;
}

/** Results of other types than i32 come as bigints, fractions or not at all. */
function isI32(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value;
}
