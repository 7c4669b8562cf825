import { describe, expect, test } from 'vitest';
import { toHex } from '../src/bytes.js';
import { decode, decodeUntagged } from '../src/cbor/decode.js';
import { encode, encodeUntagged } from '../src/cbor/encode.js';
import { decodePlain } from '../src/cbor/plain.js';
import type { Value } from '../src/cbor/value.js';
import { parseDec128 } from '../src/dec128.js';
import { sha256 } from '../src/hash.js';
import type { Result } from '../src/result.js';
import { type Described, describeValue, hex, readVectors, toValue } from './described-values.js';

interface AppendixCase {
  readonly hex: string;
  readonly diagnostic: string;
  readonly value?: Described;
  readonly refusal?: string;
  readonly canonical?: string;
}
interface GoldenCase {
  readonly label: string;
  readonly value: Described;
  readonly hex: string;
  readonly sha256: string;
}
interface RefusalCase {
  readonly label: string;
  readonly hex: string;
  readonly strict: string;
  readonly plain?: string;
  readonly canonical?: string;
}
interface DecimalCase {
  readonly text: string;
  readonly normal?: string;
  readonly refusal?: string;
}

/** A description of the value, or the code. */
function answer(result: Result<Value>): string {
  return result.ok ? describeValue(result.value) : result.refusal.code;
}

function described(value: Described): string {
  return describeValue(toValue(value));
}

describe('RFC 8949 Appendix A', () => {
  const { cases } = readVectors<{ cases: AppendixCase[] }>('canon-rfc8949-appendix-a.json');

  test.each(cases)('$diagnostic is read as the rules say ($hex)', (item) => {
    const { value, refusal, canonical } = item;
    const plain = value === undefined ? (refusal as string) : described(value);
    expect(answer(decodeUntagged(hex(item.hex)))).toBe(refusal ?? plain);
    expect(answer(decodePlain(hex(item.hex)))).toBe(plain);
    if (value !== undefined) {
      expect(toHex(encodeUntagged(toValue(value)))).toBe(canonical ?? item.hex);
    }
  });
});

describe('golden values', () => {
  const { cases } = readVectors<{ cases: GoldenCase[] }>('canon.json');

  test.each(cases)('$label has its bytes and its hash', (item) => {
    const bytes = encode(toValue(item.value));
    expect(toHex(bytes)).toBe(item.hex);
    expect(toHex(sha256(bytes))).toBe(item.sha256);
    expect(answer(decode(bytes))).toBe(described(item.value));
    expect(answer(decodePlain(bytes))).toBe(described(item.value));
  });
});

describe('refused bytes', () => {
  const { cases } = readVectors<{ cases: RefusalCase[] }>('canon-refusals.json');

  test.each(cases)('$label is $strict', ({ hex: text, strict, plain, canonical }) => {
    expect(answer(decodeUntagged(hex(text)))).toBe(strict);
    const read = decodePlain(hex(text));
    expect(read.ok ? toHex(encodeUntagged(read.value)) : read.refusal.code).toBe(
      plain ?? canonical,
    );
  });
});

describe('decimals', () => {
  const { cases } = readVectors<{ cases: DecimalCase[] }>('canon-dec128.json');

  test.each(cases)('$text has one normal form or a code', ({ text, normal, refusal }) => {
    const result = parseDec128(text);
    expect(result.ok ? result.value : result.refusal.code).toBe(normal ?? refusal);
    if (result.ok) expect(parseDec128(result.value)).toEqual(result);
  });
});
