import { encodeUntagged, utf8, type Value, Writer } from '@aos/canon';
import { isJsonObject, type JsonObject, type JsonValue, newJsonObject } from '../json/value.js';
import { expectedJson, expectedValue, type Run, type TypeNode } from './node.js';
import { MAP, type Scan } from './scan.js';

interface Arm {
  readonly tag: string;
  readonly tagBytes: Uint8Array;
  readonly node: TypeNode;
}

type Arms = ReadonlyMap<string, Arm>;
type Lens = 'fromCbor' | 'fromJson';

const TAG_KEY = encodeUntagged('$tag');
const VALUE_KEY = encodeUntagged('$value');
/** Tag 55799 in front of canonical documents. */
const SELF_DESCRIBE_BYTES = 3;

/** `{"$tag", "$value"}` around canonical member bytes, canonical again. */
export function wrapVariant(tag: string, canonicalMember: Uint8Array): Uint8Array {
  const out = new Writer(canonicalMember.length + utf8(tag).length + 32);
  out.selfDescribe();
  writeHead(out, encodeUntagged(tag));
  out.raw(canonicalMember.subarray(SELF_DESCRIBE_BYTES));
  return out.finish();
}

/**
 * A variant: always `{"$tag", "$value"}` in canonical form.
 *
 * Also read: `{Tag: value}`, `{"$tag"}` of a unit arm, and the bare tag text of a unit arm, which is
 * how common encoders of sum types write it. From JSON the literal `{"tag", "value"}` as well.
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
    scan: (scan) => scanVariant(scan, inOrder),
    fromCbor(value, run) {
      if (typeof value === 'string') return writeBare(findArm(arms, value, run), run);
      if (!(value instanceof Map)) run.refuse('value-type', expectedValue('a variant', value));
      writeMap(value as ReadonlyMap<Value, Value>, arms, run);
    },
    fromJson(json, run) {
      if (typeof json === 'string') return writeBare(findArm(arms, json, run), run);
      if (!isJsonObject(json)) run.refuse('value-type', expectedJson('a variant', json));
      writeObject(json as JsonObject, arms, run);
    },
    toJson(value) {
      const tag = (value as ReadonlyMap<Value, Value>).get('$tag') as string;
      const object = newJsonObject();
      const inner = (value as ReadonlyMap<Value, Value>).get('$value') as Value;
      object[tag] = (arms.get(tag) as Arm).node.toJson(inner);
      return object;
    },
  };
}

function scanVariant(scan: Scan, arms: readonly Arm[]): boolean {
  if (!scan.container(MAP, 2) || scan.argument !== 2 || !scan.literal(TAG_KEY)) return false;
  for (const arm of arms) {
    if (scan.literal(arm.tagBytes)) return scan.literal(VALUE_KEY) && arm.node.scan(scan);
  }
  return false;
}

function writeMap(map: ReadonlyMap<Value, Value>, arms: Arms, run: Run): void {
  const tag = map.get('$tag');
  if (tag !== undefined) {
    assertKeys([...map.keys()], ['$tag', '$value'], run);
    return writeArm(findArm(arms, tag, run), map.get('$value'), run, ['fromCbor', '$value']);
  }
  const only = map.size === 1 ? [...map.keys()][0] : undefined;
  if (typeof only !== 'string') {
    run.refuse('value-type', 'expected {"$tag", "$value"} or a map from one tag to its value');
  }
  const value = map.get(only as string);
  writeArm(findArm(arms, only as string, run), value, run, ['fromCbor', only as string]);
}

function writeObject(json: JsonObject, arms: Arms, run: Run): void {
  const keys = Object.keys(json);
  const only = keys.length === 1 ? (keys[0] as string) : undefined;
  if (only !== undefined && arms.has(only)) {
    return writeArm(findArm(arms, only, run), json[only], run, ['fromJson', only]);
  }
  for (const [tagKey, valueKey] of [
    ['$tag', '$value'],
    ['tag', 'value'],
  ] as const) {
    const tag = json[tagKey];
    if (tag === undefined) continue;
    assertKeys(keys, [tagKey, valueKey], run);
    return writeArm(findArm(arms, tag, run), json[valueKey], run, ['fromJson', valueKey]);
  }
  if (only === undefined) run.refuse('value-type', expectedJson('a variant with one tag', json));
  findArm(arms, only as string, run);
}

function findArm(arms: Arms, tag: Value | JsonValue, run: Run): Arm {
  const arm = typeof tag === 'string' ? arms.get(tag) : undefined;
  if (arm !== undefined) return arm;
  const found = typeof tag === 'string' ? JSON.stringify(tag) : 'no tag';
  return run.refuse('value-unknown-tag', `expected ${[...arms.keys()].join(' | ')}, found ${found}`);
}

function assertKeys(keys: readonly Value[], allowed: readonly string[], run: Run): void {
  for (const key of keys) {
    if (typeof key === 'string' && allowed.includes(key)) continue;
    run.refuse('value-unknown-field', expectedValue(`only ${allowed.join(' and ')}`, key));
  }
}

function writeBare(arm: Arm, run: Run): void {
  writeArm(arm, undefined, run, ['fromCbor', '$value']);
}

/** Writes the arm; a missing value is null for unit arms and a refusal for others. */
function writeArm(
  arm: Arm,
  value: Value | JsonValue | undefined,
  run: Run,
  [lens, key]: readonly [Lens, string],
): void {
  run.charge(4);
  writeHead(run.out, arm.tagBytes);
  if (value !== undefined) run.inside(key, () => arm.node[lens](value as never, run));
  else if (arm.node.isUnit) run.out.nil();
  else run.refuse('value-missing-field', `expected a value for the arm ${JSON.stringify(arm.tag)}`);
}

function writeHead(out: Writer, tagBytes: Uint8Array): void {
  out.mapHead(2);
  out.raw(TAG_KEY);
  out.raw(tagBytes);
  out.raw(VALUE_KEY);
}
