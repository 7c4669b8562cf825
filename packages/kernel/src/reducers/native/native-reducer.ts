/**
 * Reducers of the catalogue that have no module: functions of this kernel, called as a module is.
 *
 * N1. A function of state, event and key alone. It is given no context, asks for no effect, and
 *     what it returns is checked as the output of a module is.
 * N2. Its fuel follows from sizes, whatever it did: what a call costs is the same in every build.
 * N3. What it refuses is a fault with a code of its own; it never traps.
 */
import { assert, decode, type Encodable, encode, type Value } from '@aos/canon';
import type { CallLimits, EmittedEvent, EventIdentity, ReducerOutput } from '@aos/protocol';

export interface NativeCall {
  /** `null` when there is no cell yet. */
  readonly state: Value;
  /** In the reducer's family. */
  readonly event: Value;
  /** Canonical key of the cell; undefined for a reducer without keys. */
  readonly key: Uint8Array | undefined;
}

export interface NativeAnswer {
  /** `null` deletes the cell. */
  readonly state: Encodable;
  readonly events?: readonly EmittedEvent[];
}

/** The answer to a call, or the code of its fault. */
export type NativeReducer = (call: NativeCall) => NativeAnswer | string;

/** What a call came to: its output, or the code of a fault. */
export type NativeOutcome =
  | { readonly kind: 'output'; readonly output: ReducerOutput; readonly fuel: number }
  | { readonly kind: 'fault'; readonly code: string };

/** What every call costs (spec M12). */
const BASE_FUEL = 10_000;

/** What each byte costs that goes in or out: reading, comparing, writing, hashing (spec M12). */
const FUEL_PER_BYTE = 20;

/** Runs a native reducer within the limits of a module. `state` and the event are canonical. */
export function callNative(
  reducer: NativeReducer,
  state: Uint8Array | null,
  event: EventIdentity,
  limits: CallLimits,
): NativeOutcome {
  const sizeIn = (state?.length ?? 0) + event.value.length + (event.key?.length ?? 0);
  if (fuelOf(sizeIn) > limits.fuel) return { kind: 'fault', code: 'out-of-fuel' };
  const call = { state: state && decoded(state), event: decoded(event.value), key: event.key };
  const answer = reducer(call);
  if (typeof answer === 'string') return { kind: 'fault', code: answer };
  const output = outputOf(answer);
  const sizeOut = sizeOf(output);
  const fuel = fuelOf(sizeIn + sizeOut);
  if (fuel > limits.fuel) return { kind: 'fault', code: 'out-of-fuel' };
  if (sizeOut > limits.outputBytes) return { kind: 'fault', code: 'module-output-size' };
  return { kind: 'output', output, fuel };
}

function fuelOf(sizeBytes: number): number {
  return BASE_FUEL + FUEL_PER_BYTE * sizeBytes;
}

function outputOf({ state, events = [] }: NativeAnswer): ReducerOutput {
  const bytes = state === null ? null : encode(state);
  return { state: bytes, domainEvents: events, effects: [], ann: null };
}

/** Bytes of the state and of what events carry; names count nothing. */
function sizeOf({ state, domainEvents }: ReducerOutput): number {
  let size = state?.length ?? 0;
  for (const { value, key } of domainEvents) size += value.length + (key?.length ?? 0);
  return size;
}

function decoded(canonical: Uint8Array): Value {
  const value = decode(canonical);
  assert(value.ok, 'states and events were normalized by their schemas');
  return value.value;
}

/** The fields of a value that its schema makes a record. */
export function fieldsOf(value: Value | undefined): ReadonlyMap<Value, Value> {
  assert(value instanceof Map, 'the schema of this value is a record or a map');
  return value;
}
