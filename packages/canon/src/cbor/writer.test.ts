import { describe, expect, test } from 'vitest';
import { toHex } from '../bytes.js';
import { Defect } from '../defect.js';
import { RefusalError } from '../result.js';
import { encode } from './encode.js';
import { Writer } from './writer.js';

function written(write: (writer: Writer) => void): string {
  const writer = new Writer(1);
  write(writer);
  return toHex(writer.finish());
}

describe('a fixed shape', () => {
  test('written item by item equals the encoded value', () => {
    const hash = new Uint8Array(32).fill(7);
    const writer = new Writer();
    writer.selfDescribe();
    writer.mapHead(4);
    writer.text('seq');
    writer.int(7);
    writer.text('live');
    writer.bool(true);
    writer.text('prev');
    writer.bytes(hash);
    writer.text('rest');
    writer.listHead(3);
    writer.nil();
    writer.value({ b: 1, a: [2n] });
    writer.raw(new Uint8Array([0x18, 0x64]));
    const rest = [null, { a: [2], b: 1 }, 100];
    expect(writer.finish()).toEqual(encode({ seq: 7, prev: hash, live: true, rest }));
  });

  test('can be written again into the same writer', () => {
    const writer = new Writer();
    writer.text('first, and longer');
    const first = writer.finish();
    writer.reset();
    writer.text('second');
    expect(toHex(writer.finish())).toBe('667365636f6e64');
    expect(toHex(first.subarray(0, 2))).toBe('7166');
  });

  test('can be looked at without a copy', () => {
    const writer = new Writer();
    writer.int(1);
    const view = writer.view();
    expect(writer.sizeBytes).toBe(1);
    expect(toHex(view)).toBe('01');
    writer.reset();
    writer.int(2);
    expect(toHex(view)).toBe('02');
  });
});

describe('heads', () => {
  test.each([
    [0, '80'],
    [23, '97'],
    [24, '9818'],
    [255, '98ff'],
    [256, '990100'],
    [65_535, '99ffff'],
    [65_536, '9a00010000'],
    [2 ** 32 - 1, '9affffffff'],
    [2 ** 32, '9b0000000100000000'],
    [2 ** 53 - 1, '9b001fffffffffffff'],
  ])('of %d items are the shortest', (count, expected) => {
    expect(written((writer) => writer.listHead(count))).toBe(expected);
  });

  test.each([-1, 1.5, Number.NaN, 2 ** 53])('of %d items are a defect', (count) => {
    expect(() => new Writer().listHead(count)).toThrow(Defect);
    expect(() => new Writer().mapHead(count)).toThrow(Defect);
  });
});

describe('text', () => {
  test.each([
    ['é'.repeat(11), '76'],
    ['é'.repeat(12), '7818'],
    [`${'a'.repeat(22)}é`, '7818'],
    ['a'.repeat(255), '78ff'],
    [`${'a'.repeat(254)}é`, '790100'],
    ['水'.repeat(21_845), '79ffff'],
    ['水'.repeat(21_846), '7a00010002'],
    ['𐅑'.repeat(6), '7818'],
  ])('has the head of its size in UTF-8', (text, head) => {
    const expected = head + Buffer.from(text, 'utf8').toString('hex');
    expect(written((writer) => writer.text(text))).toBe(expected);
  });
});

test('a refused value says why and a reset makes the writer whole', () => {
  const writer = new Writer();
  expect(() => writer.value({ a: 1, b: [0.5] })).toThrow(RefusalError);
  writer.reset();
  writer.value({ b: 1, a: 2 });
  expect(toHex(writer.view())).toBe('a2616102616201');
});
