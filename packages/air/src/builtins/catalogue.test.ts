import { hashOf, toHashText } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import { checkTypes } from '../values/types.js';
import { builtinSchema, builtinSchemaHash, builtinSchemaNames } from './catalogue.js';

describe('the catalogue', () => {
  test('has the hashes it was published with', () => {
    const hashes = builtinSchemaNames().map((name) => [name, builtinSchemaHash(name) ?? null]);
    expect(hashes).toHaveLength(46);
    expect(toHashText(hashOf(new Map(hashes as never)))).toBe(
      'sha256:f213d93b568277749003cc5a6ad9317df6c9d4aba8e99d724cd563cfc0eb221a',
    );
  });

  test('refers only to itself', () => {
    const typeOf = (name: string) => builtinSchema(name)?.type;
    expect(checkTypes(builtinSchemaNames(), typeOf).problems).toEqual([]);
  });

  test('knows no other names', () => {
    expect(builtinSchema('constructor')).toBe(undefined);
    expect(builtinSchemaHash('sys/TimerSetParams@2')).toBe(undefined);
  });
});
