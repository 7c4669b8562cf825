import { describe, expect, test } from 'vitest';
import type { TypeExpr } from '../forms/type-expr.js';
import { checkTypes, MAX_TYPE_DEPTH } from './types.js';

type Named = { readonly [name: string]: TypeExpr };

function problems(named: Named, roots = Object.keys(named)): string[] {
  const checked = checkTypes(roots, (name) => named[name]);
  return checked.problems.map(({ code, schema, at }) => `${code} ${schema}${at}`);
}

const ref = (name: string): TypeExpr => ({ ref: name });

/** A list in a list …, `levels` type nodes in all, around a unit. */
function nested(levels: number): TypeExpr {
  return levels === 1 ? { unit: {} } : { list: nested(levels - 1) };
}

/** `s0` refers to `s1`, and so on; the last is a unit. */
function chain(length: number): Named {
  const types = Array.from({ length }, (_, i) => [`s${i}`, ref(`s${i + 1}`)] as const);
  return { ...Object.fromEntries(types), [`s${length}`]: { unit: {} } };
}

describe('references', () => {
  test.each<[string, Named, string[]]>([
    ['that resolve', { a: ref('b'), b: ref('c'), c: { unit: {} } }, []],
    ['that lead nowhere', { a: { list: ref('x') } }, ['schema-not-found a/list/ref']],
    ['to itself', { a: ref('a') }, ['schema-recursive a/ref']],
    [
      'in a circle, reported where it closes',
      { a: ref('b'), b: { option: ref('c') }, c: { record: { 'x/y': ref('a') } } },
      ['schema-recursive c/record/x~1y/ref'],
    ],
    [
      'through a map and a variant',
      { a: { map: { key: { text: {} }, value: { variant: { A: ref('a') } } } } },
      ['schema-recursive a/map/value/variant/A/ref'],
    ],
    [
      'two of the same target',
      { a: { record: { x: ref('b'), y: ref('b') } }, b: { unit: {} } },
      [],
    ],
    [
      'two that lead nowhere',
      { a: { record: { x: ref('b'), y: { set: ref('c') } } } },
      ['schema-not-found a/record/x/ref', 'schema-not-found a/record/y/set/ref'],
    ],
  ])('%s', (_, named, expected) => {
    expect(problems(named)).toEqual(expected);
  });

  test('names reached are listed once each', () => {
    const named: Named = { a: ref('b'), b: { unit: {} }, c: ref('b'), d: { unit: {} } };
    const checked = checkTypes(['a', 'c', 'gone'], (name) => named[name]);
    expect([...checked.names].sort()).toEqual(['a', 'b', 'c']);
  });
});

describe('depth', () => {
  test('is bounded inside one schema', () => {
    expect(problems({ a: nested(MAX_TYPE_DEPTH) })).toEqual([]);
    expect(problems({ a: nested(MAX_TYPE_DEPTH + 1) })).toEqual(['schema-depth a']);
  });

  test('is bounded over references, and reported where the bound is passed', () => {
    expect(problems(chain(MAX_TYPE_DEPTH - 1))).toEqual([]);
    expect(problems(chain(MAX_TYPE_DEPTH))).toEqual(['schema-depth s0/ref']);
  });

  test('a chain as long as a large manifest is walked without recursion', () => {
    const found = problems(chain(100_000), ['s0']);
    expect(new Set(found.map((each) => each.split(' ')[0]))).toEqual(new Set(['schema-depth']));
  });
});
