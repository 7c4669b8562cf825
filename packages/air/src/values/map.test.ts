import { describe, expect, test } from 'vitest';
import { compileType, nat, testLenses, text, throughBytes, unit } from '../../test/values.js';

describe('a map', () => {
  testLenses({ map: { key: { text: {} }, value: nat } }, [
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
  testLenses({ map: { key: { nat: {} }, value: text } }, [
    ['[[300,"x"],[2,"y"]]', 'a202617919012c6178'],
    ['[["2","y"],[2,"y"]]', 'value-duplicate-key /1/0'],
    ['{"2":"y"}', 'value-type '],
    ['[[-1,"y"]]', 'value-range /0/0'],
  ]);
  testLenses({ map: { key: { uuid: {} }, value: unit } }, [['[["x",null]]', 'value-uuid /0/0']]);
});

test('a map that a tagged form would capture is shown as pairs', () => {
  const lists = compileType({ map: { key: { text: {} }, value: { list: text } } });
  expect(throughBytes(lists, '[["map",[]]]')).toBe('[["map",[]]]');
  expect(throughBytes(lists, '[["map",[]],["b",[]]]')).toBe('{"b":[],"map":[]}');
  const optional = compileType({ option: { map: { key: { text: {} }, value: { record: {} } } } });
  expect(throughBytes(optional, '[["null",{}]]')).toBe('[["null",{}]]');
});
