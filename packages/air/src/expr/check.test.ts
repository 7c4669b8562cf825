import { describe, expect, test } from 'vitest';
import { type Evaluation, findingsOf, type Surroundings } from '../../test/expressions.js';
import { compileType, nat, text, unit } from '../../test/values.js';
import type { TypeExpr } from '../forms/type-expr.js';
import { handleType, listType, type ValueType } from '../values/value-type.js';
import { checkExpr } from './check.js';
import { parseExpr } from './parse.js';

const AROUND: Surroundings = {
  input: [
    {
      record: {
        url: text,
        count: nat,
        maybe: { option: nat },
        at: { time: {} },
        pick: { variant: { A: nat, B: text, C: unit } },
        same: { variant: { A: nat, B: nat } },
        list: { list: nat },
      },
    },
    { url: 'u', count: 1, at: 0, pick: { A: 1 }, same: { A: 1 }, list: [] },
  ],
  vars: { request: [text, 'r'], 'a.b': [{ record: { c: nat } }, { c: 1 }] },
};

const ref = (name: string): string => `{"ref":"${name}"}`;
const op = (name: string, ...args: string[]): string =>
  `{"op":"${name}","args":[${args.join(',')}]}`;
const one = '{"nat":1}';

type Case = readonly [expr: string, findings: readonly string[], expected?: TypeExpr];

function testCases(cases: readonly Case[]): void {
  for (const [expr, findings, expected] of cases) {
    test(`${expr} has ${findings.join(', ') || 'no findings'}`, () => {
      const evaluation: Evaluation = { around: AROUND, ...(expected && { expected }) };
      expect(findingsOf(expr, evaluation)).toEqual(findings);
    });
  }
}

describe('references are checked against what there is', () => {
  testCases([
    [ref('@plan.input.url'), []],
    [ref('@plan.input.urls'), ['expr-field ']],
    [ref('@plan.input.url.x'), ['expr-type ']],
    [ref('@plan.input.pick.$tag'), []],
    [ref('@plan.input.pick.$value'), ['expr-type ']],
    [ref('@plan.input.same.$value'), []],
    [ref('@var:requests'), ['expr-unknown-reference ']],
    [ref('@var:a.b.c'), []],
    [ref('@var:a'), ['expr-unknown-reference ']],
    [ref('@step:none'), ['expr-unknown-reference ']],
    [ref('@event'), ['expr-unknown-reference ']],
    [ref('@local:x'), ['expr-unknown-reference ']],
    [op('get', ref('@plan.input'), '{"text":"body_preview"}'), ['expr-field /args/1']],
    [
      `{"record":{"a":${op('len', ref('@var:nope'))}}}`,
      ['expr-unknown-reference /record/a/args/0'],
    ],
  ]);
});

describe('one mistake is one finding', () => {
  testCases([
    [op('add', op('mul', ref('@var:nope'), one), one), ['expr-unknown-reference /args/0/args/0']],
    [op('concat', ref('@var:nope'), one), ['expr-unknown-reference /args/0', 'expr-type /args/1']],
    [
      `{"let":{"name":"x","value":${ref('@var:nope')},"in":${op('eq', ref('@local:x'), one)}}}`,
      ['expr-unknown-reference /let/value'],
    ],
  ]);
});

describe('operators take what they have a meaning for', () => {
  testCases([
    [op('len'), ['expr-arity ']],
    [op('and', '{"bool":true}'), ['expr-arity ']],
    [op('get', one, one, one), ['expr-arity ']],
    [op('len', one), ['expr-type /args/0']],
    [op('add', one, '{"text":"1"}'), ['expr-type ']],
    [op('lt', one, '{"text":"1"}'), ['expr-type ']],
    [op('not', one), ['expr-type /args/0']],
    [op('get', ref('@plan.input'), ref('@plan.input.url')), ['expr-type /args/1']],
    [op('get', ref('@plan.input.list'), '{"text":"0"}'), ['expr-type /args/1']],
    [op('has', ref('@plan.input.list'), '{"text":"0"}'), ['expr-type /args/1']],
    [op('to_text@1', ref('@plan.input.list')), ['expr-type /args/0']],
    [op('hash_bytes@1', one), ['expr-type /args/0']],
    [op('coalesce@1', one, '{"text":"a"}'), ['expr-type /args/1']],
    ['{"op":"map@1","over":{"nat":1},"as":"x","do":{"nat":1}}', ['expr-type /over']],
    ['{"op":"any@1","over":{"list":[]},"as":"x","do":{"nat":1}}', ['expr-type /do']],
    [
      '{"if":{"cond":{"nat":1},"then":{"nat":1},"else":{"text":"a"}}}',
      ['expr-type /if/cond', 'expr-type /if/else'],
    ],
    ['{"list":[{"nat":1},{"text":"a"}]}', ['expr-type /list/1']],
    ['{"map":[{"key":{"bool":true},"value":{"nat":1}}]}', ['expr-type /map']],
  ]);
});

describe('match names every arm and no other', () => {
  const pick = ref('@plan.input.pick');
  const match = (arms: string, rest = ''): string =>
    `{"match":{"on":${pick},"arms":{${arms}}${rest}}}`;
  testCases([
    [match(`"A":{"then":${one}},"B":{"then":${one}},"C":{"then":${one}}`), []],
    [match(`"A":{"then":${one}}`), ['expr-arm /match']],
    [match(`"A":{"then":${one}}`, `,"else":${one}`), []],
    [match(`"Aa":{"then":${one}}`, `,"else":${one}`), ['expr-arm /match/arms/Aa']],
    [
      match(`"A":{"bind":"a","then":${op('len', ref('@local:a'))}}`, `,"else":${one}`),
      ['expr-type /match/arms/A/then/args/0'],
    ],
    [`{"match":{"on":${one},"arms":{}}}`, ['expr-type /match/on']],
  ]);
});

