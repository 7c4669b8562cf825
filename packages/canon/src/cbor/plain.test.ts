import { describe, expect, test } from 'vitest';
import { fromHex } from '../bytes.js';
import { decodePlain } from './plain.js';

const read = (text: string) => {
  const bytes = fromHex(text);
  if (!bytes.ok) throw new Error(text);
  const value = decodePlain(bytes.value);
  return value.ok ? value.value : `${value.refusal.code} ${value.refusal.at}`;
};

describe('plain CBOR begins with the whole of tag 55799 or with the value', () => {
  test.each([
    ['d9d9f707', 7],
    ['07', 7],
    ['d9d9f607', 'cbor-tag @0'],
    ['d9d8f707', 'cbor-tag @0'],
    ['d8d9f707', 'cbor-tag @0'],
    ['42d9f7', Uint8Array.of(0xd9, 0xf7)],
    ['4300d9f7', Uint8Array.of(0, 0xd9, 0xf7)],
    ['4200f7', Uint8Array.of(0, 0xf7)],
    ['43d9d900', Uint8Array.of(0xd9, 0xd9, 0)],
    ['d9d9f7d9d9f707', 'cbor-tag @3'],
    ['8219d9d9f7', 'cbor-unsupported @4'],
  ])('%s is read as %o', (text, value) => {
    expect(read(text)).toEqual(value);
  });
});
