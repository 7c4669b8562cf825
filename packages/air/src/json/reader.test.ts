import { describe, expect, test } from 'vitest';
import { printJson } from './printer.js';
import { parseJson } from './reader.js';
import { JsonDecimal, type JsonValue } from './value.js';

function parsed(text: string): JsonValue {
  const result = parseJson(text);
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
}

function refusal(text: string): string {
  const result = parseJson(text);
  return result.ok ? 'accepted' : `${result.refusal.code} ${result.refusal.at}`;
}

describe('integers', () => {
  test.each([
    ['0', 0],
    ['-0', 0],
    ['-1', -1],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['-9007199254740992', -9007199254740992n],
    ['18446744073709551615', 18446744073709551615n],
    ['-18446744073709551616', -18446744073709551616n],
  ])('%s is read exactly', (text, value) => {
    expect(Object.is(parsed(text), value)).toBe(true);
  });

  test.each(['18446744073709551616', '-18446744073709551617', `1${'0'.repeat(1_000_000)}`])(
    'an integer beyond 64 bits is refused',
    (text) => {
      expect(refusal(text)).toBe('json-integer-range 1:1');
    },
  );

  test.each(['1.0', '1e3', '-0.5E-7', '0.10'])('%s is a decimal, kept as written', (text) => {
    expect(parsed(text)).toEqual(new JsonDecimal(text));
  });
});

describe('text', () => {
  test.each([
    ['"\\u0041\\n\\/\\\\"', 'A\n/\\'],
    ['"\\ud83d\\ude00"', '😀'],
    ['"😀é"', '😀é'],
    ['"\\u0000"', '\0'],
    ['"\u2028"', '\u2028'],
  ])('%s is read', (text, value) => {
    expect(parsed(text)).toBe(value);
  });

  test.each([
    ['"\\ud83d"', 'json-lone-surrogate 1:2'],
    ['"\\ude00\\ud83d"', 'json-lone-surrogate 1:2'],
    ['"a\\ud83d\\u0041"', 'json-lone-surrogate 1:3'],
    ['"\ud83d"', 'json-lone-surrogate 1:2'],
    ['"\ude00"', 'json-lone-surrogate 1:2'],
    ['{"\\ud800": 1}', 'json-lone-surrogate 1:3'],
    ['"\n"', 'json-syntax 1:2'],
    ['"\\x41"', 'json-syntax 1:2'],
    ['"\\u00g0"', 'json-syntax 1:2'],
    ['"abc', 'json-syntax 1:1'],
    ['"abc\\', 'json-syntax 1:5'],
  ])('%j is refused', (text, expected) => {
    expect(refusal(text)).toBe(expected);
  });
});

describe('objects', () => {
  test('have no prototype, so no key is special', () => {
    const value = parsed('{"__proto__": 1, "constructor": {"toString": null}}');
    expect(Object.getPrototypeOf(value)).toBe(null);
    expect(printJson(value)).toBe('{"__proto__":1,"constructor":{"toString":null}}');
  });

  test('a repeated key is refused where it is repeated', () => {
    expect(refusal('{"a": 1,\n  "b": {"c": 1, "\\u0063": 2}}')).toBe('json-duplicate-key 2:17');
    expect(refusal('{"__proto__": 1, "__proto__": 1}')).toBe('json-duplicate-key 1:18');
  });
});

describe('syntax', () => {
  test.each([
    ['', '1:1'],
    [' ', '1:2'],
    ['nul', '1:1'],
    ['01', '1:2'],
    ['+1', '1:1'],
    ['.5', '1:1'],
    ['1.', '1:2'],
    ['NaN', '1:1'],
    ["'a'", '1:1'],
    ['[1,]', '1:4'],
    ['[1 2]', '1:4'],
    ['{"a" 1}', '1:6'],
    ['{a: 1}', '1:2'],
    ['{"a": 1,}', '1:9'],
    ['{"a": 1', '1:8'],
    ['1 2', '1:3'],
    ['\ufeff1', '1:1'],
    ['// c\n1', '1:1'],
    ['\u00a01', '1:1'],
    ['[\n\n  tru]', '3:3'],
  ])('%j is refused at %s', (text, at) => {
    expect(refusal(text)).toBe(`json-syntax ${at}`);
  });

  test.each(['null', 'true', 'false', '[]', '{}', ' [ 1 , { "a" : [ ] } ]\r\n\t'])(
    '%j is read',
    (text) => {
      expect(printJson(parsed(text))).toBe(JSON.stringify(JSON.parse(text)));
    },
  );
});

describe('limits', () => {
  test('128 levels are read, 129 are refused', () => {
    expect(parseJson('['.repeat(128) + ']'.repeat(128)).ok).toBe(true);
    expect(refusal('['.repeat(129) + ']'.repeat(129))).toBe('json-depth 1:129');
  });

  test('ten million opening brackets are refused without being walked', () => {
    expect(refusal('['.repeat(10_000_000))).toBe('json-depth 1:129');
  });

  test('a text beyond the size limit is refused unread', () => {
    const result = parseJson('[1,2]', { maxChars: 4 });
    expect(result.ok ? '' : result.refusal.code).toBe('json-size');
  });
});

describe('printing', () => {
  test('integers beyond 2^53 are printed in full', () => {
    expect(printJson([2n ** 63n, -1, 0, new JsonDecimal('1.50')])).toBe(
      '[9223372036854775808,-1,0,1.50]',
    );
  });

  test('with an indent every item stands on its own line', () => {
    expect(printJson(parsed('{"a":[1,{}],"b":[]}'), { indent: 2 })).toBe(
      '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}',
    );
  });
});
