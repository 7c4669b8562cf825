/** How a plan instance is written into the leaf of a trie, and read back strictly. */
import {
  asHash,
  decodeUntagged,
  type Encodable,
  encodeUntagged,
  type Hash,
  type Reader,
  sha256,
  type Value,
  type Writer,
} from '@aos/canon';
import {
  type EntryPlace,
  type Instance,
  PLAN_STATUSES,
  RECEIPT_STATUSES,
  shapeRefusal,
} from '@aos/protocol';
import type { LeafCodec, TrieSource } from '../../trie/leaf-codec.js';
import { ObjectsNeeded } from '../../trie/objects-needed.js';
import { placeKey } from '../../world/big-endian.js';
import {
  type ChildHandle,
  type ChildOutcome,
  type EffectHandle,
  type EffectOutcome,
  type EffectParams,
  type ParentLink,
  type PlanInstance,
  type Retry,
  STEP_STATES,
} from './instance.js';

/** Larger instances are objects of their own, so that a small change rewrites little. */
const INLINE_INSTANCE_BYTES = 1024;

/** A leaf: `[seq, i, true, data]`, or `[seq, i, false, hash]` of the object that is the data. */
export function instanceCodec(source: TrieSource): LeafCodec<PlanInstance> {
  return {
    keyOf: ({ id }) => placeKey(id),
    write: writeInstance,
    read: (r) => readInstance(r, source),
    objectsOf(instance) {
      const bytes = encodeData(instance);
      return bytes.length <= INLINE_INSTANCE_BYTES ? [] : [{ hash: sha256(bytes), bytes }];
    },
  };
}

function writeInstance(w: Writer, instance: PlanInstance): void {
  const data = encodeData(instance);
  const isInline = data.length <= INLINE_INSTANCE_BYTES;
  w.listHead(4);
  w.int(instance.id.seq);
  w.int(instance.id.i);
  w.bool(isInline);
  w.bytes(isInline ? data : sha256(data));
}

function readInstance(r: Reader, source: TrieSource): PlanInstance {
  if (r.listHead() !== 4) throw shapeRefusal('shape-field', 'expected 4 items');
  const id = { seq: r.nat(), i: r.nat() };
  const isInline = r.bool();
  const bytes = r.bytes();
  const data = isInline ? bytes : objectOf(hash(bytes), source);
  // What a snapshot holds was bounded when it was made.
  const value = decodeUntagged(data, { maxBytes: data.length, maxItems: data.length });
  if (!value.ok) throw shapeRefusal(value.refusal.code, value.refusal.detail);
  return parseData(id, value.value);
}

function objectOf(hash: Hash, source: TrieSource): Uint8Array {
  const bytes = source.read(hash);
  if (bytes === undefined) throw new ObjectsNeeded([hash]);
  return bytes;
}

function encodeData(instance: PlanInstance): Uint8Array {
  const { plan, manifest, parent, depth, isScheduled, isCancelled, input } = instance;
  const { states, taken, ready, vars, outputs, events, effects, children } = instance;
  return encodeUntagged([
    plan,
    manifest,
    parent === null ? null : [...idOf(parent.instance), parent.step, parent.index],
    depth,
    isScheduled,
    isCancelled,
    input,
    states,
    taken,
    entriesOf(ready, placeItems),
    vars,
    outputs,
    events,
    entriesOf(effects, effectItems),
    entriesOf(children, (handles) => handles.map(childItems)),
    instance.sizeBytes,
  ]);
}

const DATA_ITEMS = 16;

function parseData(id: Instance, value: Value): PlanInstance {
  const items = listOf(value, DATA_ITEMS);
  return {
    id,
    plan: text(items[0]),
    manifest: hash(items[1]),
    parent: nullable(items[2], parseParent),
    depth: nat(items[3]),
    isScheduled: bool(items[4]),
    isCancelled: bool(items[5]),
    input: items[6] as Value,
    states: bytesBelow(items[7], STEP_STATES.length),
    taken: bytesBelow(items[8], 2),
    ready: mapOf(items[9], nat, parsePlace),
    vars: mapOf(items[10], text, itself),
    outputs: mapOf(items[11], text, itself),
    events: mapOf(items[12], nat, itself),
    effects: mapOf(items[13], nat, parseEffect),
    children: mapOf(items[14], nat, parseChildren),
    sizeBytes: nat(items[15]),
  };
}

function effectItems(handle: EffectHandle): Encodable {
  const { attempt, intent, isCancelled, again, retry, outcome } = handle;
  return [
    attempt,
    intent,
    isCancelled,
    again === undefined ? null : [again.params, again.key ?? null],
    retry === undefined ? null : [retry.atNs, retry.due ? placeItems(retry.due) : null],
    outcome === undefined ? null : outcomeItems(outcome),
  ];
}

function outcomeItems({ status, receipt, error, adapterId, costCents }: EffectOutcome): Encodable {
  return [status, optional(receipt), error ?? null, adapterId, costCents ?? null];
}

