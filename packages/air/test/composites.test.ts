import { toHex } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import { type TypeExpr, wrapVariant } from '../src/index.js';
import { compileType, normalizeHex, normalizeText, throughBytes } from './values.js';

const nat: TypeExpr = { nat: {} };
const text: TypeExpr = { text: {} };
const unit: TypeExpr = { unit: {} };

/** Each case: JSON of either lens, and the bytes without their tag; or the refusal. */
type Case = readonly [json: string, expected: string];

function check(type: TypeExpr, cases: readonly Case[], named = {}): void {
  const schema = compileType(type, named);
  test.each(cases)('%s', (json, expected) => {
    expect(normalizeText(schema, json)).toBe(expected);
    if (/^[0-9a-f]+$/.test(expected)) expect(normalizeHex(schema, expected)).toBe(expected);
  });
}

describe('a record', () => {
  check({ record: { bb: text, a: { option: nat } } }, [
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
  check({ record: {} }, [
    ['{}', 'a0'],
    ['{"record":{}}', 'a0'],
    ['{"record":{"record":{}}}', 'value-unknown-field /record/record'],
  ]);
});

describe('a record whose fields are called like tags', () => {
  check({ record: { text, hash: { option: text } } }, [
    ['{"text":"x"}', 'a26468617368f6647465787461 78'.replaceAll(' ', '')],
    ['{"text":{"text":"x"},"hash":{"null":{}}}', 'a26468617368f664746578746178'],
  ]);
  check({ record: { record: { record: { a: nat } } } }, [
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

describe('a variant', () => {
  const arms = { Ok: text, None: unit, Maybe: { option: nat } };
  check({ variant: arms }, [
    ['{"Ok":"d"}', 'a26424746167624f6b662476616c75656164'],
    ['{"$tag":"Ok","$value":"d"}', 'a26424746167624f6b662476616c75656164'],
    ['{"tag":"Ok","value":{"text":"d"}}', 'a26424746167624f6b662476616c75656164'],
    ['{"None":null}', 'a26424746167644e6f6e65662476616c7565f6'],
    ['{"None":{"null":{}}}', 'a26424746167644e6f6e65662476616c7565f6'],
    ['{"$tag":"None"}', 'a26424746167644e6f6e65662476616c7565f6'],
    ['{"tag":"None"}', 'a26424746167644e6f6e65662476616c7565f6'],
    ['"None"', 'a26424746167644e6f6e65662476616c7565f6'],
    ['{"Maybe":null}', 'a26424746167654d61796265662476616c7565f6'],
    ['{"$tag":"Maybe"}', 'value-missing-field '],
    ['{"$tag":"Ok"}', 'value-missing-field '],
    ['"Ok"', 'value-missing-field '],
    ['"Other"', 'value-unknown-tag '],
    ['{"Other":1}', 'value-unknown-tag /Other'],
    ['{"$tag":"Other"}', 'value-unknown-tag '],
    ['{"$tag":1}', 'value-unknown-tag '],
    ['{"$tag":"Ok","$value":"d","x":1}', 'value-unknown-field '],
    ['{"$tag":"Ok","value":"d"}', 'value-unknown-field '],
    ['{"Ok":"d","None":null}', 'value-type '],
    ['{"Ok":5}', 'value-type /Ok'],
    ['{"$tag":"Ok","$value":5}', 'value-type /$value'],
    ['{"None":1}', 'value-type /None'],
    ['{}', 'value-type '],
    ['[]', 'value-type '],
  ]);

  const schema = compileType({ variant: arms });
  test.each([
    ['a1624f6b6178', 'a26424746167624f6b662476616c75656178'],
    ['a2662476616c75656178642474616762 4f6b', 'a26424746167624f6b662476616c75656178'],
    ['644e6f6e65', 'a26424746167644e6f6e65662476616c7565f6'],
    ['a16424746167644e6f6e65', 'a26424746167644e6f6e65662476616c7565f6'],
    ['a26424746167624f6b6178f6', 'value-unknown-field '],
    ['a164247461670 1'.replaceAll(' ', ''), 'value-unknown-tag '],
    ['a10102', 'value-type '],
    ['a0', 'value-type '],
    ['80', 'value-type '],
  ])('from bytes: %s', (input, expected) => {
    expect(normalizeHex(schema, input)).toBe(expected);
  });
});

describe('a variant whose arms are called like tags', () => {
  check({ variant: { tag: text, variant: unit, value: unit } }, [
    ['{"tag":"variant"}', 'a2642474616763746167662476616c75656776617269616e74'],
    ['{"tag":"tag","value":"x"}', 'a2642474616763746167662476616c75656178'],
    ['{"value":null}', 'a264247461676576616c7565662476616c7565f6'],
  ]);
});

test('many arms are found as well as few', () => {
  const arms = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`Arm${i}`, nat]));
  const schema = compileType({ variant: arms });
  for (const tag of ['Arm0', 'Arm17', 'Arm39']) {
    const hex = normalizeText(schema, `{"${tag}":7}`);
    expect(normalizeHex(schema, hex)).toBe(hex);
    expect(throughBytes(schema, `{"${tag}":7}`)).toBe(`{"${tag}":7}`);
  }
  expect(normalizeHex(schema, 'a26424746167654172 6d3430662476616c756507')).toBe(
    'value-unknown-tag ',
  );
});

describe('an option', () => {
  check({ option: { option: { record: { null: { record: {} } } } } }, [
    ['null', 'f6'],
    ['{"null":{}}', 'a1646e756c6ca0'],
    ['{"record":{"null":{}}}', 'a1646e756c6ca0'],
  ]);
  check({ option: text }, [
    ['null', 'f6'],
    ['{"null":{}}', 'f6'],
    ['"x"', '6178'],
    ['{"text":"x"}', '6178'],
    ['5', 'value-type '],
  ]);
});

describe('a list and a set', () => {
  check({ list: nat }, [
    ['[3,1,3]', '83030103'],
    ['{"list":[{"nat":3},1]}', '820301'],
    ['[1,"x"]', 'value-type /1'],
    ['{"list":[-1]}', 'value-range /list/0'],
    ['{"set":[1]}', 'value-type '],
    ['{}', 'value-type '],
  ]);
  check({ set: { int: {} } }, [
    ['[-1,100,10,10]', '830a186420'],
    ['{"set":[{"int":100},-1]}', '82186420'],
    ['[1,true]', 'value-type /1'],
  ]);
  const set = compileType({ set: { list: text } });
  test('the order of a set is that of its items in bytes', () => {
    expect(normalizeText(set, '[["bb"],["a","a"],["a"],[]]')).toBe(
      '84808161618162626282 61616161'.replaceAll(' ', ''),
    );
    expect(normalizeHex(set, '8281616180')).toBe('8280816161');
    expect(normalizeHex(set, '828080')).toBe('8180');
  });
});

describe('a map', () => {
  check({ map: { key: { text: {} }, value: nat } }, [
    ['{"bb":1,"a":2}', 'a261610262626201'],
    ['[["bb",1],["a",2]]', 'a261610262626201'],
    ['{"map":[{"key":{"text":"bb"},"value":{"nat":1}},{"key":"a","value":2}]}', 'a261610262626201'],
    ['{}', 'a0'],
    ['[]', 'a0'],
    ['{"map":[]}', 'a0'],
    ['{"map":1}', 'a1636d617001'],
    ['[["a",1],["a",1]]', 'value-duplicate-key /1/0'],
    ['[["a"]]', 'value-type /0'],
    ['[["a",1,2]]', 'value-type /0'],
    ['{"a":"x"}', 'value-type /a'],
    ['[["a",-1]]', 'value-range /0/1'],
    ['{"map":[{"key":"a","value":-1}]}', 'value-range /map/0/value'],
    ['{"map":[{"key":"a"}]}', 'value-type /map'],
  ]);
  check({ map: { key: { nat: {} }, value: text } }, [
    ['[[300,"x"],[2,"y"]]', 'a202617919012c6178'],
    ['[["2","y"],[2,"y"]]', 'value-duplicate-key /1/0'],
    ['{"2":"y"}', 'value-type '],
    ['[[-1,"y"]]', 'value-range /0/0'],
  ]);
  check({ map: { key: { uuid: {} }, value: unit } }, [['[["x",null]]', 'value-uuid /0/0']]);
});

test('a map that a tagged form would capture is shown as pairs', () => {
  const lists = compileType({ map: { key: { text: {} }, value: { list: text } } });
  expect(throughBytes(lists, '[["map",[]]]')).toBe('[["map",[]]]');
  expect(throughBytes(lists, '[["map",[]],["b",[]]]')).toBe('{"b":[],"map":[]}');
  const optional = compileType({ option: { map: { key: { text: {} }, value: { record: {} } } } });
  expect(throughBytes(optional, '[["null",{}]]')).toBe('[["null",{}]]');
});

describe('references', () => {
  const named = { 'a/C@1': nat, 'a/B@1': { ref: 'a/C@1' }, 'a/A@1': { ref: 'a/B@1' } } as const;
  check(
    { record: { x: { ref: 'a/A@1' }, y: { option: { ref: 'a/A@1' } } } },
    [['{"x":1}', 'a26178016179f6']],
    named,
  );
  const optional = { 'a/O@1': { option: nat }, 'a/P@1': { ref: 'a/O@1' }, 'a/U@1': unit } as const;
  check({ record: { x: { ref: 'a/P@1' } } }, [['{}', 'a16178f6']], optional);
  check(
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

test('a member is wrapped into its family as the family would write it', () => {
  const family = compileType({ variant: { Tick: unit, Start: { record: { target: nat } } } });
  const member = compileType({ record: { target: nat } });
  const canonical = member.normalizeJson({ target: 3 });
  const wrapped = canonical.ok ? toHex(wrapVariant('Start', canonical.value)).slice(6) : '';
  expect(wrapped).toBe(normalizeText(family, '{"Start":{"target":3}}'));
});

test('a value that fills out to too many items is refused', () => {
  const options = Object.fromEntries(
    Array.from({ length: 2000 }, (_, i) => [`f${i}`, { option: nat }]),
  );
  const schema = compileType({ list: { record: options } });
  const refused = schema.normalizeJson(Array.from({ length: 1001 }, () => ({})));
  expect(refused.ok ? '' : refused.refusal.code).toBe('value-size');
});
