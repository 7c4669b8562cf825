/**
 * JSON text.
 *
 * What is read the platform reads as the same; what the platform reads is read, or refused for a
 * reason that the platform does not know; what is printed is read again as the same.
 */
import { JsonDecimal, type JsonValue, parseJson, printJson } from '@aos/air';
import { decodeUtf8 } from '@aos/canon';
import { type FuzzTarget, holds } from '@aos/testing/fuzz';
import { valueIn } from '../codes.js';
import { jsonTokens, texts } from '../tokens.js';

export const target: FuzzTarget = {
  name: 'air-json',
  tokens: jsonTokens,
  seeds: () =>
    texts(
      '{"a":[1,-2,{"b":null}],"c":"\\u00fc\\n\\"","d":1.50,"e":1E+2}',
      '[[[[[[]]]]],18446744073709551615,-18446744073709551616,true,false]',
      ' "\\ud83d\\ude00 \\/ \\b\\f" ',
      '{"__proto__":{"a":1},"constructor":0,"":""}',
    ),
  run(bytes) {
    const text = valueIn(decodeUtf8(bytes));
    if (text === undefined) return;
    const parsed = parseJson(text);
    const value = valueIn(parsed);
    const theirs = readByPlatform(text);
    if (value === undefined) {
      const isSyntax = !parsed.ok && parsed.refusal.code === 'json-syntax';
      holds(!isSyntax || theirs === undefined, 'what the platform reads is no syntax error');
      return;
    }
    holds(theirs !== undefined, 'what is read the platform reads');
    holds(toldOf(value) === toldOfPlatform(theirs.value), 'the platform reads the same');
    const printed = printJson(value);
    const again = parseJson(printed);
    holds(again.ok && toldOf(again.value, 'exact') === toldOf(value, 'exact'), 'prints come back');
    holds(again.ok && printJson(again.value) === printed, 'prints are printed the same');
  },
};

function readByPlatform(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** One text a value; numbers as the platform has them, unless exact. */
function toldOf(value: JsonValue, numbers: 'exact' | 'rounded' = 'rounded'): string {
  if (value instanceof JsonDecimal) return number(value.text, numbers);
  if (typeof value === 'bigint' || typeof value === 'number') return number(`${value}`, numbers);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => toldOf(item, numbers)).join()}]`;
  const entries = Object.entries(value).map(
    ([name, item]) => `${JSON.stringify(name)}:${toldOf(item as JsonValue, numbers)}`,
  );
  return `{${entries.sort().join()}}`;
}

function number(text: string, numbers: 'exact' | 'rounded'): string {
  return numbers === 'exact' ? text : String(Number(text) + 0);
}

function toldOfPlatform(value: unknown): string {
  if (typeof value === 'number') return String(value + 0);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(toldOfPlatform).join()}]`;
  const entries = Object.entries(value).map(
    ([name, item]) => `${JSON.stringify(name)}:${toldOfPlatform(item)}`,
  );
  return `{${entries.sort().join()}}`;
}
