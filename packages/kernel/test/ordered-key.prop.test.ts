/** Laws of ordered keys, against the natural order of values (spec H2). */
import type { ValueType } from '@aos/air';
import { bytesEqual, compareBytes, encode, type Value } from '@aos/canon';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyPrefix } from '../src/cells/key-prefix.js';
import { orderedKey } from '../src/cells/ordered-key.js';
import { keyType } from './typed-keys.js';

/** Two values of one type. */
const pairOfKeys = keyType.chain((key) =>
  fc.tuple(fc.constant(key), fc.array(key.value, { minLength: 2, maxLength: 2 })),
);
const startsWith = (whole: Uint8Array, start: Uint8Array) =>
  bytesEqual(whole.subarray(0, start.length), start);
const TEXT: ValueType = { kind: 'text', depth: 1 };
const NAT: ValueType = { kind: 'nat', depth: 1 };

describe('ordered keys', () => {
  it('have the order of the values, and are equal only for equal values', () => {
    fc.assert(
      fc.property(pairOfKeys, ([{ type, order }, [a, b]]) => {
        const [left, right] = [a, b].map((value) => orderedKey(type, encode(value as Value)));
        const byKey = compareBytes(left as Uint8Array, right as Uint8Array);
        expect(Math.sign(byKey)).toBe(Math.sign(order(a as Value, b as Value)));
        const isSame = bytesEqual(encode(a as Value), encode(b as Value));
        expect(byKey === 0).toBe(isSame);
      }),
      { numRuns: 5000 },
    );
  });

  it('are no prefix of one another', () => {
    fc.assert(
      fc.property(pairOfKeys, ([{ type }, [a, b]]) => {
        fc.pre(!bytesEqual(encode(a as Value), encode(b as Value)));
        const [left, right] = [a, b].map((value) => orderedKey(type, encode(value as Value)));
        expect(startsWith(left as Uint8Array, right as Uint8Array)).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });

  it('do not depend on the order in which fields are declared', () => {
    const key = encode({ aa: 'x', b: 7 });
    const fields: readonly (readonly [string, ValueType])[] = [
      ['aa', TEXT],
      ['b', NAT],
    ];
    const declared = (each: typeof fields): ValueType => ({
      kind: 'record',
      fields: new Map(each),
      depth: 2,
    });
    expect(orderedKey(declared(fields), key)).toEqual(
      orderedKey(declared(fields.toReversed()), key),
    );
  });

  it('of a text share a prefix exactly when the texts do', () => {
    const text = fc.string({ unit: fc.constantFrom('\0', '\x01', 'a', 'é'), maxLength: 4 });
    fc.assert(
      fc.property(text, text, (start, whole) => {
        const prefix = keyPrefix(TEXT, { text: start });
        const key = orderedKey(TEXT, encode(whole));
        expect(prefix.ok && startsWith(key, prefix.value)).toBe(whole.startsWith(start));
      }),
    );
  });

  it('of a record share a prefix exactly when the first fields do', () => {
    const type: ValueType = {
      kind: 'record',
      fields: new Map<string, ValueType>([
        ['name', { kind: 'option', inner: TEXT, depth: 2 }],
        ['org', TEXT],
        ['id', NAT],
      ]),
      depth: 3,
    };
    const part = fc.record({
      id: fc.nat(2),
      org: fc.constantFrom('', 'a', 'ab'),
      name: fc.option(fc.constantFrom('', 'x', 'xy')),
    });
    fc.assert(
      fc.property(part, part, (start, whole) => {
        const key = orderedKey(type, encode(whole));
        const fields = [encode(start.id), encode(start.org)];
        const two = keyPrefix(type, { fields });
        const sameTwo = whole.id === start.id && whole.org === start.org;
        expect(two.ok && startsWith(key, two.value)).toBe(sameTwo);
        const name = start.name ?? '';
        const three = keyPrefix(type, { fields, next: { text: name } });
        const isThree = sameTwo && whole.name?.startsWith(name) === true;
        expect(three.ok && startsWith(key, three.value)).toBe(isThree);
      }),
    );
  });

  it('of an arm share its tag', () => {
    const arms = new Map([
      ['A', TEXT],
      ['AB', TEXT],
    ]);
    const type: ValueType = { kind: 'variant', arms, depth: 2 };
    const prefix = keyPrefix(type, { tag: 'A', next: { text: 'x' } });
    const key = (tag: string, value: string) =>
      orderedKey(type, encode({ $tag: tag, $value: value }));
    expect(prefix.ok && startsWith(key('A', 'xy'), prefix.value)).toBe(true);
    expect(prefix.ok && startsWith(key('AB', 'xy'), prefix.value)).toBe(false);
  });
});

describe('a beginning that no key has', () => {
  const record: ValueType = { kind: 'record', fields: new Map([['a', TEXT]]), depth: 2 };
  const cases: readonly [string, ValueType, Parameters<typeof keyPrefix>[1], string][] = [
    ['text of a number', NAT, { text: 'a' }, 'cell-prefix'],
    ['more fields than there are', record, { fields: [encode('a'), encode('b')] }, 'cell-prefix'],
    [
      'a beginning behind the last field',
      record,
      { fields: [encode('a')], next: { text: '' } },
      'cell-prefix',
    ],
    ['a field of another type', record, { fields: [encode(7)] }, 'cell-key'],
    [
      'an unknown arm',
      { kind: 'variant', arms: new Map([['A', TEXT]]), depth: 2 },
      { tag: 'B' },
      'cell-prefix',
    ],
  ];
  it.each(cases)('is refused: %s', (_name, type, prefix, code) => {
    const found = keyPrefix(type, prefix);
    expect(found.ok ? '' : found.refusal.code).toBe(code);
  });
});

describe('bytes that are no key of the type', () => {
  const cases: readonly [string, ValueType, Uint8Array][] = [
    ['another type', TEXT, encode(7)],
    ['no tag', TEXT, Uint8Array.of(0x61, 0x61)],
    ['a negative natural number', NAT, encode(-1)],
    ['an integer beyond 64 bits', { kind: 'int', depth: 1 }, encode(2n ** 63n)],
    ['a number for a boolean', { kind: 'bool', depth: 1 }, encode(1)],
    ['a number for unit', { kind: 'unit', depth: 1 }, encode(0)],
    ['a hash of other digits', { kind: 'hash', depth: 1 }, encode(`sha256:${'G'.repeat(64)}`)],
    [
      'a record without a field',
      { kind: 'record', fields: new Map([['a', NAT]]), depth: 2 },
      encode({}),
    ],
    [
      'a record with another field',
      { kind: 'record', fields: new Map([['a', NAT]]), depth: 2 },
      encode({ b: 1 }),
    ],
    [
      'an unknown arm',
      { kind: 'variant', arms: new Map([['A', NAT]]), depth: 2 },
      encode({ $tag: 'B', $value: 1 }),
    ],
    [
      'a map of one entry for a variant',
      { kind: 'variant', arms: new Map([['A', NAT]]), depth: 2 },
      encode({ A: 1 }),
    ],
    ['bytes behind the key', NAT, Uint8Array.of(0xd9, 0xd9, 0xf7, 0x01, 0x01)],
    ['a key that ends too early', TEXT, Uint8Array.of(0xd9, 0xd9, 0xf7, 0x62, 0x61)],
    ['a handle', { kind: 'handle', of: 'plan', result: NAT, depth: 2 }, encode(1)],
  ];
  it.each(cases)('are refused: %s', (_name, type, bytes) => {
    expect(() => orderedKey(type, bytes)).toThrow(expect.objectContaining({ code: 'cell-key' }));
  });
});
