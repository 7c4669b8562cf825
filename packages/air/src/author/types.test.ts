import { describe, expect, expectTypeOf, test } from 'vitest';
import { builtin, builtinNames } from '../builtins/catalogue.js';
import { ZERO_HASH_TEXT } from '../forms/module.js';
import { AuthorError } from './author-error.js';
import { capDefinition, effectDefinition } from './authority.js';
import { defineMigration, defineReducer, moduleDefinition } from './modules.js';
import { definePure } from './pure.js';
import { sys } from './sys.js';
import {
  type AnyType,
  type Infer,
  type Schema,
  schema,
  schemaDefinition,
  t,
  typeExprOf,
} from './types.js';

describe('types', () => {
  test.each<[string, AnyType, object]>([
    ['a scalar', t.nat, { nat: {} }],
    ['a record', t.record({ a: t.text }), { record: { a: { text: {} } } }],
    ['a variant', t.words('A', 'B'), { variant: { A: { unit: {} }, B: { unit: {} } } }],
    ['a list of options', t.list(t.option(t.int)), { list: { option: { int: {} } } }],
    ['a set', t.set(t.hash), { set: { hash: {} } }],
    ['a map', t.map(t.uuid, t.bool), { map: { key: { uuid: {} }, value: { bool: {} } } }],
    ['a schema inside', t.list(schema('demo/A@1', t.unit)), { list: { ref: 'demo/A@1' } }],
  ])('%s stands in AIR as written by hand', (_, type, expected) => {
    expect(typeExprOf(type)).toEqual(expected);
  });

  test('infer the values they hold', () => {
    const state = schema(
      'demo/State@1',
      t.record({
        pc: t.words('Idle', 'Busy'),
        left: t.nat,
        tags: t.set(t.text),
        owner: t.option(t.uuid),
        blobs: t.map(t.text, t.bytes),
        last: t.variant({ None: t.unit, Some: t.record({ at: t.time }) }),
      }),
    );
    expectTypeOf<Infer<typeof state>>().toEqualTypeOf<{
      readonly pc:
        | { readonly $tag: 'Idle'; readonly $value: null }
        | { readonly $tag: 'Busy'; readonly $value: null };
      readonly left: number | bigint;
      readonly tags: readonly string[];
      readonly owner: string | null;
      readonly blobs: ReadonlyMap<string, Uint8Array>;
      readonly last:
        | { readonly $tag: 'None'; readonly $value: null }
        | { readonly $tag: 'Some'; readonly $value: { readonly at: number | bigint } };
    }>();
    expect(schemaDefinition(state).name).toBe('demo/State@1');
  });

  test('names are checked by the compiler and again where it cannot see', () => {
    // @ts-expect-error a name has a namespace
    expect(() => schema('State@1', t.unit)).toThrow(AuthorError);
    // @ts-expect-error a name has a version
    expect(() => schema('demo/State', t.unit)).toThrow(AuthorError);
    expect(() => schema('Demo/State@1', t.unit)).toThrow(AuthorError);
    expect(() => schema('demo/State@0', t.unit)).toThrow(AuthorError);
  });

  test('keys of maps are of a type that can be a key', () => {
    // @ts-expect-error a boolean is no key
    t.map(t.bool, t.text);
    // @ts-expect-error a record is no key
    t.map(t.record({ a: t.text }), t.text);
    expect(typeExprOf(t.map(t.nat, t.text))).toEqual({
      map: { key: { nat: {} }, value: { text: {} } },
    });
  });

  test('the shape counts, not the name', () => {
    const one: Schema<'text'> = schema('demo/One@1', t.text);
    const other: typeof one = schema('demo/Other@1', t.text);
    // @ts-expect-error another shape
    const wrong: typeof one = schema('demo/Wrong@1', t.hash);
    expect([one, other, wrong].map(({ node }) => node.kind)).toEqual(['text', 'text', 'hash']);
  });
});

describe('what is built in', () => {
  test.each(Object.values(sys.schemas).map((each) => [each.name, each] as const))(
    '%s is the schema of the catalogue',
    (name, each) => {
      expect(schemaDefinition(each)).toEqual(builtin('defschema', name));
    },
  );

  test.each(Object.values(sys.effects).map((each) => [each.name, each] as const))(
    '%s is the effect of the catalogue',
    (name, each) => {
      expect(effectDefinition(each)).toEqual(builtin('defeffect', name));
    },
  );

  test.each(Object.values(sys.caps).map((each) => [each.name, each] as const))(
    '%s is the capability of the catalogue',
    (name, each) => {
      expect(capDefinition(each)).toEqual(builtin('defcap', name));
    },
  );

  test.each(Object.values(sys.reducers).map((each) => [each.name, each] as const))(
    '%s is the reducer of the catalogue',
    (name, each) => {
      expect({ ...moduleDefinition(each), wasm_hash: ZERO_HASH_TEXT }).toEqual(
        builtin('defmodule', name),
      );
    },
  );

  test('all of it can be used', () => {
    const namesOf = (values: object) =>
      Object.values(values)
        .map(({ name }) => name)
        .sort();
    expect(namesOf(sys.schemas)).toEqual([...builtinNames('defschema')].sort());
    expect(namesOf(sys.effects)).toEqual([...builtinNames('defeffect')].sort());
    expect(namesOf(sys.caps)).toEqual([...builtinNames('defcap')].sort());
    const modules = builtinNames('defmodule').filter((name) => name.includes('/Cap'));
    expect(Object.values(sys.enforcers).sort()).toEqual([...modules].sort());
    const reducers = builtinNames('defmodule').filter((name) => !name.includes('/Cap'));
    expect(namesOf(sys.reducers)).toEqual([...reducers].sort());
  });
});

test('migrations that do not lead on from one to the next do not compile', () => {
  const S1 = schema('demo/S@1', t.record({ a: t.nat }));
  const S2 = schema('demo/S@2', t.record({ a: t.nat, b: t.nat }));
  const S3 = schema('demo/S@3', t.record({ a: t.nat, b: t.nat, c: t.text }));
  const event = schema('demo/E@1', t.variant({}));
  const reducer = defineReducer('demo/R@1', { state: S3, event });
  const first = definePure('demo/One@1', { input: S1, output: S2 });
  const second = definePure('demo/Two@1', { input: S2, output: S3 });
  const next = defineMigration('demo/two@1', { reducer, module: second });
  const migration = defineMigration('demo/one@1', { reducer, module: first, next });
  expect(migration).toMatchObject({ name: 'demo/one@1', module: { name: 'demo/One@1' } });
  // @ts-expect-error: it leads to version 2, which is not the state, and nothing goes on from there
  defineMigration('demo/lost@1', { reducer, module: first });
});
