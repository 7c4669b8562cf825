import { describe, expect, test } from 'vitest';
import { compileType, nat, testLenses, text, throughBytes, unit } from '../../test/values.js';
import { compileSchemas } from '../index.js';

describe('references', () => {
  const named = { 'a/C@1': nat, 'a/B@1': { ref: 'a/C@1' }, 'a/A@1': { ref: 'a/B@1' } } as const;
  testLenses(
    { record: { x: { ref: 'a/A@1' }, y: { option: { ref: 'a/A@1' } } } },
    [['{"x":1}', 'a26178016179f6']],
    named,
  );
  const optional = { 'a/O@1': { option: nat }, 'a/P@1': { ref: 'a/O@1' }, 'a/U@1': unit } as const;
  testLenses({ record: { x: { ref: 'a/P@1' } } }, [['{}', 'a16178f6']], optional);
  testLenses(
    { variant: { U: { ref: 'a/U@1' } } },
    [['"U"', 'a264247461676155662476616c7565f6']],
    optional,
  );
});

test('the sugar lens shows everything exactly', () => {
  const schema = compileType({
    record: {
      big: { int: {} },
      raw: { bytes: {} },
      pc: { variant: { Idle: unit, At: nat } },
      none: { option: text },
      ids: { map: { key: { nat: {} }, value: { set: text } } },
    },
  });
  const json =
    '{"big":-9223372036854775808,"raw":"AQI=","pc":{"Idle":null},"none":null,"ids":[[1,["a"]]]}';
  const shown = JSON.parse(throughBytes(schema, json).replace('-9223372036854775808', '"min"'));
  expect(shown).toEqual({
    big: 'min',
    raw: 'AQI=',
    pc: { Idle: null },
    none: null,
    ids: [[1, ['a']]],
  });
});

describe('schemas that cannot be compiled are refused', () => {
  const schema = (name: string, type: unknown) => ({ $kind: 'defschema', name, type }) as never;
  test.each<[string, never[]]>([
    ['type-unknown /0/type', [schema('a/A@1', { string: {} })]],
    ['name-syntax /1/name', [schema('a/A@1', { unit: {} }), schema('A', { unit: {} })]],
    ['definition-duplicate ', [schema('a/A@1', { unit: {} }), schema('a/A@1', { unit: {} })]],
    ['schema-not-found /0/type/list/ref', [schema('a/A@1', { list: { ref: 'a/B@1' } })]],
    ['schema-recursive /0/type/list/ref', [schema('a/A@1', { list: { ref: 'a/A@1' } })]],
  ])('%s', (refusal, schemas) => {
    const compiled = compileSchemas(schemas);
    expect(compiled.ok ? '' : `${compiled.refusal.code} ${compiled.refusal.at}`).toBe(refusal);
  });
});
