import { encode, sha256, toHashText } from '@aos/canon';
import { expect, test } from 'vitest';
import { isConstant } from '../src/expr/ast.js';
import { parseExpr } from '../src/expr/parse.js';
import { parseExprOrValue, printExprOrValue } from '../src/expr/slot.js';
import { type JsonObject, type JsonValue, parseJson } from '../src/index.js';
import { readConformance } from './conformance-data.js';
import { compileType } from './values.js';

interface Sample {
  readonly json: JsonValue;
  readonly parsed_as: string;
}

function conformanceData<T>(path: string): T {
  const json = parseJson(readConformance(path));
  if (!json.ok) throw new Error(json.refusal.detail);
  return json.value as T;
}

/** The words of the data for what was read. */
function describe(json: JsonValue): string {
  const read = parseExpr(json);
  if (!read.ok) return 'Json';
  const expr = read.value;
  const type = expr.kind === 'const' ? expr.type : '';
  const word = capital(type === 'unit' ? 'null' : type);
  return `Expr::${capital(expr.kind)}${expr.kind === 'const' ? `(${word})` : ''}`;
}

const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

const samples = conformanceData<Sample[]>('expr-or-value.json');

test.each(samples)('$json is read as $parsed_as', ({ json, parsed_as }) => {
  expect(describe(json)).toBe(parsed_as);
});

test('a plan in sugar hashes as its tagged normal form', () => {
  const schema = compileType({ ref: 'sys/HttpRequestParams@1' });
  const [plan] = conformanceData<[JsonObject]>('examples/03-fetch-notify/air/fetch_plan.air.json');
  const steps = (plan.steps as readonly JsonObject[]).map((step) => {
    const normal = (key: string): JsonObject => {
      const slot = parseExprOrValue(step[key] as JsonValue, key === 'params' ? schema : undefined);
      if (!slot.ok) throw new Error(slot.refusal.detail);
      expect(slot.value.kind).toBe(key === 'params' ? 'value' : 'expr');
      return { ...step, [key]: printExprOrValue(slot.value) };
    };
    const key = ['params', 'expr', 'value'].find((each) => each in step);
    return key === undefined ? step : normal(key);
  });
  const hash = toHashText(sha256(encode({ ...plan, steps } as never)));
  const hashes = conformanceData<{ [world: string]: { refs: { plans: object } } }>(
    'def-hashes.json',
  );
  expect(hashes['03-fetch-notify']?.refs.plans).toEqual({ 'demo/fetch_plan@1': hash });
});

test('a constant is told from what must be evaluated', () => {
  const read = samples.flatMap(({ json }) => {
    const expr = parseExpr(json);
    return expr.ok ? [isConstant(expr.value)] : [];
  });
  expect(read).toContain(true);
  expect(read).toContain(false);
});
