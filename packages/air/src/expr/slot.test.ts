import { toHex } from '@aos/canon';
import { expect, test } from 'vitest';
import { compileType, nat, text, unit } from '../../test/values.js';
import type { TypeExpr } from '../forms/type-expr.js';
import { printJson } from '../json/printer.js';
import { parseJson } from '../json/reader.js';
import { parseExprOrValue, printExprOrValue, toTaggedJson } from './slot.js';

/** `expr` or `value` and the normal form; or `code at`. */
function readSlot(json: string, type?: TypeExpr): string {
  const parsed = parseJson(json);
  if (!parsed.ok) return parsed.refusal.code;
  const slot = parseExprOrValue(parsed.value, type && compileType(type));
  if (!slot.ok) return `${slot.refusal.code} ${slot.refusal.at}`;
  return `${slot.value.kind} ${printJson(printExprOrValue(slot.value))}`;
}

const pair: TypeExpr = { record: { a: nat, b: { option: text } } };
const choice: TypeExpr = { variant: { Some: text, None: unit } };

test.each<[string, TypeExpr, string]>([
  ['5', nat, 'value {"nat":5}'],
  ['{"nat":5}', nat, 'value {"nat":5}'],
  ['{"int":5}', nat, 'value-type '],
  ['{"a":1}', pair, 'value {"record":{"a":{"nat":1},"b":{"null":{}}}}'],
  ['{"record":{"a":1}}', pair, 'value {"record":{"a":{"nat":1},"b":{"null":{}}}}'],
  ['{"record":{"a":{"nat":1}}}', pair, 'value {"record":{"a":{"nat":1},"b":{"null":{}}}}'],
  ['["b","a","b"]', { set: text }, 'value {"set":[{"text":"a"},{"text":"b"}]}'],
  ['{"Some":"x"}', choice, 'value {"tag":"Some","value":{"text":"x"}}'],
  ['"None"', choice, 'value {"tag":"None"}'],
  ['{"variant":{"tag":"None"}}', choice, 'value {"tag":"None"}'],
  [
    '{"variant":{"tag":"Some","value":{"text":"x"}}}',
    choice,
    'value {"tag":"Some","value":{"text":"x"}}',
  ],
  [
    '{"b":1,"aa":2}',
    { map: { key: { text: {} }, value: nat } },
    'value {"map":[{"key":{"text":"b"},"value":{"nat":1}},' +
      '{"key":{"text":"aa"},"value":{"nat":2}}]}',
  ],
])('%s in a slot of %j is a value', (json, type, expected) => {
  expect(readSlot(json, type)).toBe(expected);
});

test.each<[string, TypeExpr, string]>([
  ['{"text":"x"}', { record: { text } }, 'value {"record":{"text":{"text":"x"}}}'],
  [
    '{"hash":"x"}',
    { map: { key: { text: {} }, value: text } },
    'value {"map":[{"key":{"text":"hash"},"value":{"text":"x"}}]}',
  ],
  [
    '{"hash":"x","name":"n"}',
    { record: { hash: text, name: text } },
    'value {"record":{"hash":{"text":"x"},"name":{"text":"n"}}}',
  ],
  ['{"ref":"@home"}', { record: { ref: text } }, 'value {"record":{"ref":{"text":"@home"}}}'],
])('%s is the record that its schema says it is', (json, type, expected) => {
  expect(readSlot(json, type)).toBe(expected);
});

test('what refers to something stays an expression, as it is written', () => {
  const json = '{"record":{"a":{"ref":"@var:x"},"b":{"variant":{"tag":"T"}}}}';
  expect(readSlot(json, pair)).toBe(`expr ${json}`);
  expect(readSlot('{"op":"not","args":[{"bool":true}]}', { bool: {} })).toBe(
    'expr {"op":"not","args":[{"bool":true}]}',
  );
});

test.each([
  ['{"text":"x"}', 'value {"text":"x"}'],
  ['{"set":[{"nat":3},{"nat":1},{"nat":3}]}', 'value {"set":[{"nat":1},{"nat":3}]}'],
  ['{"variant":{"tag":"T","value":{"null":{}}}}', 'value {"tag":"T"}'],
  [
    '{"tag":"T","value":{"list":[{"tag":"U"}]}}',
    'value {"tag":"T","value":{"list":[{"tag":"U"}]}}',
  ],
  [
    '{"map":[{"key":{"nat":2},"value":{"nat":0}},{"key":{"nat":1},"value":{"nat":0}}]}',
    'value {"map":[{"key":{"nat":1},"value":{"nat":0}},{"key":{"nat":2},"value":{"nat":0}}]}',
  ],
  [
    '{"map":[{"key":{"nat":2},"value":{"nat":0}},{"key":{"nat":2},"value":{"nat":0}}]}',
    'value-duplicate-key ',
  ],
  ['"x"', 'expr-form '],
  ['{"a":1}', 'expr-form '],
])('without a schema %s is read by its tags alone', (json, expected) => {
  expect(readSlot(json)).toBe(expected);
});

test('the refusal is that of the reading that was meant', () => {
  expect(readSlot('{"record":{"a":{"ref":"@nowhere"}}}', pair)).toBe(
    'expr-reference /record/a/ref',
  );
  expect(readSlot('{"a":"x"}', pair)).toBe('value-type /a');
});

test('a value keeps its canonical bytes', () => {
  const slot = parseExprOrValue({ a: 1 }, compileType(pair));
  const bytes = slot.ok && slot.value.kind === 'value' ? slot.value.bytes : undefined;
  expect(bytes && toHex(bytes)).toBe('d9d9f7a2616101' + '6162f6');
});

test('canonical bytes are shown in the tagged lens', () => {
  const schema = compileType(pair);
  const bytes = schema.normalizeJson({ a: 7, b: 'x' });
  const json = bytes.ok ? toTaggedJson(schema, bytes.value) : bytes;
  expect(json.ok && printJson(json.value)).toBe('{"record":{"a":{"nat":7},"b":{"text":"x"}}}');
});
