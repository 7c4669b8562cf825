import { assert, encodeUntagged, type Value, Writer } from '@aos/canon';
import { isJsonObject, type JsonValue, newJsonObject } from '../json/value.js';
import { expectedJson, expectedValue, nameSome, type Run, type TypeNode } from './node.js';
import { MAP, type Scan } from './scan.js';

interface Arm {
  readonly tag: string;
  readonly tagBytes: Uint8Array;
  readonly node: TypeNode;
}

type Arms = ReadonlyMap<string, Arm>;

/** The arm that a form names, its value if there is one, and the key under which it stands. */
interface Chosen<I> {
  readonly arm: Arm;
  readonly value: I | undefined;
  readonly place: string;
}

const TAG_KEY = encodeUntagged('$tag');
const VALUE_KEY = encodeUntagged('$value');
/** The two spellings of a tag beside its value: as in bytes, and as a literal. */
const TAGGED_KEYS = [
  ['$tag', '$value'],
  ['tag', 'value'],
] as const;

/** Tag 55799 in front of canonical documents. */
const SELF_DESCRIBE_BYTES = 3;
/** Head of the map and its two keys. */
const HEAD_BYTES = 1 + 5 + 7;
/** Up to this many arms are tried one by one; beyond, the tag is looked up. */
const MAX_TRIED_ARMS = 16;

/** `{"$tag", "$value"}` around canonical member bytes, canonical again. */
export function wrapVariant(tag: string, canonicalMember: Uint8Array): Uint8Array {
  assert(canonicalMember[0] === 0xd9 && canonicalMember[2] === 0xf7, 'a member is canonical');
  const tagBytes = encodeUntagged(tag);
  const out = new Writer(canonicalMember.length + tagBytes.length + HEAD_BYTES);
  out.selfDescribe();
  writeHead(out, tagBytes);
  out.raw(canonicalMember.subarray(SELF_DESCRIBE_BYTES));
  return out.finish();
}

/**
 * A variant: always `{"$tag", "$value"}` in canonical form.
 *
 * Also read: `{Tag: value}`; of a unit arm also `{"$tag"}` and the bare tag text, as common
 * encoders of sum types write it; from JSON the literal `{"tag", "value"}` as well.
 */
export function variantNode(types: ReadonlyMap<string, TypeNode>): TypeNode {
  const arms: Arms = new Map(
    [...types].map(([tag, node]) => [tag, { tag, tagBytes: encodeUntagged(tag), node }]),
  );
  const inOrder = [...arms.values()];
  return {
    isOption: false,
    isUnit: false,
    claims: (key) => arms.has(key),
    scan: (scan) => scanVariant(scan, arms, inOrder),
    fromCbor(value, run) {
      const chosen = chooseByValue(value, arms, run);
      writeChosen(chosen, run, (inner) => chosen.arm.node.fromCbor(inner, run));
    },
    fromJson(json, run) {
      const chosen = chooseByJson(json, arms, run);
      writeChosen(chosen, run, (inner) => chosen.arm.node.fromJson(inner, run));
    },
    toJson(value) {
      const map = value as ReadonlyMap<Value, Value>;
      const tag = map.get('$tag') as string;
      const object = newJsonObject();
      object[tag] = (arms.get(tag) as Arm).node.toJson(map.get('$value') as Value);
      return object;
    },
  };
}

function scanVariant(scan: Scan, arms: Arms, inOrder: readonly Arm[]): boolean {
  if (!scan.container(MAP, 2) || scan.argument !== 2 || !scan.literal(TAG_KEY)) return false;
  const arm =
    inOrder.length > MAX_TRIED_ARMS
      ? arms.get(scan.textValue() ?? '')
      : inOrder.find(({ tagBytes }) => scan.literal(tagBytes));
  return arm !== undefined && scan.literal(VALUE_KEY) && arm.node.scan(scan);
}

function chooseByValue(value: Value, arms: Arms, run: Run): Chosen<Value> {
  if (typeof value === 'string') return chooseBare(value, arms, run);
  if (!(value instanceof Map)) run.refuse('value-type', expectedValue('a variant', value));
  const map: ReadonlyMap<Value, Value> = value;
  const tag = map.get('$tag');
  if (tag !== undefined) {
    assertKeys([...map.keys()], ['$tag', '$value'], run);
    return { arm: findArm(arms, tag, run), value: map.get('$value'), place: '$value' };
  }
  const only = map.size === 1 ? [...map.keys()][0] : undefined;
  if (typeof only !== 'string') {
    run.refuse('value-type', 'expected {"$tag", "$value"} or a map from one tag to its value');
  }
  return { arm: findArm(arms, only, run), value: map.get(only), place: only };
}

function chooseByJson(json: JsonValue, arms: Arms, run: Run): Chosen<JsonValue> {
  if (typeof json === 'string') return chooseBare(json, arms, run);
  if (!isJsonObject(json)) run.refuse('value-type', expectedJson('a variant', json));
  const keys = Object.keys(json);
  const only = keys.length === 1 ? (keys[0] as string) : undefined;
  const claimed = only === undefined ? undefined : arms.get(only);
  if (only !== undefined && claimed !== undefined) {
    return { arm: claimed, value: json[only], place: only };
  }
  for (const [tagKey, valueKey] of TAGGED_KEYS) {
    const tag = json[tagKey];
    if (tag === undefined) continue;
    assertKeys(keys, [tagKey, valueKey], run);
    return { arm: findArm(arms, tag, run), value: json[valueKey], place: valueKey };
  }
  if (only === undefined) run.refuse('value-type', expectedJson('a variant with one tag', json));
  return run.insideAll([only], () => ({ arm: findArm(arms, only, run), value: null, place: only }));
}

function chooseBare(tag: string, arms: Arms, run: Run): Chosen<never> {
  return { arm: findArm(arms, tag, run), value: undefined, place: '$value' };
}

function findArm(arms: Arms, tag: Value | JsonValue, run: Run): Arm {
  const arm = typeof tag === 'string' ? arms.get(tag) : undefined;
  if (arm !== undefined) return arm;
  const found = typeof tag === 'string' ? JSON.stringify(tag) : 'no tag';
  return run.refuse(
    'value-unknown-tag',
    `expected one of ${nameSome(arms.keys())}, found ${found}`,
  );
}

function assertKeys(keys: readonly Value[], allowed: readonly string[], run: Run): void {
  for (const key of keys) {
    if (typeof key === 'string' && allowed.includes(key)) continue;
    run.refuse('value-unknown-field', expectedValue(`only ${allowed.join(' and ')}`, key));
  }
}

/** Writes the arm; a missing value is null for unit arms and a refusal for others. */
function writeChosen<I>(
  { arm, value, place }: Chosen<I>,
  run: Run,
  write: (value: I) => void,
): void {
  run.charge(4);
  writeHead(run.out, arm.tagBytes);
  if (value !== undefined) run.inside(place, () => write(value));
  else if (arm.node.isUnit) run.out.nil();
  else run.refuse('value-missing-field', `expected a value for the arm ${JSON.stringify(arm.tag)}`);
}

function writeHead(out: Writer, tagBytes: Uint8Array): void {
  out.mapHead(2);
  out.raw(TAG_KEY);
  out.raw(tagBytes);
  out.raw(VALUE_KEY);
}
