/** Random types, random values of a type, and careless ways to write them. */
import type { TypeExpr } from '@aos/air';
import { encodeUntagged, type Value } from '@aos/canon';
import fc from 'fast-check';

/** Names that languages stumble over are among them. */
const NAMES = [
  'static',
  'name',
  'type',
  'constructor',
  'a b',
  'a_b',
  'a',
  'bb',
  'Start',
  'é',
  '__proto__',
  'class',
  'tag',
  'deliver_at_ns',
  '9',
  '$value',
];
const KEYS = ['int', 'nat', 'text', 'uuid', 'hash'] as const;
const SCALARS = ['bool', ...KEYS, 'dec128', 'bytes', 'time', 'duration', 'unit'] as const;

export function typeOfDepth(depth: number): fc.Arbitrary<TypeExpr> {
  const scalar = fc.constantFrom(...SCALARS).map((word) => ({ [word]: {} }) as never as TypeExpr);
  if (depth === 0) return scalar;
  const inner = typeOfDepth(depth - 1);
  const fields = fc
    .uniqueArray(fc.tuple(fc.constantFrom(...NAMES), inner), {
      selector: ([name]) => name,
      minLength: 1,
      maxLength: 4,
    })
    .map((entries) => Object.fromEntries(entries.map(([name, type]) => [`${name}`, type])));
  const enumeration = fc
    .uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 })
    .map((names) => ({ variant: Object.fromEntries(names.map((name) => [name, { unit: {} }])) }));
  return fc.oneof(
    scalar,
    enumeration,
    inner.map((option) => ({ option })),
    inner.map((list) => ({ list })),
    inner.map((set) => ({ set })),
    fields.map((record) => ({ record })),
    fields.map((variant) => ({ variant })),
    fc
      .tuple(fc.constantFrom(...KEYS), inner)
      .map(([key, value]) => ({ map: { key: { [key]: {} } as never, value } })),
  );
}

const hex = (size: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: size, maxLength: size });

const integer = (min: bigint, max: bigint): fc.Arbitrary<Value> =>
  fc
    .oneof(fc.bigInt(min, max), fc.bigInt(-30n, 300n), fc.constantFrom(min, max))
    .filter((each) => each >= min)
    .map((each) => (Number.isSafeInteger(Number(each)) ? Number(each) : each));

const int = integer(-(2n ** 63n), 2n ** 63n - 1n);
const VALUES: { readonly [word: string]: fc.Arbitrary<Value> } = {
  bool: fc.boolean(),
  int,
  time: int,
  duration: int,
  nat: integer(0n, 2n ** 64n - 1n),
  text: fc.string({ unit: 'grapheme', maxLength: 30 }),
  bytes: fc.uint8Array({ maxLength: 300 }),
  hash: hex(64).map((digits) => `sha256:${digits}`),
  uuid: hex(32).map((digits) =>
    [0, 8, 12, 16, 20].map((at, i, all) => digits.slice(at, all[i + 1])).join('-'),
  ),
  dec128: fc
    .tuple(fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.integer({ min: -10, max: 10 }))
    .map(([digits, exponent]) => `${digits}e${exponent}`),
  unit: fc.constant(null),
};

/** A value of a type, in any of the forms that are read. */
export function valuesOf(type: TypeExpr): fc.Arbitrary<Value> {
  if ('option' in type) return fc.oneof(fc.constant(null), valuesOf(type.option));
  if ('list' in type) return fc.array(valuesOf(type.list), { maxLength: 4 });
  if ('set' in type) return fc.array(valuesOf(type.set), { maxLength: 30 });
  if ('record' in type) return recordOf(type.record);
  if ('variant' in type) return variantOf(type.variant);
  if ('map' in type) return mapOf(type.map.key, type.map.value);
  return VALUES[Object.keys(type)[0] as string] as fc.Arbitrary<Value>;
}

function mapOf(key: TypeExpr, value: TypeExpr): fc.Arbitrary<Value> {
  const entry = fc.tuple(valuesOf(key), valuesOf(value));
  return fc
    .uniqueArray(entry, { selector: ([each]) => String(each), maxLength: 30 })
    .map((entries) => new Map(entries));
}

/** Options that are null are left out now and then. */
function recordOf(fields: { readonly [name: string]: TypeExpr }): fc.Arbitrary<Value> {
  const entries = Object.entries(fields).map(([name, type]) =>
    fc
      .tuple(valuesOf(type), fc.boolean())
      .map(([value, leaves]): [string, Value][] =>
        'option' in type && value === null && leaves ? [] : [[name, value]],
      ),
  );
  return fc.tuple(...entries).map((all) => new Map<Value, Value>(all.flat()));
}

function variantOf(arms: { readonly [name: string]: TypeExpr }): fc.Arbitrary<Value> {
  return fc.constantFrom(...Object.entries(arms)).chain(([tag, type]) =>
    fc.tuple(valuesOf(type), fc.nat(4)).map(([value, form]): Value => {
      const isUnit = 'unit' in type;
      if (form === 0 && isUnit) return tag;
      if (form === 1 && isUnit) return new Map([['$tag', tag]]);
      if (form === 2 && tag !== '$tag') return new Map([[tag, value]]);
      const entries: [string, Value][] = [
        ['$tag', tag],
        ['$value', value],
      ];
      return new Map(form === 3 ? entries.reverse() : entries);
    }),
  );
}

/** CBOR with maps in the order of the value, and with long heads where `isLong` says so. */
export function carelessCbor(value: Value, isLong: () => boolean): number[] {
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<Value, Value>)].flat();
    return [...head(5, entries.length / 2, isLong), ...carelessItems(entries, isLong)];
  }
  if (Array.isArray(value)) {
    return [...head(4, value.length, isLong), ...carelessItems(value, isLong)];
  }
  if (value instanceof Uint8Array) return [...head(2, value.length, isLong), ...value];
  if (typeof value === 'string') {
    const utf8 = Buffer.from(value);
    return [...head(3, utf8.length, isLong), ...utf8];
  }
  if (typeof value === 'number' || typeof value === 'bigint') {
    return value < 0 ? head(1, -1n - BigInt(value), isLong) : head(0, value, isLong);
  }
  return [...encodeUntagged(value)];
}

function carelessItems(items: readonly Value[], isLong: () => boolean): number[] {
  return items.flatMap((item) => carelessCbor(item, isLong));
}

function head(major: number, argument: number | bigint, isLong: () => boolean): number[] {
  const shortest = [...encodeUntagged(argument)];
  const [first = 0, ...rest] = shortest;
  if (!isLong()) return [(major << 5) | first, ...rest];
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(argument));
  return [(major << 5) | 27, ...bytes];
}
