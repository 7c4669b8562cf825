import { describe, expect, test } from 'vitest';
import {
  bindingsOf,
  type Evaluation,
  environmentOf,
  evaluateText,
  exprOf,
  type Surroundings,
} from '../../test/expressions.js';
import { compileType, nat, text, unit } from '../../test/values.js';
import type { TypeExpr } from '../forms/type-expr.js';
import { compileExpr } from './check.js';
import { evaluate, evaluateBytes } from './evaluate.js';

const int: TypeExpr = { int: {} };
const pick: TypeExpr = { variant: { A: nat, B: text, C: unit } };

const AROUND: Surroundings = {
  input: [
    {
      record: {
        n: nat,
        i: int,
        t: text,
        opt: { option: text },
        none: { option: nat },
        list: { list: nat },
        set: { set: text },
        map: { map: { key: { text: {} }, value: nat } },
        byId: { map: { key: { nat: {} }, value: text } },
        pick,
        at: { time: {} },
        span: { duration: {} },
        price: { dec128: {} },
        raw: { bytes: {} },
        id: { uuid: {} },
      },
    },
    {
      n: 7,
      i: -3,
      t: 'grüße',
      opt: 'x',
      none: null,
      list: [3, 1, 2],
      set: ['b', 'a'],
      map: { a: 1, b: 2 },
      byId: [[5, 'five']],
      pick: { A: 4 },
      at: 1_000,
      span: 10,
      price: '1.50',
      raw: 'AAECAw==',
      id: '00000000-0000-0000-0000-000000000001',
    },
  ],
  vars: { x: [nat, 1], 'x.y': [nat, 2], rec: [{ record: { y: nat } }, { y: 3 }] },
  steps: { s: [{ record: { status: text } }, { status: 'ok' }] },
  event: [pick, { B: 'hello' }],
};

const op = (name: string, ...args: string[]): string =>
  `{"op":"${name}","args":[${args.join(',')}]}`;
const input = (path: string): string => `{"ref":"@plan.input.${path}"}`;
const t = (value: string): string => JSON.stringify({ text: value });
const i = (value: number | bigint): string => `{"int":${value}}`;
const n = (value: number | bigint): string => `{"nat":${value}}`;
const d = (value: string): string => `{"dec128":"${value}"}`;
const yes = '{"bool":true}';
const no = '{"bool":false}';
const NULL = '{"null":{}}';
const MAX_INT = 2n ** 63n - 1n;
const MAX_NAT = 2n ** 64n - 1n;

/** Names a value `x`, or something else, in a body. */
const letIn = (value: string, body: string, name = 'x'): string =>
  `{"let":{"name":"${name}","value":${value},"in":${body}}}`;

type Case = readonly [expr: string, value: unknown, more?: Evaluation];

const showInteger = (_: string, value: unknown) =>
  typeof value === 'bigint' ? String(value) : value;

function testCases(cases: readonly Case[]): void {
  for (const [expr, value, more] of cases) {
    test(`${expr} is ${JSON.stringify(value, showInteger)}`, () => {
      expect(evaluateText(expr, { around: AROUND, ...more })).toEqual(value);
    });
  }
}

describe('references lead through records, maps and variants', () => {
  testCases([
    [input('n'), 7],
    [input('map.b'), 2],
    [input('map.zz'), 'expr-key'],
    [input('pick.$tag'), 'A'],
    ['{"ref":"@event.$tag"}', 'B'],
    ['{"ref":"@var:x"}', 1],
    ['{"ref":"@var:x.y"}', 2],
    ['{"ref":"@var:rec.y"}', 3],
    ['{"ref":"@step:s.status"}', 'ok'],
  ]);
});

describe('integers are exact, and refused outside their range', () => {
  testCases([
    [op('add', input('n'), n(1)), 8],
    [op('add', input('n'), i(-10)), -3],
    [op('sub', n(3), n(5)), -2],
    [op('sub', n(5), n(3)), 2, { expected: nat }],
    [op('sub', n(3), n(5)), 'expr-overflow', { expected: nat }],
    [op('mul', n(2n ** 32n), n(2n ** 31n)), 2n ** 63n],
    [op('mul', i(2n ** 32n), i(2n ** 31n)), 'expr-overflow'],
    [op('add', n(MAX_NAT), n(1)), 'expr-overflow'],
    [op('sub', i(-MAX_INT), i(2)), 'expr-overflow'],
    [op('sub', n(MAX_NAT), n(MAX_NAT)), 0],
    [op('div', i(-7), i(2)), -3],
    [op('mod', i(-7), i(2)), -1],
    [op('mod', i(7), i(-2)), 1],
    [op('div', i(-1), i(2)), 0],
    [op('mul', i(0), i(-2)), 0],
    [op('div', n(MAX_NAT), n(2)), MAX_INT],
    [op('div', i(-(2n ** 63n)), i(-1)), 'expr-overflow'],
    [op('div', n(9007199254740991), n(9007199254740990)), 1],
    [op('div', n(1), n(0)), 'division-by-zero'],
    [op('mod', n(1), n(0)), 'division-by-zero'],
    [op('add', input('i'), n(3)), 0, { expected: nat }],
  ]);
});

