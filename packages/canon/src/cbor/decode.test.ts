import { describe, expect, test } from 'vitest';
import { fromHex } from '../bytes.js';
import type { Result } from '../result.js';
import { decode, decodeUntagged } from './decode.js';
import { decodePlain } from './plain.js';
import { Float, type Value } from './value.js';

function hex(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (!bytes.ok) throw new Error(text);
  return bytes.value;
}

function refusalOf(result: Result<Value>): string | undefined {
  return result.ok ? undefined : `${result.refusal.code} ${result.refusal.at}`;
}

describe('integers', () => {
  test('are numbers where they are safe and bigints beyond', () => {
    const cases: [string, number | bigint][] = [
      ['1b001fffffffffffff', 2 ** 53 - 1],
      ['1b0020000000000000', 2n ** 53n],
      ['3b001ffffffffffffe', 1 - 2 ** 53],
      ['3b001fffffffffffff', -(2n ** 53n)],
      ['3b0020000000000000', -(2n ** 53n) - 1n],
      ['3bffffffffffffffff', -(2n ** 64n)],
    ];
    for (const [text, value] of cases) {
      expect(decodeUntagged(hex(text))).toEqual({ ok: true, value });
      expect(decodePlain(hex(text))).toEqual({ ok: true, value });
    }
  });
});

describe('decoded values', () => {
  test('share nothing with the input', () => {
    for (const decoder of [decodeUntagged, decodePlain]) {
      for (const input of [hex('8142abcd'), Buffer.from('8142abcd', 'hex')]) {
        const result = decoder(input);
        input.fill(0);
        expect(result).toEqual({ ok: true, value: [Uint8Array.of(0xab, 0xcd)] });
      }
    }
  });

  test('are maps, never objects', () => {
    const result = decodeUntagged(hex('a1695f5f70726f746f5f5f01'));
    expect(result).toEqual({ ok: true, value: new Map([['__proto__', 1]]) });
  });

  test('hold the entries of a map in the order of the bytes', () => {
    const result = decodePlain(hex('a26162016161 02'.replace(' ', '')));
    expect(result.ok && [...(result.value as Map<Value, Value>).keys()]).toEqual(['b', 'a']);
  });

  test('tell floats from integers', () => {
    expect(decodeUntagged(hex('82f93c0001'))).toEqual({ ok: true, value: [new Float(1), 1] });
    expect(decodePlain(hex('fb7ff8000000000001'))).toEqual({ ok: true, value: new Float(NaN) });
  });
});

describe('a refusal names the byte', () => {
  test.each([
    ['where a long head starts', '820018 01', 'cbor-non-canonical @2'],
    ['where an indefinite length starts', '82009fff', 'cbor-non-canonical @2'],
    ['where a long float starts', '8200fa3f800000', 'cbor-non-canonical @2'],
    ['where a NaN with payload starts', '8200f97e01', 'cbor-non-canonical @2'],
    ['where the key out of order starts', 'a2616200616100', 'cbor-non-canonical @4'],
    ['where the second equal key starts', 'a2616100616100', 'cbor-duplicate-key @4'],
    ['where the text starts', '82006180', 'cbor-utf8 @2'],
    ['where the tag starts', '8200c100', 'cbor-tag @2'],
    ['where undefined stands', '8200f7', 'cbor-unsupported @2'],
    ['where a reserved head stands', '82001c', 'cbor-unsupported @2'],
    ['where the text that is cut starts', '82006261', 'cbor-truncated @2'],
    ['where the list that is cut starts', '82008201', 'cbor-truncated @2'],
    ['where the head that is cut starts', '820019 01', 'cbor-truncated @2'],
    ['where the second item starts', '0000', 'cbor-trailing @1'],
  ])('%s', (_, text, expected) => {
    expect(refusalOf(decodeUntagged(hex(text.replace(' ', ''))))).toBe(expected);
  });

  test('counted from the front of the document', () => {
    expect(refusalOf(decode(hex('d9d9f7f7')))).toBe('cbor-unsupported @3');
    expect(refusalOf(decode(hex('d9d9f70000')))).toBe('cbor-trailing @4');
    expect(refusalOf(decodePlain(hex('d9d9f7f7')))).toBe('cbor-unsupported @3');
  });
});
