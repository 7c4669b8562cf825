/** Random key types with random values, and the natural order of values, from its definition. */
import type { ValueType } from '@aos/air';
import { compareBytes, compareDec128, encodeUntagged, parseDec128, type Value } from '@aos/canon';
import fc from 'fast-check';

type Scalar = Exclude<ValueType, { readonly inner: unknown }>['kind'] & string;
type Order = (a: Value, b: Value) => number;

export interface KeyType {
  readonly type: ValueType;
  /** Canonical values. */
  readonly value: fc.Arbitrary<Value>;
  readonly order: Order;
}

const DEPTH = 1;
const hex = (size: number) =>
  fc.string({ unit: fc.constantFrom(...'0129af'), minLength: size, maxLength: size });
const narrowed = (value: bigint): Value =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value;
const integer = (min: bigint, max: bigint): fc.Arbitrary<Value> =>
  fc
    .oneof(fc.bigInt(min, max), fc.bigInt(min < 0n ? -300n : 0n, 300n), fc.constantFrom(min, max))
    .map(narrowed);
const numeric: Order = (a, b) => {
  const difference = BigInt(a as number | bigint) - BigInt(b as number | bigint);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};
const byCodePoint: Order = (a, b) => {
  const [left, right] = [[...(a as string)], [...(b as string)]];
  const points = (list: string[]) => list.map((each) => each.codePointAt(0) as number);
  return lexicographic((x, y) => (x as number) - (y as number))(points(left), points(right));
};
const decimal = fc
  .tuple(fc.bigInt(-2000n, 2000n), fc.integer({ min: -34, max: 30 }), fc.bigInt(0n, 10n ** 12n))
  .map(([head, exponent, tail]) =>
    parseDec128(`${head}${tail % 3n === 0n ? tail : ''}e${exponent}`),
  )
  .filter((each) => each.ok)
  .map((each) => (each.ok ? each.value : ''));
const signed = integer(-(2n ** 63n), 2n ** 63n - 1n);
const text = fc.string({
  unit: fc.constantFrom('\0', '\x01', '\x02', 'a', 'b', 'é', '\uffff', '😀'),
  maxLength: 4,
});

const scalars: readonly [Scalar, fc.Arbitrary<Value>, Order][] = [
  ['unit', fc.constant(null), () => 0],
  ['bool', fc.boolean(), (a, b) => Number(a) - Number(b)],
  ['nat', integer(0n, 2n ** 64n - 1n), numeric],
  ['int', signed, numeric],
  ['time', signed, numeric],
  ['duration', signed, numeric],
  ['dec128', decimal, (a, b) => compareDec128(a as string, b as string)],
  ['text', text, byCodePoint],
  [
    'bytes',
    fc
      .array(fc.constantFrom(0, 1, 2, 3, 255), { maxLength: 4 })
      .map((list) => Uint8Array.from(list)),
    (a, b) => compareBytes(a as Uint8Array, b as Uint8Array),
  ],
  ['hash', hex(64).map((digits) => `sha256:${digits}`), byCodePoint],
  [
    'uuid',
    hex(32).map((all) =>
      [0, 8, 12, 16, 20].map((at, i, cuts) => all.slice(at, cuts[i + 1])).join('-'),
    ),
    byCodePoint,
  ],
];

function lexicographic(order: Order): (a: readonly Value[], b: readonly Value[]) => number {
  return (a, b) => {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const difference = order(a[i] as Value, b[i] as Value);
      if (difference !== 0) return difference;
    }
    return a.length - b.length;
  };
}

const scalar: fc.Arbitrary<KeyType> = fc
  .constantFrom(...scalars)
  .map(([kind, value, order]) => ({ type: { kind, depth: DEPTH } as ValueType, value, order }));

const option = ({ type: inner, value, order }: KeyType): KeyType => ({
  type: { kind: 'option', inner, depth: DEPTH },
  value: fc.option(value),
  order: (a, b) =>
    a === null || b === null ? Number(a !== null) - Number(b !== null) : order(a, b),
});

