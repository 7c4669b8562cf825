import fc from 'fast-check';
import { expect, test } from 'vitest';
import { samples } from '../../test/typed-expressions.js';
import { printJson } from '../json/printer.js';
import { parseJson } from '../json/reader.js';
import type { JsonValue } from '../json/value.js';
import { parseExpr } from './parse.js';
import { printExpr } from './print.js';

const FORM_WORDS =
  'ref op args record list set map variant tag value key if cond then else match on arms bind ' +
  'let name in over as do null int nat text bool dec128 hash __proto__ toString';

const WORDS = [...FORM_WORDS.split(' '), '@plan.input.a', '@var:x', 'add', 'map@1', 'coalesce@1'];

/** JSON out of the words of the language, in any order. */
const wordJson = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<JsonValue>(...WORDS),
    fc.constantFrom<JsonValue>(0, 1, -1, 2n ** 64n, true, null),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...WORDS), tie('json'), { maxKeys: 4, noNullPrototype: false }),
  ),
})).json;

/** A well-formed expression with one place changed for any JSON. */
const changed = fc.tuple(samples, wordJson, fc.nat()).map(([{ expr }, other, at]) => {
  let left = at % 40;
  const change = (json: JsonValue): JsonValue => {
    if (left-- === 0) return other;
    if (Array.isArray(json)) return json.map(change);
    if (typeof json !== 'object' || json === null) return json;
    return Object.fromEntries(Object.entries(json).map(([key, each]) => [key, change(each)]));
  };
  return change(expr);
});

/** What is accepted is printed as it was, but for the form of decimals and the order of keys. */
function checkAccepted(json: JsonValue): void {
  const read = parseExpr(json);
  if (!read.ok) {
    expect(read.refusal.code).toMatch(/^(expr|value)-/);
    return;
  }
  const text = printJson(printExpr(read.value));
  if (!text.includes('dec128')) expect(sorted(JSON.parse(text))).toEqual(sorted(throughText(json)));
  const again = parseJson(text);
  expect(again.ok && parseExpr(again.value)).toEqual(read);
}

const throughText = (json: JsonValue): unknown => JSON.parse(printJson(json));

function sorted(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(sorted);
  if (typeof json !== 'object' || json === null) return json;
  return Object.entries(json)
    .map(([key, each]) => [key, sorted(each)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

test('whatever the words, what is accepted is exactly what is printed', () => {
  fc.assert(fc.property(wordJson, checkAccepted), { numRuns: 3000 });
});

test('one change in an expression is refused or read as what it now says', () => {
  fc.assert(fc.property(changed, checkAccepted), { numRuns: 300 });
});