describe('decimals are exact', () => {
  testCases([
    [op('add', input('price'), d('0.05')), '1.55'],
    [op('mul', input('price'), input('n')), '10.5'],
    [op('div', d('1'), n(8)), '0.125'],
    [op('mul', d('9999999999999999999999999999999999'), d('0.11')), 'dec128-inexact'],
    [op('div', d('1'), d('0')), 'division-by-zero'],
    [op('lt', d('2'), d('10')), true],
    [op('eq', d('2.0'), n(2)), true],
    [op('ge', n(2), d('2.5')), false],
    [op('mod', d('1'), d('2')), 'expr-type '],
  ]);
});

describe('times and durations add up where that has a meaning', () => {
  testCases([
    [op('add', input('at'), input('span')), 1_010],
    [op('sub', input('at'), input('at')), 0],
    [op('mul', input('span'), n(3)), 30],
    [op('div', input('span'), input('span')), 1],
    [op('lt', input('span'), input('at')), true],
    [op('add', input('at'), input('at')), 'expr-type '],
  ]);
});

describe('values are compared by what they are', () => {
  testCases([
    [op('eq', i(1), n(1)), true],
    [op('ne', input('t'), t('x')), true],
    [op('eq', input('none'), NULL), true],
    [op('eq', input('opt'), t('x')), true],
    [op('eq', input('list'), '{"list":[{"int":3},{"int":1},{"int":2}]}'), true],
    [op('eq', '{"set":[{"text":"b"},{"text":"a"},{"text":"b"}]}', input('set')), true],
    [
      op(
        'eq',
        '{"record":{"a":{"nat":1},"b":{"nat":2}}}',
        '{"record":{"b":{"nat":2},"a":{"int":1}}}',
      ),
      true,
    ],
    [op('eq', '{"variant":{"tag":"A","value":{"int":4}}}', input('pick')), true],
    [op('eq', '{"variant":{"tag":"C"}}', input('pick')), false],
    [op('eq', input('raw'), '{"bytes_b64":"AAECAw=="}'), true],
    [op('eq', t('a'), n(1)), 'expr-type '],
    [op('lt', t('a'), t('b')), true],
    [op('lt', t('\u{ffff}'), t('\u{10000}')), true],
    [op('gt', t('ab'), t('a')), true],
    [op('le', n(MAX_NAT), i(-1)), false],
  ]);
});

describe('logic stops where it is decided', () => {
  const broken = op('eq', op('div', n(1), n(0)), n(1));
  testCases([
    [op('and', no, broken), false],
    [op('or', yes, broken), true],
    [op('and', yes, yes, no), false],
    [op('or', no, no), false],
    [op('and', yes, broken), 'division-by-zero'],
    [op('not', no), true],
  ]);
});

describe('operators look into what they are given', () => {
  testCases([
    [op('len', input('t')), 5],
    [op('len', t('👋🏽')), 2],
    [op('len', input('list')), 3],
    [op('len', input('map')), 2],
    [op('len', input('raw')), 4],
    [op('len', '{"ref":"@var:rec"}'), 1],
    [op('get', input('list'), n(2)), 2],
    [op('get', input('list'), n(3)), 'expr-index'],
    [op('get', input('list'), i(-1)), 'expr-index'],
    [op('get', input('byId'), i(5)), 'five'],
    [op('get', input('byId'), i(-5)), 'expr-type /args/1'],
    [op('get', input('byId'), input('i')), 'expr-range'],
    [op('get', '{"ref":"@var:rec"}', t('y')), 3],
    [op('get', input('pick'), t('$tag')), 'A'],
    [op('has', '{"ref":"@var:rec"}', t('z')), false],
    [op('has', input('map'), t('a')), true],
    [op('has', input('byId'), i(5)), true],
    [op('has', input('set'), t('c')), false],
    [op('has', input('list'), i(3)), true],
    [op('contains', input('t'), t('üß')), true],
    [op('contains', input('raw'), '{"bytes_b64":"AQI="}'), true],
    [op('contains', input('raw'), '{"bytes_b64":"AgE="}'), false],
    [op('contains', input('list'), n(9)), false],
    [op('contains', input('map'), t('b')), true],
    [op('starts_with', input('t'), t('gr')), true],
    [op('ends_with', input('t'), t('gr')), false],
    [op('concat', input('t'), t('!')), 'grüße!'],
  ]);
});

