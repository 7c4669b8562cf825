import { describe, expect, test } from 'vitest';
import { compileType, normalizeHex, normalizeText } from '../../test/values.js';
import type { TypeExpr } from '../index.js';

const type = (word: string) => compileType({ [word]: {} } as TypeExpr);
const HASH = `sha256:${'0a'.repeat(32)}`;
const HASH_HEX = `7847${Buffer.from(HASH).toString('hex')}`;
const UUID = '123e4567-e89b-42d3-a456-426614174000';
const UUID_HEX = `7824${Buffer.from(UUID).toString('hex')}`;

describe('JSON in both lenses', () => {
  test.each([
    ['bool', 'true', 'f5'],
    ['bool', '{"bool":false}', 'f4'],
    ['int', '-5', '24'],
    ['int', '{"int":-5}', '24'],
    ['int', '"-9223372036854775808"', '3b7fffffffffffffff'],
    ['int', '9223372036854775807', '1b7fffffffffffffff'],
    ['nat', '18446744073709551615', '1bffffffffffffffff'],
    ['nat', '{"nat":"18446744073709551615"}', '1bffffffffffffffff'],
    ['dec128', '"012.500e1"', '63313235'],
    ['dec128', '{"dec128":"-0.0"}', '6130'],
    ['bytes', '"AQI="', '420102'],
    ['bytes', '{"bytes_b64":""}', '40'],
    ['text', '"é"', '62c3a9'],
    ['text', '{"text":"x"}', '6178'],
    ['time', '1700000000000000000', '1b17979cfe362a0000'],
    ['time', '{"time_ns":0}', '00'],
    ['duration', '-1', '20'],
    ['duration', '{"duration_ns":-1}', '20'],
    ['hash', `"${HASH}"`, HASH_HEX],
    ['hash', `{"hash":"${HASH}"}`, HASH_HEX],
    ['uuid', `"${UUID}"`, UUID_HEX],
    ['uuid', `{"uuid":"${UUID}"}`, UUID_HEX],
    ['unit', 'null', 'f6'],
    ['unit', '{"null":{}}', 'f6'],
  ])('%s takes %s', (word, json, hex) => {
    expect(normalizeText(type(word), json)).toBe(hex);
    expect(normalizeHex(type(word), hex)).toBe(hex);
  });

  test.each([
    ['bool', '"true"', 'value-type '],
    ['bool', '{"bool":true,"x":1}', 'value-type '],
    ['int', '9223372036854775808', 'value-range '],
    ['int', '-9223372036854775809', 'value-range '],
    ['int', '1.0', 'value-type '],
    ['int', '"01"', 'value-type '],
    ['int', '{"nat":1}', 'value-type '],
    ['int', '{"int":{"int":1}}', 'value-type '],
    ['nat', '-1', 'value-range '],
    ['nat', '"18446744073709551616"', 'value-range '],
    ['nat', '{"int":1}', 'value-type '],
    ['dec128', '12.5', 'value-type '],
    ['dec128', '"12,5"', 'value-dec128 '],
    ['dec128', '"1e35"', 'value-dec128 '],
    ['dec128', `"${'9'.repeat(35)}"`, 'value-dec128 '],
    ['bytes', '"AQI"', 'value-type '],
    ['bytes', '{"bytes":"AQI="}', 'value-type '],
    ['text', '5', 'value-type '],
    ['text', '{"text":"x","extra":1}', 'value-type '],
    ['time', '"0"', 'value-type '],
    ['time', '9223372036854775808', 'value-range '],
    ['hash', '"zzz"', 'value-hash '],
    ['hash', `"${HASH.toUpperCase()}"`, 'value-hash '],
    ['uuid', `"${UUID.toUpperCase()}"`, 'value-uuid '],
    ['uuid', '"x"', 'value-uuid '],
    ['unit', '{}', 'value-type '],
    ['unit', '{"null":null}', 'value-type '],
    ['unit', 'false', 'value-type '],
  ])('%s refuses %s', (word, json, refusal) => {
    expect(normalizeText(type(word), json)).toBe(refusal);
  });

  test('a lone surrogate that comes in as a value is refused', () => {
    const refused = compileType({ list: { text: {} } }).normalizeJson(['a', '\ud800']);
    expect(refused.ok ? '' : refused.refusal).toMatchObject({ code: 'value-text', at: '/1' });
  });

  test('a JavaScript number that is no integer is refused', () => {
    const refused = type('int').normalizeJson(1.5);
    expect(refused.ok ? '' : refused.refusal.code).toBe('value-type');
  });
});

describe('CBOR', () => {
  test.each([
    ['int', '1903e8', '1903e8'],
    ['int', '1b00000000000003e8', '1903e8'],
    ['int', 'd9d9f71903e8', '1903e8'],
    ['int', '3b7fffffffffffffff', '3b7fffffffffffffff'],
    ['nat', '1817', '17'],
    ['nat', '1900ff', '18ff'],
    ['nat', '1a0000ffff', '19ffff'],
    ['nat', '1b00000000ffffffff', '1affffffff'],
    ['int', '3817', '37'],
    ['int', '3900ff', '38ff'],
    ['int', '3a0000ffff', '39ffff'],
    ['int', '3b00000000ffffffff', '3affffffff'],
    ['text', '79000161', '6161'],
    ['bytes', '5a0000000161', '4161'],
    ['text', '7f6161ff', '6161'],
    ['text', '7803616263', '63616263'],
    ['bytes', '5f410141 02ff', '420102'],
    ['dec128', '63312e30', '6131'],
  ])('%s takes %s', (word, input, output) => {
    expect(normalizeHex(type(word), input)).toBe(output);
  });

  test.each([
    ['int', '3b8000000000000000', 'value-range '],
    ['int', '1b8000000000000000', 'value-range '],
    ['int', 'f93c00', 'value-type '],
    ['nat', '20', 'value-range '],
    ['nat', 'f90000', 'value-type '],
    ['text', '62c328', 'cbor-utf8 @0'],
    ['text', '4161', 'value-type '],
    ['text', '6161 00', 'cbor-trailing @2'],
    ['text', '65616263', 'cbor-truncated @1'],
    ['text', '7b0000ffffffffffff61', 'cbor-truncated @9'],
    ['text', '', 'cbor-truncated @0'],
    ['text', 'd9d9f7', 'cbor-truncated @3'],
    ['bytes', '5bffffffffffffffff', 'cbor-truncated @9'],
    ['uuid', '50000102030405060708090a0b0c0d0e0f', 'value-type '],
    ['unit', 'f7', 'cbor-unsupported @0'],
    ['time', 'c11a514b67b0', 'cbor-tag @0'],
  ])('%s refuses %s', (word, input, refusal) => {
    const found = normalizeHex(type(word), input);
    expect(found.replace(/@\d+$/, '')).toBe(refusal.replace(/@\d+$/, ''));
  });
});

test('bytes that are canonical come back as the same array', () => {
  const input = Uint8Array.of(0xd9, 0xd9, 0xf7, 0x05);
  const normal = type('nat').normalizeCbor(input);
  expect(normal.ok && normal.value === input).toBe(true);
});
