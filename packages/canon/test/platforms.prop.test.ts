import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as node from '../src/platform-node.js';
import * as portable from '../src/platform-portable.js';
import { texts } from './arbitrary-values.js';

const plain = fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes));
const reference = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function referenceText(bytes: Uint8Array): string | undefined {
  try {
    return reference.decode(bytes);
  } catch {
    return undefined;
  }
}

/** UTF-8 with a few wrong bytes, which random bytes almost never are. */
const nearlyUtf8 = fc
  .tuple(texts, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 }))
  .map(([text, changes]) => {
    const bytes = new Uint8Array(new TextEncoder().encode(text));
    for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
    return bytes;
  });

describe('both platforms', () => {
  test('offer the same functions', () => {
    expect(Object.keys(node).sort()).toEqual(Object.keys(portable).sort());
  });

  test('hash alike', () => {
    fc.assert(
      fc.property(plain, (bytes) => {
        expect(node.sha256(bytes)).toEqual(portable.sha256(bytes));
        expect(node.sha512(bytes)).toEqual(portable.sha512(bytes));
        expect(node.toHex(bytes)).toBe(portable.toHex(bytes));
      }),
    );
  });

  test('compare alike, wherever the bytes lie and differ', () => {
    fc.assert(
      fc.property(plain, fc.nat(7), fc.option(fc.nat()), (bytes, pad, change) => {
        const padded = new Uint8Array(bytes.length + pad);
        padded.set(bytes, pad);
        const other = padded.subarray(pad);
        if (change !== null && bytes.length > 0) {
          const at = change % bytes.length;
          other[at] = (bytes[at] as number) ^ 1;
        }
        const isSame = change === null || bytes.length === 0;
        expect(node.hasSameBytes(bytes, other)).toBe(isSame);
        expect(portable.hasSameBytes(bytes, other)).toBe(isSame);
      }),
    );
  });

  test('hash a part of a larger buffer alike', () => {
    const whole = Uint8Array.from({ length: 5000 }, (_, i) => i);
    const part = whole.subarray(77, 4200);
    expect(node.sha256(part)).toEqual(portable.sha256(part.slice()));
    expect(node.sha256(Buffer.from(part))).toEqual(portable.sha256(part));
  });

  test('read UTF-8 alike, and as the encoding standard says', () => {
    fc.assert(
      fc.property(fc.oneof(nearlyUtf8, plain), fc.nat(5), (bytes, pad) => {
        const padded = new Uint8Array(bytes.length + 2 * pad).fill(0xff);
        padded.set(bytes, pad);
        const expected = referenceText(bytes);
        expect(portable.readUtf8(padded, pad, pad + bytes.length)).toBe(expected);
        expect(node.readUtf8(padded, pad, pad + bytes.length)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['ed9fbf', '\ud7ff'],
    ['eda080', undefined],
    ['edbfbf', undefined],
    ['ee8080', '\ue000'],
    ['e09fbf', undefined],
    ['e0a080', '\u0800'],
    ['f08fbfbf', undefined],
    ['f0908080', '\u{10000}'],
    ['f48fbfbf', '\u{10ffff}'],
    ['f4908080', undefined],
    ['efbfbf', '\uffff'],
  ])('read the borders of UTF-8 alike: %s', (hex, text) => {
    const bytes = new Uint8Array(Buffer.from(hex, 'hex'));
    expect(portable.readUtf8(bytes, 0, bytes.length)).toBe(text);
    expect(node.readUtf8(bytes, 0, bytes.length)).toBe(text);
  });

  test('read every sequence of two bytes alike', () => {
    const differing: number[] = [];
    for (let pair = 0; pair < 0x10000; pair++) {
      const bytes = Uint8Array.of(pair >> 8, pair & 0xff);
      if (portable.readUtf8(bytes, 0, 2) !== node.readUtf8(bytes, 0, 2)) differing.push(pair);
    }
    expect(differing).toEqual([]);
  });

  test('read long text alike', () => {
    const ascii = new Uint8Array(100_000).fill(0x61);
    expect(portable.readAscii(ascii, 3, 99_999)).toBe(node.readAscii(ascii, 3, 99_999));
    const wide = new TextEncoder().encode('aé水𐅑'.repeat(10_000));
    expect(portable.readUtf8(wide, 0, wide.length)).toBe(node.readUtf8(wide, 0, wide.length));
  });
});