describe('the additions of 1.1', () => {
  const each = (name: string, over: string, body: string): string =>
    `{"op":"${name}","over":${over},"as":"x","do":${body}}`;
  const x = '{"ref":"@local:x"}';
  const match = (on: string, arms: string, rest = ''): string =>
    `{"match":{"on":${on},"arms":{${arms}}${rest}}}`;
  testCases([
    [`{"if":{"cond":${yes},"then":${n(1)},"else":${op('div', n(1), n(0))}}}`, 1],
    [`{"if":{"cond":${no},"then":${n(1)},"else":${NULL}}}`, null],
    [match(input('pick'), `"A":{"bind":"a","then":{"ref":"@local:a"}}`, `,"else":${n(0)}`), 4],
    [match('{"ref":"@event"}', `"A":{"then":${n(1)}}`, `,"else":${n(0)}`), 0],
    [`{"let":{"name":"x","value":${n(2)},"in":${op('mul', x, x)}}}`, 4],
    [letIn(n(2), letIn(op('add', x, n(1)), letIn(n(9), x, 'y'))), 3],
    [each('map@1', input('list'), op('mul', x, n(2))), [6, 2, 4]],
    [each('map@1', input('set'), op('len', x)), [1]],
    [each('filter@1', input('list'), op('gt', x, n(1))), [3, 2]],
    [each('any@1', input('list'), op('eq', x, n(2))), true],
    [each('all@1', input('list'), op('gt', x, n(1))), false],
    [each('all@1', '{"list":[]}', no), true],
    [
      each('map@1', input('list'), each('any@1', input('list'), op('eq', x, n(1)))),
      [true, true, true],
    ],
    [op('coalesce@1', input('none'), n(5)), 5],
    [op('coalesce@1', input('opt'), t('other')), 'x'],
    [op('coalesce@1', input('none'), NULL), null],
    [op('to_text@1', input('i')), '-3'],
    [op('to_text@1', input('price')), '1.5'],
    [op('to_text@1', yes), 'true'],
    [op('to_text@1', n(MAX_NAT)), '18446744073709551615'],
    [
      op('hash_bytes@1', '{"bytes_b64":""}'),
      'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    ],
    [op('eq', op('hash_bytes@1', t('a')), op('hash_bytes@1', '{"bytes_b64":"YQ=="}')), true],
  ]);
});

describe('values become what their place expects', () => {
  const wide: TypeExpr = { record: { a: int, b: { option: text }, c: { list: nat } } };
  testCases([
    [
      `{"record":{"a":${input('n')},"c":${input('list')}}}`,
      new Map<string, unknown>([
        ['a', 7],
        ['b', null],
        ['c', [3, 1, 2]],
      ]),
      { expected: wide },
    ],
    [input('n'), 7, { expected: int }],
    [input('i'), 'expr-range', { expected: nat }],
    [input('opt'), 'x', { expected: text }],
    [input('none'), 'expr-null', { expected: nat }],
    [input('t'), 'value-hash', { expected: { hash: {} } }],
    [input('id'), '00000000-0000-0000-0000-000000000001', { expected: text }],
    [
      '{"variant":{"tag":"C"}}',
      new Map<string, unknown>([
        ['$tag', 'C'],
        ['$value', null],
      ]),
      { expected: pick },
    ],
    [
      '{"map":[{"key":{"text":"k"},"value":{"nat":1}},{"key":{"text":"k"},"value":{"nat":2}}]}',
      'value-duplicate-key',
    ],
  ]);
});

describe('work is bounded', () => {
  const range = (size: number): string => `{"list":[${Array(size).fill(n(1)).join(',')}]}`;
  const each = (body: string, over: string): string =>
    `{"op":"map@1","over":${over},"as":"x","do":${body}}`;
  const x = '{"ref":"@local:x"}';
  const doubled = (times: number): string =>
    times === 0 ? x : letIn(`{"list":[${x},${x}]}`, doubled(times - 1));
  testCases([
    [each(each(each(n(1), range(50)), range(50)), range(50)), 'expr-steps'],
    [each(n(1), range(11)), 'expr-items', { bounds: { items: 10 } }],
    [op('concat', t('aaaa'), t('aaaa')), 'expr-output', { bounds: { outputBytes: 8 } }],
    [`{"let":{"name":"x","value":${n(1)},"in":${doubled(40)}}}`, 'expr-output'],
    [
      `{"let":{"name":"x","value":${n(1)},"in":${op('eq', doubled(40), doubled(40))}}}`,
      'expr-steps',
    ],
  ]);

  test('a doubled text is refused before it is made', () => {
    const more = (times: number): string =>
      times === 0 ? x : letIn(op('concat', x, x), more(times - 1));
    const expr = `{"let":{"name":"x","value":${t('0123456789')},"in":${op('len', more(50))}}}`;
    expect(evaluateText(expr)).toBe('expr-steps');
  });
});

test('what has no value yet is refused, not invented', () => {
  const expr = exprOf('{"ref":"@step:s.status"}');
  const program = compileExpr(expr, environmentOf(AROUND));
  if (!program.ok) throw new Error(program.refusal.detail);
  const value = evaluate(program.value, { vars: new Map(), steps: new Map() });
  expect(value.ok ? '' : value.refusal.code).toBe('expr-missing');
});

test('a value is written in the schema of its place', () => {
  const schema = compileType({ record: { a: nat, b: { option: text } } });
  const expr = exprOf('{"record":{"a":{"ref":"@var:x"}}}');
  const program = compileExpr(expr, environmentOf(AROUND), schema.type);
  if (!program.ok) throw new Error(program.refusal.detail);
  const bytes = evaluateBytes(program.value, bindingsOf(AROUND), schema);
  expect(bytes).toEqual(schema.normalizeJson({ a: 1, b: null }));
});
