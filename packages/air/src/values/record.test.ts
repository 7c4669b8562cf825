import { describe, expect, test } from 'vitest';
import { compileType, nat, testLenses, text, throughBytes } from '../../test/values.js';
import type { TypeExpr } from '../index.js';

describe('a record', () => {
  testLenses({ record: { bb: text, a: { option: nat } } }, [
    ['{"a":1,"bb":"x"}', 'a2616101626262 6178'.replaceAll(' ', '')],
    ['{"bb":"x"}', 'a26161f66262626178'],
    ['{"bb":"x","a":null}', 'a26161f66262626178'],
    ['{"record":{"bb":{"text":"x"},"a":{"null":{}}}}', 'a26161f66262626178'],
    ['{"record":{"bb":"x"}}', 'a26161f66262626178'],
    ['{"a":1}', 'value-missing-field '],
    ['{"record":{"a":{"nat":1}}}', 'value-missing-field /record'],
    ['{"bb":"x","c":1}', 'value-unknown-field /c'],
    ['{"bb":5}', 'value-type /bb'],
    ['{"record":{"bb":"x"},"a":1}', 'value-unknown-field /record'],
    ['{"bb":"x","__proto__":1}', 'value-unknown-field /__proto__'],
    ['{"bb":"x","toString":1}', 'value-unknown-field /toString'],
    ['[]', 'value-type '],
    ['null', 'value-type '],
  ]);
});

describe('a record without fields', () => {
  testLenses({ record: {} }, [
    ['{}', 'a0'],
    ['{"record":{}}', 'a0'],
    ['{"record":{"record":{}}}', 'value-unknown-field /record/record'],
  ]);
});

describe('a record whose fields are called like tags', () => {
  testLenses({ record: { text, hash: { option: text } } }, [
    ['{"text":"x"}', 'a26468617368f6647465787461 78'.replaceAll(' ', '')],
    ['{"text":{"text":"x"},"hash":{"null":{}}}', 'a26468617368f664746578746178'],
  ]);
  testLenses({ record: { record: { record: { a: nat } } } }, [
    ['{"record":{"a":1}}', 'a1667265636f7264a1616101'],
    ['{"record":{"record":{"a":1}}}', 'a1667265636f7264a1616101'],
  ]);
});

describe('a field of any name', () => {
  const fields = Object.assign(Object.create(null), {
    ['__proto__']: nat,
    constructor: { option: nat },
  }) as { readonly [name: string]: TypeExpr };
  const schema = compileType({ record: fields });
  test('is a field like any other', () => {
    const json = '{"__proto__":1,"constructor":null}';
    expect(throughBytes(schema, '{"__proto__":1}')).toBe(json);
    expect(throughBytes(schema, '{"constructor":1}')).toBe('value-missing-field');
  });
});

test('a value that fills out to too many items is refused', () => {
  const options = Object.fromEntries(
    Array.from({ length: 2000 }, (_, i) => [`f${i}`, { option: nat }]),
  );
  const schema = compileType({ list: { record: options } });
  const refused = schema.normalizeJson(Array.from({ length: 1001 }, () => ({})));
  expect(refused.ok ? '' : refused.refusal.code).toBe('value-size');
});
