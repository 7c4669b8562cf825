import { builtinSchema } from '@aos/air';
import { describe, expect, it } from 'vitest';
import { airShapes } from './air.js';
import * as blobs from './blob-effects.js';
import { list, map, option, record, schema, variant } from './composites.js';
import { bool, int, intNumber, nat, natNumber, text, unit } from './scalars.js';
import type { Shape, ValueOf } from './shape.js';
import * as system from './system.js';

const Point = schema('test/Point@1', record({ x: nat, y: option(int) }));
const Either = variant({ None: unit, Some: Point });

function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing';
}

describe('a shape', () => {
  it('has the type that AIR has', () => {
    expect(Point.definition).toEqual({
      $kind: 'defschema',
      name: 'test/Point@1',
      type: { record: { x: { nat: {} }, y: { option: { int: {} } } } },
    });
    expect(map(text, list(Either)).type).toEqual({
      map: {
        key: { text: {} },
        value: { list: { variant: { None: { unit: {} }, Some: { ref: 'test/Point@1' } } } },
      },
    });
  });

  it('fills in options, and leaves what is plain already as it is', () => {
    expect(Point.lift({ x: 1n })).toEqual({ x: 1n, y: null });
    const point: ValueOf<typeof Point> = { x: 1n, y: -1n };
    expect(Point.lower(point)).toBe(point);
    expect(Either.lower({ $tag: 'None' })).toEqual({ $tag: 'None' });
    const bare = Object.freeze({ x: 1n, y: undefined as never });
    expect(Point.lower(bare)).toEqual({ x: 1n, y: null });
  });

  it.each<[string, Shape<never>, unknown, string]>([
    ['a number for a nat', nat as never, 1, 'found number 1'],
    ['a negative nat', nat as never, -1n, 'found bigint -1'],
    ['an int beyond 64 bits', int as never, 2n ** 63n, 'expected a bigint from -2^63'],
    ['a fraction', natNumber as never, 0.5, 'found number 0.5'],
    ['an unsafe number', intNumber as never, 2 ** 53, 'found number'],
    ['a missing field', Point as never, { y: null }, 'found undefined at /x'],
    ['null for a record', Point as never, null, 'expected a record, found null'],
    ['an unknown tag', Either as never, { $tag: 'Other' }, 'expected one of None, Some'],
    ['an inherited tag', Either as never, { $tag: 'toString' }, 'expected one of None, Some'],
    ['a deep mismatch', Either as never, { $tag: 'Some', $value: { x: 'a' } }, 'at /Some/x'],
    ['an item', list(bool) as never, [true, 1], 'at /1'],
    ['an object for a Map', map(text, nat) as never, { a: 1n }, 'expected a Map'],
  ])('refuses to write %s', (_, shape, value, message) => {
    expect(failure(() => shape.lower(value as never))).toContain(message);
  });

  it('refuses to read a number that is too large to be held as one', () => {
    expect(natNumber.lift(2n ** 53n - 1n)).toBe(2 ** 53 - 1);
    expect(failure(() => natNumber.lift(2n ** 53n))).toContain('found number');
  });
});

describe('airShapes', () => {
  const shapes = airShapes([
    { $kind: 'defschema', name: 'test/Order@1', type: { record: { at: { ref: 'test/At@1' } } } },
    {
      $kind: 'defschema',
      name: 'test/At@1',
      type: { variant: { Now: { unit: {} }, In: { nat: {} } } },
    },
  ]);

  it('gives typed shapes of the same definitions, in any order', () => {
    const order: ValueOf<(typeof shapes)['test/Order@1']> = { at: { $tag: 'In', $value: 3n } };
    expect(shapes['test/Order@1'].lower(order)).toBe(order);
    expect(shapes['test/Order@1'].definition.type).toEqual({
      record: { at: { ref: 'test/At@1' } },
    });
  });

  it('refuses circles and schemas that are not given', () => {
    const circle = { $kind: 'defschema', name: 'test/A@1', type: { list: { ref: 'test/A@1' } } };
    expect(failure(() => airShapes([circle as never]))).toContain('test/A@1');
  });
});

describe('the built-in effects', () => {
  const named = Object.values({ ...system, ...blobs }).flatMap((each) =>
    'definition' in each ? [each] : [],
  );

  it.each(named.map(({ name, definition }) => [name, definition] as const))(
    'has %s as in the catalogue',
    (name, definition) => {
      expect(definition).toEqual(builtinSchema(name));
    },
  );
});
