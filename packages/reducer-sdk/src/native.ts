/**
 * Runs a reducer of TypeScript as ordinary code, bytes in and bytes out as its module would.
 *
 * 1. For every input the output is that of the module, and where the module traps this throws.
 * 2. What modules do not have is hidden meanwhile: see `script/ambient.ts`.
 *
 * What differs: functions of `Math` may differ in the last digits, memory and fuel are those of the
 * platform, and so are the texts and stacks of the engine's own errors and the source of functions.
 * Variables outside the reducer keep their values from call to call; in the module every call
 * begins as new. A function inside an answer is refused here and dropped by the module.
 */
import {
  decodePlain,
  type Encodable,
  encode,
  Float,
  RefusalError,
  type Result,
  type Value,
  Writer,
} from '@aos/canon';
import { withoutAmbient } from './script/ambient.js';
import type { Origin } from './script/call.js';
import type { Pure } from './script/pure.js';
import type { Answer, Reducer } from './script/reducer.js';

const ABI_VERSION = 1;
const KEEP = 0;
const SET = 1;
const EVENT_ITEMS = 3;
const EFFECT_ITEMS = 4;
const DIGIT = /^[0-9]/;

/** Steps with the bytes of a reducer's input envelope; throws what ends the call. */
export function stepNatively<S, E, A>(reducer: Reducer<S, E, A>, input: Uint8Array): Uint8Array {
  const envelope = openEnvelope(input);
  const event = fieldsOf(envelope.get('event'));
  const state = carried(envelope.get('state') ?? null);
  const value = carried(event.get('value'));
  const origin: Origin = [
    textOf(event.get('schema')),
    bytesOf(event.get('key')),
    carried(envelope.get('ctx') ?? null),
  ];
  const answer = withoutAmbient(() => reducer.dispatch(state, value, origin));
  return encodeAnswer(answer, (envelope.get('state') as Uint8Array | null | undefined) ?? null);
}

/** Runs a pure module with the bytes of its input envelope; throws what ends the call. */
export function runNatively<I, O>(pure: Pure<I, O>, input: Uint8Array): Uint8Array {
  const envelope = openEnvelope(input);
  const value = carried(envelope.get('input'));
  const context = carried(envelope.get('ctx') ?? null);
  const output = withoutAmbient(() => pure.compute(value, context));
  const w = new Writer();
  w.mapHead(1);
  w.text('output');
  w.bytes(encodePlain(output));
  return w.finish();
}

// ---- reading

function openEnvelope(input: Uint8Array): ReadonlyMap<Value, Value> {
  const envelope = fieldsOf(decoded(input));
  if (envelope.get('version') !== ABI_VERSION) throw new RangeError('another ABI version');
  return envelope;
}

function decoded(bytes: Uint8Array): Value {
  return unwrapped(decodePlain(bytes));
}

function unwrapped(result: Result<Value>): Value {
  if (!result.ok) throw new RefusalError(result.refusal);
  return result.value;
}

function fieldsOf(value: Value | undefined): ReadonlyMap<Value, Value> {
  if (value instanceof Map) return value;
  throw new TypeError('expected a map in the envelope');
}

function textOf(value: Value | undefined): string {
  if (typeof value === 'string') return value;
  throw new TypeError('expected text in the envelope');
}

function bytesOf(value: Value | undefined): Uint8Array | null {
  if (value === undefined || value === null) return null;
  if (value instanceof Uint8Array) return value;
  throw new TypeError('expected bytes in the envelope');
}

/** The plain data inside a byte string; undefined for null. */
function carried(value: Value | undefined): unknown {
  if (value === null) return undefined;
  if (!(value instanceof Uint8Array)) throw new TypeError('expected bytes in the envelope');
  return plainOf(decoded(value));
}

/** The plain data that the bridge makes of a value. */
function plainOf(value: Value): unknown {
  if (typeof value === 'number') return BigInt(value);
  if (value instanceof Float) throw new TypeError('a float is no value of the language');
  if (value instanceof Uint8Array) return value.slice();
  if (Array.isArray(value)) return value.map(plainOf);
  return value instanceof Map ? plainMapOf(value) : value;
}

function plainMapOf(map: ReadonlyMap<Value, Value>): unknown {
  const entries = [...map].map(([key, value]) => [plainOf(key), plainOf(value)] as const);
  const named = entries.every(([key]) => typeof key === 'string' && !DIGIT.test(key));
  return named ? Object.fromEntries(entries) : new Map(entries);
}

// ---- writing

/** Plain data as the encoder takes it: an object with nothing but a tag gains its null. */
function encodableOf(plain: unknown): Encodable {
  if (Array.isArray(plain)) return plain.map(encodableOf);
  if (plain instanceof Map) {
    return new Map([...plain].map(([key, value]) => [encodableOf(key), encodableOf(value)]));
  }
  if (typeof plain !== 'object' || plain === null || plain instanceof Uint8Array) {
    return plain as Encodable;
  }
  const entries = Object.entries(plain).map(([name, value]) => [name, encodableOf(value)] as const);
  if (entries.length === 1 && entries[0]?.[0] === '$tag') entries.push(['$value', null]);
  return new Map(entries);
}

function encodePlain(plain: unknown): Uint8Array {
  return encode(encodableOf(plain));
}

function encodeAnswer(answer: Answer, given: Uint8Array | null): Uint8Array {
  const [mode, state, events, effects, annotation] = answer;
  const w = new Writer();
  w.mapHead(4);
  w.text('state');
  writeCarried(w, mode === SET ? encodePlain(state) : mode === KEEP ? given : null);
  w.text('domain_events');
  w.listHead(events.length / EVENT_ITEMS);
  for (let i = 0; i < events.length; i += EVENT_ITEMS) writeEvent(w, events.slice(i));
  w.text('effects');
  w.listHead(effects.length / EFFECT_ITEMS);
  for (let i = 0; i < effects.length; i += EFFECT_ITEMS) writeEffect(w, effects.slice(i));
  w.text('ann');
  writeCarried(w, annotation === undefined ? null : encodePlain(annotation));
  return w.finish();
}

function writeCarried(w: Writer, bytes: Uint8Array | null): void {
  if (bytes) w.bytes(bytes);
  else w.nil();
}

function writeEvent(w: Writer, [schema, value, key]: readonly unknown[]): void {
  w.mapHead(key === null ? 2 : 3);
  w.text('schema');
  w.text(schema as string);
  w.text('value');
  w.bytes(encodePlain(value));
  writeOptional(w, 'key', key);
}

function writeEffect(w: Writer, [kind, params, slot, key]: readonly unknown[]): void {
  w.mapHead(2 + Number(slot !== null) + Number(key !== null));
  w.text('kind');
  w.text(kind as string);
  w.text('params_cbor');
  w.bytes(encodePlain(params));
  writeOptional(w, 'cap_slot', slot);
  writeOptional(w, 'idempotency_key', key);
}

function writeOptional(w: Writer, name: string, value: unknown): void {
  if (value === null) return;
  w.text(name);
  w.value(value as Encodable);
}
