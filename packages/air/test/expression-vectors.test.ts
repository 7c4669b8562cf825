import { readFileSync } from 'node:fs';
import { encode, toHex } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import {
  compileExpr,
  evaluate,
  type JsonValue,
  parseExpr,
  parseJson,
  printJson,
  type TypeExpr,
} from '../src/index.js';
import { bindingsOf, environmentOf, type Given, type Surroundings, typeOf } from './expressions.js';

interface TypedJson {
  readonly type: TypeExpr;
  readonly value: JsonValue;
}

interface Vectors {
  readonly surroundings: {
    readonly input: TypedJson;
    readonly event: TypedJson;
    readonly vars: { readonly [name: string]: TypedJson };
    readonly steps: { readonly [name: string]: TypedJson };
  };
  readonly cases: readonly {
    readonly rule: string;
    readonly expr: JsonValue;
    readonly type?: TypeExpr;
    readonly hex?: string;
    readonly refusal?: string;
    readonly finding?: string;
    readonly at?: string;
  }[];
}

const url = new URL('../../../spec/vectors/air-expressions.json', import.meta.url);
const read = parseJson(readFileSync(url, 'utf8'));
if (!read.ok) throw new Error(read.refusal.detail);
const { surroundings, cases } = read.value as unknown as Vectors;

const given = ({ type, value }: TypedJson): Given => [type, value];
const all = (table: { readonly [name: string]: TypedJson }) =>
  Object.fromEntries(Object.entries(table).map(([name, each]) => [name, given(each)]));

const around: Surroundings = {
  input: given(surroundings.input),
  event: given(surroundings.event),
  vars: all(surroundings.vars),
  steps: all(surroundings.steps),
};

function answer(json: JsonValue, type: TypeExpr | undefined): object {
  const expr = parseExpr(json);
  if (!expr.ok) return { refusal: expr.refusal.code };
  const program = compileExpr(expr.value, environmentOf(around), type && typeOf(type));
  if (!program.ok) return { finding: program.refusal.code, at: program.refusal.at };
  const value = evaluate(program.value, bindingsOf(around));
  return value.ok ? { hex: toHex(encode(value.value)) } : { refusal: value.refusal.code };
}

describe('spec/vectors/air-expressions.json', () => {
  for (const { rule, expr, type, ...expected } of cases) {
    test(`${rule}: ${printJson(expr)}`, () => {
      expect(answer(expr, type)).toEqual({ ...expected });
    });
  }
});
