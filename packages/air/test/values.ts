/** Schemas and bytes for tests, in few words. */
import { fromHex, toHex } from '@aos/canon';
import { expect, test } from 'vitest';
import {
  type CompiledSchema,
  compileSchemas,
  parseJson,
  printJson,
  type TypeExpr,
} from '../src/index.js';

/** Compiles a type; `named` are the schemas it may refer to. */
export function compileType(
  type: TypeExpr,
  named: { readonly [name: string]: TypeExpr } = {},
): CompiledSchema {
  const all = { ...named, 'test/Type@1': type };
  const compiled = compileSchemas(
    Object.entries(all).map(([name, each]) => ({ $kind: 'defschema', name, type: each })),
  );
  if (!compiled.ok) throw new Error(`${compiled.refusal.code} ${compiled.refusal.at}`);
  return compiled.value.get('test/Type@1') as CompiledSchema;
}

function bytes(hex: string): Uint8Array {
  const read = fromHex(hex.replaceAll(' ', ''));
  if (!read.ok) throw new Error(`not hex: ${hex}`);
  return read.value;
}

/** Normalizes JSON text and answers with hex without the tag, or `code at`. */
export function normalizeText(schema: CompiledSchema, text: string): string {
  const json = parseJson(text);
  if (!json.ok) return json.refusal.code;
  const normal = schema.normalizeJson(json.value);
  return normal.ok ? toHex(normal.value).slice(6) : `${normal.refusal.code} ${normal.refusal.at}`;
}

/** Normalizes CBOR in hex and answers with hex without the tag, or `code at`. */
export function normalizeHex(schema: CompiledSchema, hex: string): string {
  const normal = schema.normalizeCbor(bytes(hex));
  return normal.ok ? toHex(normal.value).slice(6) : `${normal.refusal.code} ${normal.refusal.at}`;
}

/** JSON text in, and through the canonical bytes back to JSON text in the sugar lens. */
export function throughBytes(schema: CompiledSchema, text: string): string {
  const json = parseJson(text);
  const normal = json.ok ? schema.normalizeJson(json.value) : json;
  const shown = normal.ok ? schema.toJson(normal.value) : normal;
  return shown.ok ? printJson(shown.value) : shown.refusal.code;
}

/** Each case: JSON of either lens, and the bytes without their tag; or the refusal. */
export type LensCase = readonly [json: string, expected: string];

/** One test for each case; bytes that are expected must also come back unchanged. */
export function testLenses(
  type: TypeExpr,
  cases: readonly LensCase[],
  named: { readonly [name: string]: TypeExpr } = {},
): void {
  const schema = compileType(type, named);
  test.each(cases)('%s', (json, expected) => {
    expect(normalizeText(schema, json)).toBe(expected);
    if (/^[0-9a-f]+$/.test(expected)) expect(normalizeHex(schema, expected)).toBe(expected);
  });
}

export const nat: TypeExpr = { nat: {} };
export const text: TypeExpr = { text: {} };
export const unit: TypeExpr = { unit: {} };
