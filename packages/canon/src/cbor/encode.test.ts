import { describe, expect, test } from 'vitest';
import { toHex } from '../bytes.js';
import { attempt } from '../result.js';
import { encode, encodeUntagged } from './encode.js';
import { type Encodable, Float } from './value.js';

function check(value: Encodable, expected: string): void {
  expect(toHex(encodeUntagged(value))).toBe(expected);
  expect(toHex(encode(value))).toBe(`d9d9f7${expected}`);
}

function refusalOf(value: unknown): { code: string; at: string } | undefined {
  const result = attempt(() => encode(value as Encodable));
  return result.ok ? undefined : { code: result.refusal.code, at: result.refusal.at };
}

describe('numbers', () => {
  test('are integers, a bigint or not', () => {
    for (const value of [0, 23, 24, 65_536, -1, -25, 2 ** 53 - 1, 1 - 2 ** 53]) {
      expect(encode(BigInt(value))).toEqual(encode(value));
    }
    check(-0, '00');
    check(2n ** 64n - 1n, '1bffffffffffffffff');
    check(-(2n ** 64n), '3bffffffffffffffff');
  });

  test.each([0.5, Number.NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 53), 1e300])(
    '%d is refused outside a Float',
    (value) => {
      expect(refusalOf(value)).toEqual({ code: 'number-not-integer', at: '' });
      expect(refusalOf({ a: [value] })).toEqual({ code: 'number-not-integer', at: '/a/0' });
    },
  );

  test.each([2n ** 64n, -(2n ** 64n) - 1n, 10n ** 40n, -(10n ** 40n)])(
    '%d is beyond the range',
    (value) => {
      expect(refusalOf([0, value])).toEqual({ code: 'integer-range', at: '/1' });
    },
  );

  test('in a Float stay floats', () => {
    check(new Float(1), 'f93c00');
    check(new Float(-0), 'f98000');
    check(new Float(-Number.NaN), 'f97e00');
  });
});

describe('objects', () => {
  test('are text-keyed maps without their undefined fields', () => {
    check({ b: 1, a: undefined, c: null }, 'a261620161 63f6'.replace(' ', ''));
    check({ a: undefined }, 'a0');
    expect(encode({ b: 1, aa: 2 })).toEqual(
      encode(
        new Map([
          ['aa', 2],
          ['b', 1],
        ]),
      ),
    );
    check(Object.assign(Object.create(null), { a: 1 }), 'a1616101');
    check(JSON.parse('{"__proto__": 1}'), 'a1695f5f70726f746f5f5f01');
  });

  test('have their keys ordered by their UTF-8', () => {
    const keys = ['', 'b', 'a', '10', '9', 'é', 'aa', 'z', '\uffff', '\u{10000}', 'zzz', 'ê'];
    const expected = ['', '9', 'a', 'b', 'z', '10', 'aa', 'é', 'ê', 'zzz', '\uffff', '\u{10000}'];
    const build = (names: string[]) => Object.fromEntries(names.map((name) => [name, name.length]));
    const ordered = new Map(expected.map((name) => [name, name.length]));
    expect(encode(build(keys))).toEqual(encode(ordered));
    expect(encode(build(keys.toReversed()))).toEqual(encode(ordered));
  });

  test('with many fields are ordered too', () => {
    const names = Array.from({ length: 500 }, (_, i) =>
      `k${(i * 7919) % 500}é`.slice(0, 2 + (i % 4)),
    );
    const entries = [...new Set(names)].map((name, i): [string, number] => [name, i]);
    const shuffled = encode(Object.fromEntries(entries));
    expect(encode(new Map(entries))).toEqual(shuffled);
    expect(encode(Object.fromEntries(entries.reverse()))).toEqual(shuffled);
  });

  test.each([
    ['a date', new Date(0)],
    ['a set', new Set()],
    ['a boxed number', Object(1)],
    ['another typed array', new Uint16Array(2)],
    ['a buffer', new ArrayBuffer(2)],
    ['an instance', new (class A {})()],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['undefined', undefined],
    ['a Float without number', new Float('1' as never)],
  ])('that are %s have no encoding', (_, value) => {
    expect(refusalOf(value)).toEqual({ code: 'not-encodable', at: '' });
    expect(refusalOf([value])).toEqual({ code: 'not-encodable', at: '/0' });
    expect(refusalOf(new Map([[1, value]]))).toEqual({ code: 'not-encodable', at: '/#0' });
  });

  test('whose fields vanish while they are read are refused', () => {
    const vanishing = {
      get a() {
        delete (this as Record<string, unknown>).b;
        return 1;
      },
      b: 2,
    };
    expect(refusalOf(vanishing)?.code).toBe('not-encodable');
  });

  test('whose entries change while they are read never give other counts than announced', () => {
    const list: Encodable[] = [];
    list.push({
      get a() {
        list.push(1);
        return 1;
      },
    });
    expect(encode(list)).toEqual(encode([{ a: 1 }]));
    const map = new Map<Encodable, Encodable>();
    map.set(0, {
      get a() {
        map.set(1, 1);
        return 1;
      },
    });
    expect(refusalOf(map)?.code).toBe('not-encodable');
  });

  test('that are lists with a hole are refused', () => {
    const list = [1, 2, 3];
    delete list[1];
    expect(refusalOf(list)).toEqual({ code: 'not-encodable', at: '/1' });
  });
});

