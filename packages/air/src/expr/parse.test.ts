import { describe, expect, test } from 'vitest';
import { printJson } from '../json/printer.js';
import { parseJson } from '../json/reader.js';
import type { JsonValue } from '../json/value.js';
import { MAX_EXPR_DEPTH, parseExpr } from './parse.js';
import { printExpr } from './print.js';

/** What was read, printed again; or `code at`. */
function readText(text: string): string {
  const json = parseJson(text);
  if (!json.ok) return json.refusal.code;
  const expr = parseExpr(json.value);
  return expr.ok ? printJson(printExpr(expr.value)) : `${expr.refusal.code} ${expr.refusal.at}`;
}

describe('every form is read and printed as it is written', () => {
  test.each([
    '{"ref":"@plan.input"}',
    '{"ref":"@plan.input.a.b-c.$tag"}',
    '{"ref":"@var:x.y"}',
    '{"ref":"@step:s.receipt.status"}',
    '{"ref":"@event.id"}',
    '{"ref":"@local:item.a"}',
    '{"null":{}}',
    '{"bool":false}',
    '{"int":-9223372036854775808}',
    '{"nat":18446744073709551615}',
    '{"bytes_b64":"AAEC"}',
    '{"time_ns":1}',
    '{"duration_ns":-1}',
    '{"uuid":"00000000-0000-0000-0000-000000000000"}',
    '{"op":"add","args":[{"int":1},{"ref":"@var:x"}]}',
    '{"op":"coalesce@1","args":[]}',
    '{"record":{"__proto__":{"text":"a"},"constructor":{"text":"b"}}}',
    '{"list":[]}',
    '{"set":[{"set":[]}]}',
    '{"map":[{"key":{"text":"k"},"value":{"list":[]}}]}',
    '{"variant":{"tag":"T"}}',
    '{"variant":{"tag":"T","value":{"null":{}}}}',
    '{"if":{"cond":{"bool":true},"then":{"int":1},"else":{"int":2}}}',
    '{"match":{"on":{"ref":"@event"},"arms":{"A":{"then":{"int":1}},' +
      '"B":{"bind":"b","then":{"ref":"@local:b"}}}}}',
    '{"match":{"on":{"ref":"@event"},"arms":{},"else":{"int":1}}}',
    '{"let":{"name":"x","value":{"int":1},"in":{"ref":"@local:x"}}}',
    '{"op":"filter@1","over":{"list":[]},"as":"x","do":{"bool":true}}',
  ])('%s', (text) => {
    expect(readText(text)).toBe(text);
  });
});

test.each([
  ['{"dec128":"1.50"}', '{"dec128":"1.5"}'],
  ['{"int":0}', '{"int":0}'],
])('the constant %s is printed in its one form', (text, printed) => {
  expect(readText(text)).toBe(printed);
});

describe('what is no expression is refused with its place', () => {
  test.each([
    ['1', 'expr-form '],
    ['{}', 'expr-form '],
    ['{"text":"a","x":1}', 'expr-form '],
    ['{"record":{"a":"x"}}', 'expr-form /record/a'],
    ['{"record":[]}', 'expr-form /record'],
    ['{"list":[{"int":1},1]}', 'expr-form /list/1'],
    ['{"map":[{"key":{"text":"k"}}]}', 'expr-form /map/0'],
    ['{"op":"pow","args":[]}', 'expr-operator /op'],
    ['{"op":"add"}', 'expr-form '],
    ['{"op":"map@1","args":[]}', 'expr-operator /op'],
    ['{"op":"add","over":{"list":[]},"as":"x","do":{"int":1}}', 'expr-operator /op'],
    ['{"op":"map@1","over":{"list":[]},"as":"a.b","do":{"int":1}}', 'expr-name /as'],
    ['{"ref":"plan.input"}', 'expr-reference /ref'],
    ['{"ref":"@plan.inputs"}', 'expr-reference /ref'],
    ['{"ref":"@plan.input."}', 'expr-reference /ref'],
    ['{"ref":"@var:"}', 'expr-reference /ref'],
    ['{"ref":"@var:1"}', 'expr-reference /ref'],
    ['{"ref":"@step:a..b"}', 'expr-reference /ref'],
    ['{"ref":5}', 'expr-form /ref'],
    ['{"variant":{"tag":"T","value":1}}', 'expr-form /variant/value'],
    ['{"variant":{"tag":"T","other":1}}', 'expr-form /variant'],
    ['{"if":{"cond":{"bool":true},"then":{"int":1}}}', 'expr-form /if'],
    ['{"int":1.0}', 'value-type /int'],
    ['{"int":9223372036854775808}', 'value-range /int'],
    ['{"nat":-1}', 'value-range /nat'],
    ['{"null":null}', 'value-type /null'],
    ['{"hash":"bad"}', 'value-hash /hash'],
    ['{"uuid":"bad"}', 'value-uuid /uuid'],
    ['{"dec128":"bad"}', 'value-dec128 /dec128'],
    ['{"bytes_b64":"bad"}', 'value-type /bytes_b64'],
  ])('%s', (text, expected) => {
    expect(readText(text)).toBe(expected);
  });
});

test('text with half a surrogate pair is refused', () => {
  const read = parseExpr({ text: '\ud800' });
  expect(read.ok ? '' : read.refusal.code).toBe('value-text');
});

test('expressions nested too deep are refused, however they came to be', () => {
  let json: JsonValue = { int: 1 };
  for (let i = 1; i < MAX_EXPR_DEPTH; i++) json = { list: [json] };
  expect(parseExpr(json).ok).toBe(true);
  for (let i = 0; i < 10_000; i++) json = { list: [json] };
  const read = parseExpr(json);
  expect(read.ok ? '' : read.refusal.code).toBe('expr-depth');
});
