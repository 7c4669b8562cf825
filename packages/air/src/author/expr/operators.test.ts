import { describe, expect, expectTypeOf, test } from 'vitest';
import { loadAir } from '../../world/load.js';
import { definePlan } from '../plan/plan.js';
import type { ShapeOf } from '../types.js';
import { type AnyType, schema, t } from '../types.js';
import { defineWorld, trigger } from '../world.js';
import { allItems, anyItem, cond, filterItems, mapItems, match } from './binders.js';
import type { AnyTyped } from './expr.js';
import { value } from './literal.js';
import {
  add,
  and,
  coalesce,
  concat,
  contains,
  div,
  endsWith,
  eq,
  ge,
  get,
  gt,
  has,
  hashBytes,
  le,
  len,
  lt,
  mod,
  mul,
  ne,
  not,
  or,
  startsWith,
  sub,
  toText,
} from './operators.js';
import type { Expr } from './typed.js';

const row = t.record({ name: t.text, count: t.nat });
const input = schema(
  'demo/In@1',
  t.record({
    bool: t.bool,
    int: t.int,
    nat: t.nat,
    dec: t.dec128,
    bytes: t.bytes,
    text: t.text,
    time: t.time,
    span: t.duration,
    hash: t.hash,
    maybe: t.option(t.text),
    rows: t.list(row),
    lists: t.list(t.list(t.nat)),
    tags: t.set(t.text),
    ages: t.map(t.text, t.nat),
    names: t.map(t.nat, t.text),
    kind: t.variant({ Plain: t.unit, Named: row }),
  }),
);

type In = Expr<ShapeOf<typeof input>>;

/** What the language says of an expression that is kept as a value of this type. */
function findingsOf(type: AnyType, build: (input: In) => AnyTyped): readonly string[] {
  const local = schema('demo/Local@1', type);
  const plan = definePlan('demo/p@1', { input }, (plan, given) => {
    plan.assign('x', build(given), { local });
  });
  const { findings } = loadAir(defineWorld({ triggers: [trigger(plan)] }).toAir());
  return findings.map(({ code, message }) => `${code}: ${message}`);
}

describe('the language gives an expression the type that authoring gives it', () => {
  test.each<[string, AnyType, (x: In) => AnyTyped]>([
    ['a field', t.text, (x) => x.text],
    ['a field of a field', t.nat, (x) => get(x.rows, 0).count],
    ['eq of records', t.bool, (x) => eq(get(x.rows, 0), { name: 'a', count: 1 })],
    ['eq of an option', t.bool, (x) => eq(x.maybe, null)],
    ['eq of an int and a nat', t.bool, (x) => eq(x.int, x.nat)],
    ['ne', t.bool, (x) => ne(x.hash, `sha256:${'0'.repeat(64)}`)],
    ['orders', t.bool, (x) => and(lt(x.nat, 1), le(x.int, -1), gt(x.dec, '0.5'), ge(x.text, 'a'))],
    ['order of times', t.bool, (x) => lt(x.time, 1_000_000_000n)],
    ['or, not', t.bool, (x) => or(x.bool, not(x.bool))],
    ['concat of three', t.text, (x) => concat(x.text, '-', x.text)],
    ['concat of one', t.text, (x) => concat(x.text)],
    ['concat of a hash', t.text, (x) => concat('ref ', x.hash)],
    ['add', t.nat, (x) => add(x.nat, 2n ** 63n)],
    ['sub of naturals', t.int, (x) => sub(x.nat, 1)],
    ['mul of decimals', t.dec128, (x) => mul(x.dec, '1.5')],
    ['div, mod', t.int, (x) => mod(div(x.int, 3), 2)],
    ['a time and a duration', t.time, (x) => sub(add(x.time, 5), x.span)],
    ['two times', t.duration, (x) => sub(x.time, x.time)],
    ['a duration, scaled', t.duration, (x) => div(mul(x.span, 3), 2)],
    ['len', t.nat, (x) => add(len(x.rows), len(x.text))],
    ['get from a map', t.text, (x) => get(x.names, 7)],
    ['has', t.bool, (x) => and(has(x.ages, 'ana'), has(x.names, 7))],
    ['contains', t.bool, (x) => and(contains(x.tags, 'a'), contains(x.text, 'b'))],
    ['starts, ends', t.bool, (x) => and(startsWith(x.text, 'a'), endsWith(x.text, 'b'))],
    ['coalesce', t.text, (x) => coalesce(x.maybe, 'none')],
    ['toText', t.text, (x) => concat(toText(x.nat), toText(x.dec), toText(x.bool))],
    ['hashBytes', t.hash, (x) => cond(x.bool, hashBytes(x.bytes), hashBytes(x.text))],
    ['cond with a literal', t.nat, (x) => cond(x.bool, x.nat, 0)],
    ['value', row, (x) => value(row, { name: x.text, count: 1 })],
    ['a map literal', t.map(t.text, t.nat), (x) => value(t.map(t.text, t.nat), { a: x.nat })],
    ['a list literal', t.list(t.text), (x) => value(t.list(t.text), [x.text, 'b'])],
    ['mapItems', t.list(t.text), (x) => mapItems(x.rows, (each) => each.name)],
    ['filterItems', t.list(row), (x) => filterItems(x.rows, (each) => gt(each.count, 1))],
    ['anyItem in allItems', t.bool, nested],
    ['match', t.text, (x) => match(x.kind, { Plain: () => x.text, Named: ({ name }) => name })],
  ])('%s', (_, type, build) => {
    expect(findingsOf(type, build)).toEqual([]);
  });
});

/** The inner function reads the outer item: its name must not hide the other. */
function nested(x: In): AnyTyped {
  return allItems(x.lists, (outer) => anyItem(outer, (inner) => eq(inner, len(outer))));
}

test('the compiler knows the types too', () => {
  definePlan('demo/p@1', { input }, (_, x) => {
    expectTypeOf(sub(x.time, x.time)).toEqualTypeOf<Expr<'duration'>>();
    expectTypeOf(sub(x.time, 5)).toEqualTypeOf<Expr<'time'>>();
    expectTypeOf(add(x.time, 5)).toEqualTypeOf<Expr<'time'>>();
    expectTypeOf(coalesce(x.maybe, '')).toEqualTypeOf<Expr<'text'>>();
    expectTypeOf(get(x.names, 7)).toEqualTypeOf<Expr<'text'>>();
    expectTypeOf(mapItems(x.rows, (each) => each.count)).toEqualTypeOf<
      Expr<{ readonly list: 'nat' }>
    >();
    expectTypeOf(match(x.kind, { Plain: () => x.text, Named: ({ name }) => name })).toEqualTypeOf<
      Expr<'text'>
    >();
    // @ts-expect-error an arm is missing
    expect(() => match(x.kind, { Plain: () => x.text })).toThrow();
  });
});
