import { describe, expect, test } from 'vitest';
import {
  compileType,
  nat,
  normalizeHex,
  normalizeText,
  testLenses,
  text,
} from '../../test/values.js';

describe('an option', () => {
  testLenses({ option: { option: { record: { null: { record: {} } } } } }, [
    ['null', 'f6'],
    ['{"null":{}}', 'a1646e756c6ca0'],
    ['{"record":{"null":{}}}', 'a1646e756c6ca0'],
  ]);
  testLenses({ option: text }, [
    ['null', 'f6'],
    ['{"null":{}}', 'f6'],
    ['"x"', '6178'],
    ['{"text":"x"}', '6178'],
    ['5', 'value-type '],
  ]);
});

describe('a list and a set', () => {
  testLenses({ list: nat }, [
    ['[3,1,3]', '83030103'],
    ['{"list":[{"nat":3},1]}', '820301'],
    ['[1,"x"]', 'value-type /1'],
    ['{"list":[-1]}', 'value-range /list/0'],
    ['{"set":[1]}', 'value-type '],
    ['{}', 'value-type '],
  ]);
  testLenses({ set: { int: {} } }, [
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
    expect(normalizeHex(set, '98028080')).toBe('8180');
    expect(normalizeHex(set, '828080')).toBe('8180');
  });
});
