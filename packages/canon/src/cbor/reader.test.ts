import { describe, expect, test } from 'vitest';
import { toHex } from '../bytes.js';
import { attempt } from '../result.js';
import { encode, encodeUntagged } from './encode.js';
import { Reader } from './reader.js';
import type { Encodable } from './value.js';

function readerOf(value: Encodable): Reader {
  return new Reader(encodeUntagged(value));
}

function refusalOf(run: () => unknown): string | undefined {
  const result = attempt(run);
  return result.ok ? undefined : `${result.refusal.code} ${result.refusal.at}`;
}

test('a fixed shape is read item by item', () => {
  const hash = new Uint8Array(32).fill(7);
  const reader = new Reader(encode({ seq: 7, prev: hash, live: true, rest: [null, -3, [1]] }));
  reader.selfDescribe();
  expect(reader.mapHead()).toBe(4);
  reader.key('seq');
  expect(reader.nat()).toBe(7);
  expect(reader.keyIs('live')).toBe(true);
  expect(reader.bool()).toBe(true);
  expect(reader.keyIs('prev')).toBe(true);
  expect(reader.bytes()).toEqual(hash);
  reader.key('rest');
  expect(reader.listHead()).toBe(3);
  expect(reader.isNil()).toBe(true);
  expect(reader.isNil()).toBe(false);
  expect(reader.int()).toBe(-3);
  expect(reader.value()).toEqual([1]);
  expect(refusalOf(() => reader.end())).toBeUndefined();
});

test('a run of bytes is consumed whole or not at all', () => {
  const reader = new Reader(encodeUntagged(['a', 1]));
  expect(reader.literalIs(Uint8Array.of(0x82, 0x61, 0x62))).toBe(false);
  expect(reader.literalIs(Uint8Array.of(0x82, 0x61, 0x61, 0x01, 0x00))).toBe(false);
  expect(reader.literalIs(Uint8Array.of(0x82, 0x61, 0x61))).toBe(true);
  expect(reader.nat()).toBe(1);
  expect(reader.literalIs(new Uint8Array(0))).toBe(true);
  expect(reader.literalIs(Uint8Array.of(1))).toBe(false);
  reader.end();
});

describe('each method', () => {
  const samples: Encodable[] = [null, true, 1, -1, 'a', new Uint8Array(1), [], new Map()];
  const accepting: [keyof Reader, Encodable[]][] = [
    ['bool', [true]],
    ['int', [1, -1]],
    ['nat', [1]],
    ['u64', [1]],
    ['text', ['a']],
    ['bytes', [new Uint8Array(1)]],
    ['listHead', [[]]],
    ['mapHead', [new Map()]],
  ];

  test.each(accepting)('%s refuses every other type', (method, accepted) => {
    const isAccepted = (sample: Encodable) =>
      accepted.some((value) => toHex(encode(value)) === toHex(encode(sample)));
    for (const sample of samples) {
      const run = () => (readerOf(sample)[method] as () => unknown).call(readerOf(sample));
      expect(refusalOf(run)).toBe(isAccepted(sample) ? undefined : 'cbor-type @0');
    }
  });

  test('answers with what it read', () => {
    expect([readerOf(true).bool(), readerOf(false).bool()]).toEqual([true, false]);
    expect([7, -7, 2n ** 60n].map((value) => readerOf(value).int())).toEqual([7, -7, 2n ** 60n]);
    expect(readerOf(7).u64()).toBe(7n);
  });

  test('counts only what can follow', () => {
    const hex = (text: string) => new Reader(new Uint8Array(Buffer.from(text, 'hex')));
    expect(hex('a10102').mapHead()).toBe(1);
    expect(refusalOf(() => hex('a20102').mapHead())).toBe('cbor-truncated @0');
    expect(hex('820102').listHead()).toBe(2);
    expect(refusalOf(() => hex('830102').listHead())).toBe('cbor-truncated @0');
  });

  test.each(accepting)('%s refuses to read beyond the end', (method) => {
    const reader = new Reader(new Uint8Array());
    expect(refusalOf(() => (reader[method] as () => unknown).call(reader))).toBe(
      'cbor-truncated @0',
    );
  });

  test.each([
    ['int', '1801'],
    ['nat', '1801'],
    ['u64', '1b0000000000000001'],
    ['text', '780161'],
    ['text', '7f6161ff'],
    ['bytes', '580100'],
    ['bytes', '5f4100ff'],
    ['listHead', '980100'],
    ['listHead', '9fff'],
    ['mapHead', 'bfff'],
    ['value', 'fa3f800000'],
    ['value', 'fa00000000'],
    ['value', 'fa80000000'],
    ['value', 'fa7fc00000'],
  ] as [keyof Reader, string][])('%s refuses %s, which has a shorter form', (method, text) => {
    const reader = new Reader(new Uint8Array(Buffer.from(text, 'hex')));
    const run = () => (reader[method] as () => unknown).call(reader);
    expect(refusalOf(run)).toBe('cbor-non-canonical @0');
  });
});

describe('numbers', () => {
  test('beyond 2^53 - 1 are read as u64 and int, not as nat', () => {
    expect(readerOf(2 ** 53 - 1).nat()).toBe(2 ** 53 - 1);
    expect(refusalOf(() => readerOf(2n ** 53n).nat())).toBe('integer-range @0');
    expect(readerOf(2n ** 64n - 1n).u64()).toBe(2n ** 64n - 1n);
    expect(readerOf(5).u64()).toBe(5n);
    expect(readerOf(-(2n ** 64n)).int()).toBe(-(2n ** 64n));
  });
});

describe('keys', () => {
  test('of any length and script are compared as text', () => {
    const names = ['', 'a', 'x'.repeat(23), 'x'.repeat(24), 'x'.repeat(300), 'é', '水'.repeat(9)];
    for (const name of names) {
      for (const other of names) {
        const reader = readerOf(other);
        expect(reader.keyIs(name)).toBe(name === other);
        if (name !== other) reader.key(other);
        reader.end();
      }
    }
  });

  test('that are missing or other are refused', () => {
    expect(refusalOf(() => readerOf('b').key('a'))).toBe('cbor-key @0');
    expect(refusalOf(() => readerOf(1).key('a'))).toBe('cbor-key @0');
    expect(refusalOf(() => new Reader(new Uint8Array()).key('a'))).toBe('cbor-key @0');
    expect(new Reader(new Uint8Array()).keyIs('a')).toBe(false);
  });

  test('that are not UTF-8 equal no text', () => {
    const reader = new Reader(Uint8Array.of(0x61, 0xe9));
    expect(refusalOf(() => reader.keyIs('é'))).toBe('cbor-utf8 @0');
  });
});

test('bytes are a view of the input, whatever kind of array that is', () => {
  const input = Buffer.from('4101', 'hex');
  const bytes = new Reader(input).bytes();
  input[1] = 9;
  expect(bytes).toEqual(Uint8Array.of(9));
  expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
});

test('limits hold over all items of a reader', () => {
  const bytes = encodeUntagged([1, 2, 3]);
  expect(refusalOf(() => new Reader(bytes, { maxBytes: 3 }))).toBe('cbor-size @0');
  const reader = new Reader(bytes, { maxItems: 2 });
  expect(refusalOf(() => reader.listHead())).toMatch(/^cbor-size/);
});