function parseEffect(value: Value | undefined): EffectHandle {
  const items = listOf(value, 6);
  return {
    attempt: nat(items[0]),
    intent: hash(items[1]),
    isCancelled: bool(items[2]),
    again: nullable(items[3], parseParams) ?? undefined,
    retry: nullable(items[4], parseRetry) ?? undefined,
    outcome: nullable(items[5], parseEffectOutcome) ?? undefined,
  };
}

function parseParams(value: Value): EffectParams {
  const items = listOf(value, 2);
  return { params: bytes(items[0]), key: nullable(items[1], bytes) ?? undefined };
}

function parseRetry(value: Value): Retry {
  const items = listOf(value, 2);
  return { atNs: bigint(items[0]), due: nullable(items[1], parsePlace) ?? undefined };
}

function parseEffectOutcome(value: Value): EffectOutcome {
  const items = listOf(value, 5);
  return {
    status: oneOf(items[0], RECEIPT_STATUSES),
    receipt: parseOptional(items[1]),
    error: nullable(items[2], text) ?? undefined,
    adapterId: text(items[3]),
    costCents: nullable(items[4], bigint) ?? undefined,
  };
}

function childItems({ instance, outcome }: ChildHandle): Encodable {
  const ended = outcome && [outcome.status, outcome.code ?? null, optional(outcome.result)];
  return [...idOf(instance), ended ?? null];
}

function parseChildren(value: Value | undefined): readonly ChildHandle[] {
  if (!Array.isArray(value)) throw unfit('a list');
  return value.map((each: Value): ChildHandle => {
    const items = listOf(each, 3);
    return {
      instance: { seq: nat(items[0]), i: nat(items[1]) },
      outcome: nullable(items[2], parseChildOutcome) ?? undefined,
    };
  });
}

function parseChildOutcome(value: Value): ChildOutcome {
  const items = listOf(value, 3);
  return {
    status: oneOf(items[0], PLAN_STATUSES),
    code: nullable(items[1], text) ?? undefined,
    result: parseOptional(items[2]),
  };
}

function parseParent(value: Value): ParentLink {
  const items = listOf(value, 4);
  const instance = { seq: nat(items[0]), i: nat(items[1]) };
  return { instance, step: nat(items[2]), index: nat(items[3]) };
}

function parsePlace(value: Value | undefined): EntryPlace {
  const items = listOf(value, 2);
  return { seq: nat(items[0]), i: nullable(items[1], nat) };
}

function placeItems({ seq, i }: EntryPlace): Encodable {
  return [seq, i];
}

function idOf({ seq, i }: Instance): readonly [number, number] {
  return [seq, i];
}

/** A value may be null, so one that is not there is an empty list. */
function optional(value: Value | undefined): Encodable {
  return value === undefined ? [] : [value];
}

function parseOptional(value: Value | undefined): Value | undefined {
  if (Array.isArray(value) && value.length < 2) return value[0];
  throw unfit('a list of at most one item');
}

function entriesOf<T>(
  map: ReadonlyMap<number, T>,
  items: (value: T) => Encodable,
): ReadonlyMap<number, Encodable> {
  return new Map([...map].map(([key, value]) => [key, items(value)]));
}

function mapOf<K, T>(
  value: Value | undefined,
  key: (value: Value) => K,
  item: (value: Value) => T,
): ReadonlyMap<K, T> {
  if (!(value instanceof Map)) throw unfit('a map');
  return new Map([...value].map(([each, inner]) => [key(each), item(inner)]));
}

function listOf(value: Value | undefined, size: number): readonly Value[] {
  if (Array.isArray(value) && value.length === size) return value;
  throw unfit(`a list of ${size}`);
}

function nullable<T>(value: Value | undefined, parse: (value: Value) => T): T | null {
  if (value === undefined) throw unfit('an item');
  return value === null ? null : parse(value);
}

function itself(value: Value): Value {
  return value;
}

function text(value: Value | undefined): string {
  if (typeof value === 'string') return value;
  throw unfit('text');
}

function bytes(value: Value | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw unfit('bytes');
}

function hash(value: Value | undefined): Hash {
  const found = bytes(value);
  if (found.length === HASH_BYTES) return asHash(found.slice());
  throw unfit(`${HASH_BYTES} bytes`);
}

const HASH_BYTES = 32;

function bytesBelow(value: Value | undefined, bound: number): Uint8Array {
  const found = bytes(value);
  if (found.every((each) => each < bound)) return found;
  throw unfit(`bytes below ${bound}`);
}

function oneOf<T extends string>(value: Value | undefined, words: readonly T[]): T {
  const found = words.find((each) => each === value);
  if (found !== undefined) return found;
  throw unfit(`one of ${words.join(', ')}`);
}

function bool(value: Value | undefined): boolean {
  if (typeof value === 'boolean') return value;
  throw unfit('a boolean');
}

function nat(value: Value | undefined): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw unfit('a natural number');
}

function bigint(value: Value | undefined): bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return BigInt(value);
  throw unfit('an integer');
}

function unfit(expected: string) {
  return shapeRefusal('shape-field', `plan instance: expected ${expected}`);
}
