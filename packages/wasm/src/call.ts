/**
 * One call of a module, from input bytes to output bytes (spec/04-modules.md, rules M6 to M8).
 *
 * 1. Addresses and sizes that a module gives are u32 and compared with its memory before use.
 * 2. The memory is looked up anew after every entry into the module: it may have grown.
 * 3. The output is a copy; nothing of the instance is kept.
 */
import type { CallLimits, CallOutcome, ModuleEntry } from '@aos/protocol';
import { type Instance, type ModuleFunction, RESULT_POINTER_PARAMS, Trap } from './instance.js';

export interface Call {
  readonly entry: ModuleEntry;
  readonly input: Uint8Array;
  readonly limits: CallLimits;
}

/** Two u32 written by the result-pointer form. */
const RESULT_PAIR_BYTES = 8;

/** Why a call has no output though nothing trapped. */
type BadOutput =
  | 'module-alloc'
  | 'module-output-bounds'
  | 'module-output-size'
  | 'module-export-missing';

/** A discarded call is charged its whole limit. */
export function faultOf(code: string, { fuel }: CallLimits): CallOutcome {
  return { kind: 'fault', code, fuel };
}

/** Calls the entry of an instance that has begun, once. */
export function callInstance(instance: Instance, call: Call): CallOutcome {
  const answer = instance.attempt(() => enter(instance, call));
  if (answer instanceof Trap) return faultOf(answer.code, call.limits);
  if (typeof answer === 'string') return faultOf(answer, call.limits);
  const left = instance.end();
  if (left < 0) return faultOf('out-of-fuel', call.limits);
  return { kind: 'output', output: answer, fuel: call.limits.fuel - left };
}

function enter(instance: Instance, { entry, input, limits }: Call): Uint8Array | BadOutput {
  const run = instance[entry];
  if (run === undefined) return 'module-export-missing';
  const address = allocate(instance, input.length);
  if (address < 0) return 'module-alloc';
  instance.bytes.set(input, address);
  if (run.length !== RESULT_POINTER_PARAMS) {
    const [at, size] = run(address, input.length) as [number, number];
    return outputAt(instance, at >>> 0, size >>> 0, limits.outputBytes);
  }
  return enterWithPointer(instance, run, [address, input.length, limits.outputBytes]);
}

function enterWithPointer(
  instance: Instance,
  run: ModuleFunction,
  [address, sizeBytes, outputBytes]: readonly [number, number, number],
): Uint8Array | BadOutput {
  const pair = allocate(instance, RESULT_PAIR_BYTES);
  if (pair < 0) return 'module-alloc';
  run(pair, address, sizeBytes);
  const { bytes } = instance;
  return outputAt(instance, readU32(bytes, pair), readU32(bytes, pair + 4), outputBytes);
}

/** Asks the module for room; the address, or -1 where it does not fit into memory. */
function allocate(instance: Instance, sizeBytes: number): number {
  const address = (instance.alloc(sizeBytes) as number) >>> 0;
  return address + sizeBytes <= instance.bytes.length ? address : -1;
}

function outputAt(
  { bytes }: Instance,
  address: number,
  sizeBytes: number,
  outputBytes: number,
): Uint8Array | BadOutput {
  if (address + sizeBytes > bytes.length) return 'module-output-bounds';
  if (sizeBytes > outputBytes) return 'module-output-size';
  return bytes.slice(address, address + sizeBytes);
}

function readU32(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
  return (low | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)) >>> 0;
}
