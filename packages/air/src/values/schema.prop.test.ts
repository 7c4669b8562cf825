import { decode, toHex } from '@aos/canon';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyNamed, carelessCbor, plainlyNamed } from '../../test/typed-values.js';
import { compileType } from '../../test/values.js';
import type { CompiledSchema, JsonValue } from '../index.js';

function canonical(schema: CompiledSchema, json: JsonValue): Uint8Array {
  const normal = schema.normalizeJson(json);
  if (!normal.ok) throw new Error(`${normal.refusal.code} ${normal.refusal.at}`);
  return normal.value;
}

/** Judged the slow way: decoded strictly, and normalized from careless bytes of the same value. */
function isCanonical(schema: CompiledSchema, bytes: Uint8Array): boolean {
  const value = decode(bytes);
  if (!value.ok) return false;
  const normal = schema.normalizeCbor(Uint8Array.from(carelessCbor(value.value)));
  return normal.ok && toHex(normal.value) === toHex(bytes);
}

test('both lenses of a value, and any mixture of them, give the same bytes', () => {
  fc.assert(
    fc.property(plainlyNamed, ({ type, sugar, tagged, mixed }) => {
      const schema = compileType(type);
      const expected = toHex(canonical(schema, sugar));
      expect(toHex(canonical(schema, tagged))).toBe(expected);
      expect(toHex(canonical(schema, mixed))).toBe(expected);
    }),
    { numRuns: 500 },
  );
});

test('canonical bytes come back as the same array', () => {
  fc.assert(
    fc.property(anyNamed, ({ type, sugar }) => {
      const schema = compileType(type);
      const bytes = canonical(schema, sugar);
      const again = schema.normalizeCbor(bytes);
      expect(again.ok && again.value === bytes).toBe(true);
      const untagged = schema.normalizeCbor(bytes.subarray(3));
      expect(untagged.ok && toHex(untagged.value)).toBe(toHex(bytes));
      expect(decode(bytes).ok).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('the sugar that is shown is read back as the same bytes, whatever names are called', () => {
  fc.assert(
    fc.property(anyNamed, ({ type, sugar }) => {
      const schema = compileType(type);
      const bytes = canonical(schema, sugar);
      const shown = schema.toJson(bytes);
      expect(shown.ok && toHex(canonical(schema, shown.value))).toBe(toHex(bytes));
    }),
    { numRuns: 500 },
  );
});

test('what a careless encoder writes of a value normalizes to the same bytes', () => {
  fc.assert(
    fc.property(anyNamed, ({ type, sugar }) => {
      const schema = compileType(type);
      const bytes = canonical(schema, sugar);
      expect(isCanonical(schema, bytes)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('damaged bytes are refused, or repaired to bytes that are canonical', () => {
  const damage = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }));
  fc.assert(
    fc.property(anyNamed, damage, ({ type, sugar }, [place, flip]) => {
      const schema = compileType(type);
      const bytes = canonical(schema, sugar).slice();
      const at = place % bytes.length;
      bytes[at] = (bytes[at] as number) ^ flip;
      const normal = schema.normalizeCbor(bytes);
      if (normal.ok) expect(isCanonical(schema, normal.value)).toBe(true);
      else expect(normal.refusal.code).toMatch(/^(value|cbor)-/);
    }),
    { numRuns: 2000 },
  );
});

test('a value of another type is refused or read, never thrown at', () => {
  fc.assert(
    fc.property(anyNamed, anyNamed, ({ type }, { sugar, tagged }) => {
      const schema = compileType(type);
      for (const json of [sugar, tagged]) {
        const normal = schema.normalizeJson(json);
        expect(normal.ok || normal.refusal.code.startsWith('value-')).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