describe('a place says what it expects', () => {
  const pair: TypeExpr = { record: { a: nat, b: { option: text } } };
  const pick: TypeExpr = { variant: { A: nat, C: unit } };
  testCases([
    ['{"record":{"a":{"nat":1}}}', [], pair],
    ['{"record":{"b":{"text":"x"}}}', ['expr-field /record'], pair],
    ['{"record":{"a":{"nat":1},"bb":{"text":"x"}}}', ['expr-field /record/bb'], pair],
    ['{"record":{"a":{"text":"x"}}}', ['expr-type /record/a'], pair],
    ['{"record":{"a":{"int":-1}}}', ['expr-type /record/a'], pair],
    ['{"variant":{"tag":"C"}}', [], pick],
    ['{"variant":{"tag":"A"}}', ['expr-arm /variant'], pick],
    ['{"variant":{"tag":"D"}}', ['expr-arm /variant/tag'], pick],
    ['{"variant":{"tag":"A","value":{"text":"x"}}}', ['expr-type /variant/value'], pick],
    ['{"text":"bad"}', ['expr-type '], { hash: {} }],
    [ref('@plan.input.count'), [], { int: {} }],
    [ref('@plan.input.count'), ['expr-type '], text],
    [ref('@plan.input.count'), [], { option: nat }],
  ]);
});

describe('what may be refused when it is evaluated is worth a warning', () => {
  testCases([
    [ref('@plan.input.maybe'), ['expr-option? '], nat],
    [op('add', ref('@plan.input.maybe'), one), ['expr-option? /args/0']],
    [op('eq', ref('@plan.input.maybe'), one), []],
    [op('coalesce@1', ref('@plan.input.maybe'), one), [], nat],
    [ref('@plan.input.at'), ['expr-conversion? '], nat],
    [ref('@plan.input.url'), ['expr-conversion? '], { hash: {} }],
  ]);
});

test('handles are waited for and are no data', () => {
  const receipt = compileType(nat).type;
  const vars = new Map<string, ValueType>([['h', handleType('effect', receipt)]]);
  const check = (text: string, expected?: ValueType): string[] => {
    const expr = parseExpr(JSON.parse(text));
    if (!expr.ok) throw new Error(expr.refusal.detail);
    return checkExpr(expr.value, { vars, steps: new Map() }, expected).findings.map(
      ({ code }) => code,
    );
  };
  const handle = handleType('effect', receipt);
  expect(check(ref('@var:h'), handle)).toEqual([]);
  expect(check(`{"list":[${ref('@var:h')}]}`, listType(handle))).toEqual([]);
  expect(check(ref('@var:h'), handleType('plan', receipt))).toEqual(['expr-type']);
  for (const use of [
    `{"record":{"a":${ref('@var:h')}}}`,
    `{"set":[${ref('@var:h')}]}`,
    `{"variant":{"tag":"A","value":${ref('@var:h')}}}`,
    op('eq', ref('@var:h'), ref('@var:h')),
    op('len', `{"list":[${ref('@var:h')}]}`),
    op('has', `{"list":[${ref('@var:h')}]}`, ref('@var:h')),
    op('to_text@1', ref('@var:h')),
  ]) {
    expect(check(use), use).toEqual(['expr-type']);
  }
});

test('types are as deep as the language allows, and no deeper', () => {
  let deep: TypeExpr = nat;
  for (let i = 1; i < 64; i++) deep = { list: deep };
  const around: Surroundings = { input: [deep, []] };
  expect(findingsOf(ref('@plan.input'), { around })).toEqual([]);
  expect(findingsOf(`{"list":[${ref('@plan.input')}]}`, { around })).toEqual(['expr-depth ']);
});

test('types that share their parts are compared in time linear in the parts', () => {
  const tower = (leaf: TypeExpr): TypeExpr => leaf;
  const schemas: { [name: string]: TypeExpr } = {};
  for (const side of ['a', 'b']) {
    for (let i = 0; i < 30; i++) {
      const inner: TypeExpr = i === 0 ? tower(nat) : { ref: `test/${side}${i - 1}@1` };
      schemas[`test/${side}${i}@1`] = { record: { x: inner, y: inner, z: inner } };
    }
  }
  const [a, b] = ['a', 'b'].map(
    (side) => compileType({ ref: `test/${side}29@1` }, schemas).type,
  ) as [ValueType, ValueType];
  const environment = { input: a, event: b, vars: new Map(), steps: new Map() };
  for (const text of [
    op('eq', ref('@plan.input'), ref('@event')),
    `{"list":[${ref('@plan.input')},${ref('@event')}]}`,
  ]) {
    const expr = parseExpr(JSON.parse(text));
    expect(expr.ok && checkExpr(expr.value, environment).findings).toEqual([]);
  }
});

test('of countless mistakes the first are reported', () => {
  const items = Array(5000).fill(ref('@var:requests')).join(',');
  const findings = findingsOf(`{"list":[${items}]}`, { around: AROUND });
  expect(findings).toHaveLength(100);
  expect(findings[99]).toBe('expr-unknown-reference /list/99');
});
