/** Random types with random values of them, in both JSON lenses. */
import { toBase64, type Value } from '@aos/canon';
import fc from 'fast-check';
import type { JsonValue, TypeExpr } from '../src/index.js';

/** One value, written in the sugar lens, in the tagged lens, and with both mixed. */
interface Lenses {
  readonly sugar: JsonValue;
  readonly tagged: JsonValue;
  readonly mixed: JsonValue;
}

export interface TypedValue extends Lenses {
  readonly type: TypeExpr;
}

/** Field and arm names; none of them is a key of the tagged lens. */
const PLAIN_NAMES = ['a', 'bb', 'Start', 'é', '__proto__', 'constructor', 'text', '10', '9'];

/** Names that tagged forms use, under which sugar must still come back as it was. */
const CAPTURED_NAMES = ['record', 'null', 'map', 'tag', 'value', 'list', 'variant', '$value'];

const hex = (size: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: size, maxLength: size });

const same = (tag: string, arbitrary: fc.Arbitrary<JsonValue>): fc.Arbitrary<Lenses> =>
  arbitrary.map((sugar) => ({ sugar, tagged: { [tag]: sugar }, mixed: { [tag]: sugar } }));

const integer = (min: bigint, max: bigint): fc.Arbitrary<JsonValue> =>
  fc
    .oneof(fc.bigInt(min, max), fc.bigInt(-30n, 300n), fc.constantFrom(min, max))
    .filter((each) => each >= min)
    .map((each) => (Number.isSafeInteger(Number(each)) ? Number(each) : each));

const int = integer(-(2n ** 63n), 2n ** 63n - 1n);
const nat = integer(0n, 2n ** 64n - 1n);
const text = fc.string({ unit: 'grapheme', maxLength: 30 });
const hash = hex(64).map((digits) => `sha256:${digits}`);
const uuid = hex(32).map((digits) =>
  [0, 8, 12, 16, 20].map((at, i, all) => digits.slice(at, all[i + 1])).join('-'),
);
const dec128 = fc
  .tuple(fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.integer({ min: -10, max: 10 }))
  .map(([digits, exponent]) => `${digits}e${exponent}`);

const SCALARS: { readonly [word: string]: fc.Arbitrary<Lenses> } = {
  bool: same('bool', fc.boolean()),
  int: same('int', int),
  nat: same('nat', nat),
  dec128: same('dec128', dec128),
  bytes: same('bytes_b64', fc.uint8Array({ maxLength: 40 }).map(toBase64)),
  text: same('text', text),
  time: same('time_ns', int),
  duration: same('duration_ns', int),
  hash: same('hash', hash),
  uuid: same('uuid', uuid),
  unit: fc.constant({ sugar: null, tagged: { null: {} }, mixed: null }),
};

const KEYS = ['int', 'nat', 'text', 'uuid', 'hash'] as const;

function fields(
  entries: readonly (readonly [string, TypedValue])[],
  pick: (each: TypedValue) => unknown,
): never {
  const object = Object.create(null);
  for (const [name, each] of entries) object[name] = pick(each);
  return object as never;
}

/** A random type with a value of it. `names` are those of fields and arms. */
function typedValue(names: readonly string[], depth: number): fc.Arbitrary<TypedValue> {
  const scalar = fc.constantFrom(...Object.keys(SCALARS)).chain((word) =>
    (SCALARS[word] as fc.Arbitrary<Lenses>).map((lenses) => ({
      type: { [word]: {} } as unknown as TypeExpr,
      ...lenses,
    })),
  );
  if (depth === 0) return scalar;
  const inner = typedValue(names, depth - 1);
  const entries = fc.uniqueArray(fc.tuple(fc.constantFrom(...names), inner), {
    selector: ([name]) => name,
    minLength: 1,
    maxLength: 4,
  });
  return fc.oneof(
    scalar,
    inner.map(option),
    fc.boolean().chain((isSet) => inner.map((each) => sequence(each, isSet ? 'set' : 'list'))),
    entries.map(record),
    entries.map(variant),
    fc.constantFrom(...KEYS).chain((key) => map(key, inner)),
  );
}

function option(inner: TypedValue): TypedValue {
  return { ...inner, type: { option: inner.type } };
}

function sequence(item: TypedValue, word: 'list' | 'set'): TypedValue {
  const twice = (each: JsonValue) => [each, each];
  return {
    type: { [word]: item.type } as unknown as TypeExpr,
    sugar: twice(item.sugar),
    tagged: { [word]: twice(item.tagged) },
    mixed: [item.mixed, item.tagged],
  };
}

function record(entries: readonly (readonly [string, TypedValue])[]): TypedValue {
  return {
    type: { record: fields(entries, ({ type }) => type) },
    sugar: fields(entries, ({ sugar }) => sugar),
    tagged: { record: fields(entries, ({ tagged }) => tagged) },
    mixed: { record: fields(entries, ({ mixed }) => mixed) },
  };
}

function variant(entries: readonly (readonly [string, TypedValue])[]): TypedValue {
  const [tag, chosen] = entries[0] as readonly [string, TypedValue];
  return {
    type: { variant: fields(entries, ({ type }) => type) },
    sugar: fields([[tag, chosen]], ({ sugar }) => sugar),
    tagged: { tag, value: chosen.tagged },
    mixed: { $tag: tag, $value: chosen.mixed },
  };
}

function map(
  key: (typeof KEYS)[number],
  inner: fc.Arbitrary<TypedValue>,
): fc.Arbitrary<TypedValue> {
  const keys = fc.uniqueArray(SCALARS[key] as fc.Arbitrary<Lenses>, {
    selector: ({ sugar }) => String(sugar),
    maxLength: 4,
  });
  return fc.tuple(keys, inner).map(([each, value]) => ({
    type: { map: { key: { [key]: {} } as never, value: value.type } },
    sugar: each.map((k) => [k.sugar, value.sugar]),
    tagged: { map: each.map((k) => ({ key: k.tagged, value: value.tagged })) },
    mixed: each.map((k) => [k.mixed, value.mixed]),
  }));
}

export const plainlyNamed: fc.Arbitrary<TypedValue> = typedValue(PLAIN_NAMES, 3);
export const anyNamed: fc.Arbitrary<TypedValue> = typedValue(
  [...PLAIN_NAMES, ...CAPTURED_NAMES],
  3,
);

/** CBOR as a careless encoder writes it: maps backwards, long heads, text in chunks, no tag. */
export function carelessCbor(value: Value): number[] {
  if (value === null) return [0xf6];
  if (typeof value === 'boolean') return [value ? 0xf5 : 0xf4];
  if (typeof value === 'number' || typeof value === 'bigint') {
    return value < 0 ? longHead(0x20, -1n - BigInt(value)) : longHead(0x00, BigInt(value));
  }
  if (typeof value === 'string') {
    const utf8 = Buffer.from(value);
    return [0x7f, ...longHead(0x60, BigInt(utf8.length)), ...utf8, 0xff];
  }
  if (value instanceof Uint8Array) return [...longHead(0x40, BigInt(value.length)), ...value];
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<Value, Value>)].reverse();
    return [0xbf, ...entries.flat().flatMap(carelessCbor), 0xff];
  }
  const items = value as readonly Value[];
  return [...longHead(0x80, BigInt(items.length)), ...items.flatMap(carelessCbor)];
}

function longHead(major: number, argument: bigint): number[] {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(argument);
  return [major | 27, ...bytes];
}
