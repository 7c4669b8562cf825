import { describe, expect, test } from 'vitest';
import type { TypeExpr } from '../forms/type-expr.js';
import { TypeIdentity } from './type-identity.js';

const schemas: ReadonlyMap<string, TypeExpr> = new Map<string, TypeExpr>([
  ['a/Id@1', { nat: {} }],
  ['a/One@1', { record: { id: { ref: 'a/Id@1' }, name: { text: {} } } }],
  ['a/Two@1', { record: { name: { text: {} }, id: { nat: {} } } }],
  ['a/Alias@1', { ref: 'a/One@1' }],
  ['a/Other@1', { variant: { id: { nat: {} }, name: { text: {} } } }],
]);

function isSame(a: TypeExpr, b: TypeExpr): boolean {
  const identity = new TypeIdentity((name) => schemas.get(name));
  return identity.of(a) === identity.of(b);
}

describe('two types are the same', () => {
  test.each<[string, TypeExpr, TypeExpr, boolean]>([
    ['behind references', { ref: 'a/Id@1' }, { nat: {} }, true],
    ['in any order of fields', { ref: 'a/One@1' }, { ref: 'a/Two@1' }, true],
    ['under another name', { ref: 'a/Alias@1' }, { ref: 'a/Two@1' }, true],
    ['but not as record and variant', { ref: 'a/One@1' }, { ref: 'a/Other@1' }, false],
    ['but not as list and set', { list: { nat: {} } }, { set: { nat: {} } }, false],
    ['but not as option and bare', { option: { nat: {} } }, { nat: {} }, false],
    [
      'but not with other keys',
      { map: { key: { nat: {} }, value: { nat: {} } } },
      { map: { key: { int: {} }, value: { nat: {} } } },
      false,
    ],
    ['but not when one is missing', { ref: 'a/Gone@1' }, { ref: 'a/Away@1' }, false],
  ])('%s', (_, a, b, same) => {
    expect(isSame(a, b)).toBe(same);
  });
});

test('deep sharing costs each schema once', () => {
  const shared = (name: string): TypeExpr => {
    const level = Number(name.slice(1));
    const inner: TypeExpr = level === 0 ? { nat: {} } : { ref: `s${level - 1}` };
    return { record: { a: inner, b: inner } };
  };
  const identity = new TypeIdentity(shared);
  expect(identity.ofSchema('s60')).toBe(identity.of({ ref: 's60' }));
});
