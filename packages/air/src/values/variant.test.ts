import { toHex } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import {
  compileType,
  nat,
  normalizeHex,
  normalizeText,
  testLenses,
  text,
  throughBytes,
  unit,
} from '../../test/values.js';
import { wrapVariant } from '../index.js';

describe('a variant', () => {
  const arms = { Ok: text, None: unit, Maybe: { option: nat } };
  testLenses({ variant: arms }, [
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
  testLenses({ variant: { tag: text, variant: unit, value: unit } }, [
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

test('a member is wrapped into its family as the family would write it', () => {
  const family = compileType({ variant: { Tick: unit, Start: { record: { target: nat } } } });
  const member = compileType({ record: { target: nat } });
  const canonical = member.normalizeJson({ target: 3 });
  const wrapped = canonical.ok ? toHex(wrapVariant('Start', canonical.value)).slice(6) : '';
  expect(wrapped).toBe(normalizeText(family, '{"Start":{"target":3}}'));
});