describe('maps', () => {
  test.each([
    ['a number and its bigint', [1, 1n]],
    ['zero and minus zero', [0, 0n]],
    ['two equal byte strings', [Uint8Array.of(1), Uint8Array.of(1)]],
    ['two equal lists', [['a'], ['a']]],
    ['two equal floats', [new Float(Number.NaN), new Float(-Number.NaN)]],
    ['a map and an object', [new Map([['a', 1]]), { a: 1 }]],
  ])('refuse %s as keys', (_, keys) => {
    const others: Encodable[] = ['x', 'y', 'zzz', -1];
    for (const order of [
      [...keys, ...others],
      [...others, ...keys],
      [keys[0], ...others, keys[1]],
    ]) {
      const map = new Map(order.map((key, i) => [key, i]));
      expect(refusalOf(map)).toEqual({ code: 'cbor-duplicate-key', at: '' });
      expect(refusalOf({ a: map })).toEqual({ code: 'cbor-duplicate-key', at: '/a' });
    }
  });

  test('are ordered at every level, in keys too', () => {
    const inner = (reverse: boolean) => {
      const entries: [Encodable, Encodable][] = [
        ['a', 1],
        ['b', 2],
      ];
      return new Map(reverse ? entries.reverse() : entries);
    };
    const outer = (reverse: boolean) =>
      new Map<Encodable, Encodable>([
        [inner(reverse), inner(reverse)],
        [[inner(reverse)], 0],
      ]);
    expect(encode(outer(true))).toEqual(encode(outer(false)));
  });
});

describe('a refusal', () => {
  test('names the place as a JSON pointer', () => {
    const bad = Number.NaN;
    expect(refusalOf({ a: { 'b/c~d': [0, { e: bad }] } })?.at).toBe('/a/b~1c~0d/1/e');
    expect(refusalOf(new Map([['k', new Map([['l', bad]])]]))?.at).toBe('/k/l');
    expect(
      refusalOf(
        new Map<unknown, unknown>([
          [7, 1],
          [[bad], 1],
        ]),
      )?.at,
    ).toBe('/#1/0');
  });

  test('of a key does not repeat the key', () => {
    expect(refusalOf({ a: 1, '\ud800': 2 })).toEqual({ code: 'lone-surrogate', at: '/#1' });
    expect(refusalOf(new Map([['\udfff', 1]]))).toEqual({ code: 'lone-surrogate', at: '/#0' });
    expect(refusalOf(['ok', 'é\ud800'])).toEqual({ code: 'lone-surrogate', at: '/1' });
  });
});

test.each([
  ['lists', (inner: unknown) => [inner]],
  ['objects', (inner: unknown) => ({ a: inner })],
  ['maps', (inner: unknown) => new Map([[1, inner]])],
])('values may be 128 %s deep and no deeper', (_, around) => {
  const deep = (levels: number) => {
    let value: unknown = 0;
    for (let level = 0; level < levels; level++) value = around(value);
    return refusalOf(value)?.code;
  };
  expect(deep(128)).toBe(undefined);
  expect(deep(129)).toBe('cbor-depth');
});

test('the answer is a byte array of its own', () => {
  const bytes = encode('abc');
  expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
  expect(bytes.buffer.byteLength).toBe(bytes.length);
});
