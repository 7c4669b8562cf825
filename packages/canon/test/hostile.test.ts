import { describe, expect, test } from 'vitest';
import { concatBytes } from '../src/bytes.js';
import { decode, decodeUntagged } from '../src/cbor/decode.js';
import { encode } from '../src/cbor/encode.js';
import type { DecodeLimits } from '../src/cbor/limits.js';
import { decodePlain } from '../src/cbor/plain.js';
import type { Encodable } from '../src/cbor/value.js';
import { Writer } from '../src/cbor/writer.js';
import { attempt } from '../src/result.js';
import { hex } from './described-values.js';

const repeat = (text: string, count: number) => hex(text.repeat(count));
const decoders = { decodeUntagged, decodePlain };

function codes(bytes: Uint8Array, limits?: Partial<DecodeLimits>): (string | undefined)[] {
  return Object.values(decoders).map((decoder) => {
    const result = decoder(bytes, limits);
    return result.ok ? undefined : result.refusal.code;
  });
}

function check(bytes: Uint8Array, code: string | undefined, limits?: Partial<DecodeLimits>): void {
  expect(codes(bytes, limits)).toEqual([code, code]);
}

describe('hostile bytes', () => {
  test.each([
    ['a list of 2^31 - 1 items', '9a7fffffff'],
    ['a list of 2^63 - 1 items', '9b7fffffffffffffff'],
    ['a list of 2^64 - 1 items', '9bffffffffffffffff'],
    ['a map of 2^63 entries', 'bb8000000000000000'],
    ['a map whose entries would wrap around', 'bb8000000000000001'],
    ['text of 2^53 bytes', '7b0020000000000000'],
    ['bytes of 2^64 - 1 bytes', '5bffffffffffffffff'],
  ])('announcing %s without sending it is truncated', (_, text) => {
    check(hex(text), 'cbor-truncated');
    check(concatBytes(hex(text), new Uint8Array(1000)), 'cbor-truncated');
  });

  test.each([
    ['lists', '81'],
    ['maps in values', 'a100'],
    ['maps in keys', 'a1'],
    ['lists in maps', 'a10081'],
  ])('20,000 nested %s end at the depth limit', (_, text) => {
    check(repeat(text, 20_000), 'cbor-depth');
  });

  test.each([
    ['lists', '9f'],
    ['maps in values', 'bf00'],
    ['maps in keys', 'bf'],
  ])('20,000 nested indefinite %s end at the depth limit', (_, text) => {
    expect(codes(repeat(text, 20_000))).toEqual(['cbor-non-canonical', 'cbor-depth']);
  });

  test('20,000 tags are one refused tag', () => {
    check(repeat('d9d9f7', 20_000), 'cbor-tag');
  });

  test('depth 128 is the deepest that is read and written', () => {
    check(concatBytes(repeat('81', 128), hex('00')), undefined);
    check(concatBytes(repeat('81', 129), hex('00')), 'cbor-depth');
    check(concatBytes(repeat('a100', 128), hex('00')), undefined);
    check(concatBytes(repeat('a100', 129), hex('00')), 'cbor-depth');
  });

  test('200,000 chunks of an indefinite string are joined', () => {
    const chunks = repeat('6161', 200_000);
    const result = decodePlain(concatBytes(hex('7f'), chunks, hex('ff')));
    expect(result.ok && (result.value as string).length).toBe(200_000);
    const bytes = decodePlain(concatBytes(hex('5f'), repeat('40', 200_000), hex('ff')));
    expect(bytes.ok && (bytes.value as Uint8Array).length).toBe(0);
  });

  test('an error in the tag is told apart from a missing end', () => {
    for (const text of ['', 'd9', 'd9d9', 'd9d9f7']) {
      expect(decode(hex(text))).toMatchObject({ refusal: { code: 'cbor-truncated' } });
    }
    for (const text of ['00', 'd8', 'd9d9f8', 'd9d9f6', 'f6']) {
      expect(decode(hex(text))).toMatchObject({ refusal: { code: 'cbor-tag', at: '@0' } });
    }
  });
});

describe('limits', () => {
  test('of bytes count the whole input', () => {
    check(hex('8100'), undefined, { maxBytes: 2 });
    check(hex('8100'), 'cbor-size', { maxBytes: 1 });
  });

  test('of items count every key, value and list item', () => {
    const bytes = hex('82a2000001018100');
    check(bytes, undefined, { maxItems: 7 });
    check(bytes, 'cbor-size', { maxItems: 6 });
  });

  test('of items hold for indefinite lengths and chunks', () => {
    for (const text of ['9f000000ff', 'bf00000101ff', '7f606060ff', '5f404040ff']) {
      const result = decodePlain(hex(text), { maxItems: 2 });
      expect(result).toMatchObject({ refusal: { code: 'cbor-size' } });
    }
  });

  test('of depth can be lowered and not raised', () => {
    check(hex('8100'), 'cbor-depth', { maxDepth: 0 });
    check(hex('00'), undefined, { maxDepth: 0 });
    check(concatBytes(repeat('81', 129), hex('00')), 'cbor-depth', { maxDepth: 1_000_000 });
  });

  test('that are not numbers from 0 are a defect', () => {
    expect(() => decode(hex('00'), { maxItems: Number.NaN })).toThrow(/limit/);
    expect(() => decodePlain(hex('00'), { maxBytes: -1 })).toThrow(/limit/);
  });
});

describe('hostile values', () => {
  const code = (value: unknown) => {
    const result = attempt(() => encode(value as Encodable));
    return result.ok ? undefined : result.refusal.code;
  };

  test('that contain themselves end at the depth limit', () => {
    const list: unknown[] = [];
    list.push(list, list);
    expect(code(list)).toBe('cbor-depth');
    const record: Record<string, unknown> = {};
    record.self = record;
    expect(code(record)).toBe('cbor-depth');
    const map = new Map<unknown, unknown>();
    map.set(map, 1);
    expect(code(map)).toBe('cbor-depth');
  });

  test('of unsorted maps within unsorted maps take time linear in their size', () => {
    let value: Encodable = 0;
    for (let depth = 0; depth < 120; depth++) {
      value = new Map<Encodable, Encodable>([
        ['b', value],
        ['a', 0],
      ]);
    }
    expect(code(value)).toBeUndefined();
  });

  test('leave the next encoding as it was', () => {
    const before = encode({ a: [1, 'two'] });
    expect(code({ b: 1, a: Number.NaN })).toBe('number-not-integer');
    expect(encode({ a: [1, 'two'] })).toEqual(before);
  });

  test('that encode while they are read do not disturb each other', () => {
    const inner = encode({ z: 1 });
    const tricky = {
      get a() {
        expect(encode({ z: 1 })).toEqual(inner);
        return 1;
      },
      b: 2,
    };
    expect(encode(tricky)).toEqual(encode({ a: 1, b: 2 }));
  });

  test('need no buffer of their final size in advance', () => {
    const writer = new Writer(1);
    const text = 'é'.repeat(100_000);
    writer.value([text, new Uint8Array(300_000), text]);
    const result = decodeUntagged(writer.finish());
    expect(result.ok && (result.value as unknown[])[2]).toBe(text);
  });
});
