import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { toHex } from '../src/bytes.js';
import { decode } from '../src/cbor/decode.js';
import { encode } from '../src/cbor/encode.js';
import type { Encodable } from '../src/cbor/value.js';
import { hashOf, toHashText } from '../src/hash.js';
import { describeValue, hex } from './described-values.js';
import { readJson } from './exact-json.js';

interface Case {
  readonly label?: string;
  readonly json: Encodable;
  readonly cborHex: string;
  readonly hash: string;
}

const siblings = fileURLToPath(new URL('../../../../shared/conformance', import.meta.url));
const folder = process.env.AOS_CONFORMANCE ?? siblings;
const isThere = existsSync(join(folder, 'canonical.json'));
if (!isThere) console.warn('conformance: not checked');

type Fields = ReadonlyMap<string, Encodable>;

function load(path: string): Encodable {
  return readJson(readFileSync(join(folder, path), 'utf8'));
}

function loadCases(path: string): Case[] {
  const content = load(path);
  const cases = content instanceof Map ? content.get('canonical_json') : content;
  return (cases as readonly Fields[]).map((fields) => ({
    label: String(fields.get('label') ?? fields.get('json_text')),
    json: fields.get('json') ?? readJson(String(fields.get('json_text'))),
    cborHex: String(fields.get('cbor_hex')),
    hash: String(fields.get('hash')),
  }));
}

function check({ json, cborHex, hash }: Case): void {
  const bytes = encode(json);
  expect(toHex(bytes)).toBe(cborHex);
  expect(toHashText(hashOf(json))).toBe(hash);
  const back = decode(bytes);
  expect(back.ok && describeValue(back.value)).toBe(describeValue(json as never));
}

describe.skipIf(!isThere)('the conformance data', () => {
  const files = isThere ? readdirSync(join(folder, 'test-vectors')) : [];
  const paths = ['canonical.json', ...files.map((name) => `test-vectors/${name}`)];

  test.each(isThere ? paths : [])('%s is met', (path) => {
    const cases = loadCases(path);
    expect(cases.length).toBeGreaterThan(0);
    for (const item of cases) check(item);
  });

  test('keys of many kinds are in the same order', () => {
    const { cbor_hex: expected } = Object.fromEntries(
      (load('canonical.json') as Fields).get('mixed_map_keys') as Fields,
    );
    const keys = [10, 100, -1, 'z', 'aa', [100], [-1], false, hex('01'), -1000, 1000];
    const map = new Map<Encodable, Encodable>(keys.map((key, index) => [key, index + 1]));
    expect(toHex(encode(map))).toBe(expected);
  });
});
