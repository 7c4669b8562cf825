import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyNamed, plainlyNamed } from '../../test/typed-values.js';
import { compileType } from '../../test/values.js';
import { printJson } from '../json/printer.js';
import { parseJson } from '../json/reader.js';
import type { JsonValue } from '../json/value.js';
import type { CompiledSchema } from '../values/schema.js';
import { checkExpr } from './check.js';
import { evaluateBytes } from './evaluate.js';
import { type ExprOrValue, parseExprOrValue, parseNormalSlot, printExprOrValue } from './slot.js';

function read(json: JsonValue, schema: CompiledSchema): ExprOrValue & { kind: 'value' } {
  const slot = parseExprOrValue(json, schema);
  if (!slot.ok || slot.value.kind !== 'value') throw new Error(printJson(json));
  return slot.value;
}

/** As it stands in a document: objects without a prototype, text read again. */
function printed(slot: ExprOrValue): JsonValue {
  const json = parseJson(printJson(printExprOrValue(slot)));
  if (!json.ok) throw new Error(json.refusal.detail);
  return json.value;
}

test('both lenses of a value, and any mixture, are one value with one normal form', () => {
  fc.assert(
    fc.property(plainlyNamed, ({ type, sugar, tagged, mixed }) => {
      const schema = compileType(type);
      const slot = read(sugar, schema);
      expect(read(tagged, schema)).toEqual(slot);
      expect(read(mixed, schema)).toEqual(slot);
      expect(read(printed(slot), schema)).toEqual(slot);
      expect(schema.normalizeJson(sugar)).toEqual({ ok: true, value: slot.bytes });
    }),
    { numRuns: 300 },
  );
});

test('the normal form is read back as the same value, whatever fields and arms are called', () => {
  fc.assert(
    fc.property(anyNamed, ({ type, sugar }) => {
      const schema = compileType(type);
      const slot = read(sugar, schema);
      expect(parseNormalSlot(printed(slot), schema)).toEqual({ ok: true, value: slot });
    }),
    { numRuns: 300 },
  );
});

test('a literal is an expression of its value', () => {
  fc.assert(
    fc.property(anyNamed, ({ type, sugar }) => {
      const schema = compileType(type);
      const { literal, bytes } = read(sugar, schema);
      const environment = { vars: new Map(), steps: new Map() };
      const { findings, program } = checkExpr(literal, environment, schema.type);
      expect(findings).toEqual([]);
      expect(program && evaluateBytes(program, environment, schema)).toEqual({
        ok: true,
        value: bytes,
      });
    }),
    { numRuns: 300 },
  );
});
