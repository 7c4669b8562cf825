/** Runs built reducers on the engine, for the tests of this folder. */
import { type Encodable, encode, type Hash } from '@aos/canon';
import {
  ABI_VERSION,
  type CallOutcome,
  DEFAULT_CALL_LIMITS,
  decodeReducerOutput,
  encodeReducerInput,
  type ReducerInput,
  type ReducerOutput,
} from '@aos/protocol';
import { WasmEngine } from '@aos/wasm';
import type { BuildResult } from '../src/index.js';

export interface Reducer {
  /** Steps with raw input bytes. */
  call(input: Uint8Array): CallOutcome;
  /** Steps and reads the output; a fault throws. */
  step(input: StepInput): ReducerOutput;
}

/** An input with defaults: no state, a nil event, the current version. */
export interface StepInput extends Partial<Omit<ReducerInput, 'event'>> {
  readonly event?: Encodable;
  readonly key?: Uint8Array;
}

/** The first build of a process takes seconds, on a busy machine many. */
export const BUILD_TIMEOUT_MS = 120_000;

export const SCHEMA = 'demo/Event@1';

export function openReducer(build: BuildResult): Reducer {
  if (!build.ok)
    throw new Error(`${build.refusal.code} ${build.refusal.at}: ${build.refusal.detail}`);
  return openModule(build.value.wasm);
}

export function openModule(wasm: Uint8Array): Reducer {
  const engine = new WasmEngine();
  const loaded = engine.load(wasm, 'step');
  if (!loaded.ok) throw new Error(loaded.refusal.detail);
  const call = (input: Uint8Array) => callModule(engine, loaded.value, input);
  return { call, step: (input) => outputOf(call(encodeInput(input))) };
}

function callModule(engine: WasmEngine, module: Hash, input: Uint8Array): CallOutcome {
  return engine.call(module, 'step', input, DEFAULT_CALL_LIMITS);
}

export function encodeInput({ event = null, key, ...rest }: StepInput): Uint8Array {
  const routed = { schema: SCHEMA, value: encode(event), ...(key && { key }) };
  return encodeReducerInput({ version: ABI_VERSION, state: null, ...rest, event: routed });
}

export function outputOf(outcome: CallOutcome): ReducerOutput {
  if (outcome.kind === 'fault') throw new Error(outcome.code);
  const output = decodeReducerOutput(outcome.output);
  if (!output.ok) throw new Error(output.refusal.detail);
  return output.value;
}

/** Steps on the bytes of an event; undefined when the module trapped. */
export function stepWith(reducer: Reducer, event: Uint8Array): ReducerOutput | undefined {
  const routed = { schema: SCHEMA, value: event };
  const input = encodeReducerInput({ version: ABI_VERSION, state: null, event: routed });
  const outcome = reducer.call(input);
  if (outcome.kind === 'fault' && outcome.code === 'module-trap') return undefined;
  return outputOf(outcome);
}