const list = ({ type: item, value, order }: KeyType): KeyType => ({
  type: { kind: 'list', item, depth: DEPTH },
  value: fc.array(value, { maxLength: 3 }),
  order: (a, b) => lexicographic(order)(a as Value[], b as Value[]),
});

/** Canonical: in the order of encoded items, each once. */
const set = ({ type: item, value, order }: KeyType): KeyType => ({
  type: { kind: 'set', item, depth: DEPTH },
  value: fc
    .uniqueArray(value, { maxLength: 4, selector: (each) => String(encodeUntagged(each)) })
    .map((items) => items.sort((a, b) => compareBytes(encodeUntagged(a), encodeUntagged(b)))),
  order: (a, b) =>
    lexicographic(order)((a as Value[]).toSorted(order), (b as Value[]).toSorted(order)),
});

const map = ([key, inner]: readonly [KeyType, KeyType]): KeyType => {
  const byEntry: Order = (a, b) => {
    const [[aKey, aValue], [bKey, bValue]] = [a as [Value, Value], b as [Value, Value]];
    return key.order(aKey, bKey) || inner.order(aValue, bValue);
  };
  const entries = (value: Value) => [...(value as Map<Value, Value>)].sort(byEntry);
  return {
    type: { kind: 'map', key: key.type, value: inner.type, depth: DEPTH },
    value: fc
      .uniqueArray(fc.tuple(key.value, inner.value), {
        maxLength: 3,
        selector: ([each]) => String(encodeUntagged(each)),
      })
      .map((pairs) => new Map(pairs)),
    order: (a, b) => lexicographic(byEntry)(entries(a), entries(b)),
  };
};

/** Names whose canonical order is not the order of the text. */
const FIELDS = ['b', 'aa', 'é', 'a'];

const record = (members: readonly KeyType[]): KeyType => {
  const fields = members.map((member, i) => [FIELDS[i] as string, member] as const);
  const inOrder = fields.toSorted(([a], [b]) => compareBytes(encodeUntagged(a), encodeUntagged(b)));
  return {
    type: {
      kind: 'record',
      fields: new Map(fields.map(([name, { type }]) => [name, type])),
      depth: DEPTH,
    },
    value: fc
      .tuple(...members.map(({ value }) => value))
      .map((values) => new Map(values.map((value, i) => [FIELDS[i] as string, value]))),
    order(a, b) {
      const [left, right] = [a as Map<string, Value>, b as Map<string, Value>];
      for (const [name, { order }] of inOrder) {
        const difference = order(left.get(name) as Value, right.get(name) as Value);
        if (difference !== 0) return difference;
      }
      return 0;
    },
  };
};

const variant = (members: readonly KeyType[]): KeyType => {
  const arms = new Map(members.map((member, i) => [FIELDS[i] as string, member]));
  const parts = (value: Value) => {
    const map = value as Map<Value, Value>;
    return { tag: map.get('$tag') as string, inner: map.get('$value') as Value };
  };
  return {
    type: {
      kind: 'variant',
      arms: new Map([...arms].map(([name, { type }]) => [name, type])),
      depth: DEPTH,
    },
    value: fc.oneof(
      ...[...arms].map(([tag, { value }]) =>
        value.map(
          (inner) =>
            new Map<Value, Value>([
              ['$tag', tag],
              ['$value', inner],
            ]),
        ),
      ),
    ),
    order(a, b) {
      const [left, right] = [parts(a), parts(b)];
      const byTag = byCodePoint(left.tag, right.tag);
      return byTag || (arms.get(left.tag) as KeyType).order(left.inner, right.inner);
    },
  };
};

/** Types of every kind that data has, nested. */
export const keyType: fc.Arbitrary<KeyType> = fc.letrec<{ any: KeyType }>((tie) => {
  const some = fc.array(tie('any'), { minLength: 1, maxLength: FIELDS.length });
  return {
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      scalar,
      tie('any').map(option),
      tie('any').map(list),
      tie('any').map(set),
      fc.tuple(tie('any'), tie('any')).map(map),
      some.map(record),
      some.map(variant),
    ),
  };
}).any;
