import type { DefModule, DefSchema } from '@aos/air';
import { describe, expect, test } from 'vitest';
import type { ModuleTypes } from './module-types.js';
import { generateShapes } from './shapes.js';

const ZERO = `sha256:${'0'.repeat(64)}`;

const schema = (name: string, type: DefSchema['type']): DefSchema => ({
  $kind: 'defschema',
  name,
  type,
});

const module: DefModule = {
  $kind: 'defmodule',
  name: 'demo/Shelf@1',
  module_kind: 'reducer',
  wasm_hash: ZERO,
  abi: {
    reducer: {
      state: 'demo/Shelf@1',
      event: 'demo/ShelfEvent@1',
      effects_emitted: ['timer.set', 'acme.send'],
    },
  },
};

const schemas = [
  schema('demo/Shelf@1', {
    record: {
      text: { text: {} },
      books: { map: { key: { nat: {} }, value: { ref: 'demo/Book@1' } } },
      'odd name': { set: { uuid: {} } },
    },
  }),
  schema('demo/Book@1', { record: { pages: { option: { nat: {} } } } }),
  schema('demo/ShelfEvent@1', {
    variant: { Put: { ref: 'demo/Book@1' }, Clear: { unit: {} } },
  }),
];

const types: ModuleTypes = {
  module,
  schemas,
  effects: [
    {
      $kind: 'defeffect',
      name: 'acme/send@1',
      kind: 'acme.send',
      params_schema: 'demo/Book@1',
      receipt_schema: 'demo/Book@1',
      cap_type: 'acme',
      origin_scope: 'both',
    },
  ],
};

const EXPECTED = `/** What demo/Shelf@1 is written against: made from AIR, not by hand. */
import {
  effect,
  map,
  nat,
  option,
  record,
  schema,
  set,
  text,
  unit,
  uuid,
  type ValueOf,
  variant,
} from '@aos/reducer-sdk/script';

export const Book = schema('demo/Book@1', record({ pages: option(nat) }));
export type Book = ValueOf<typeof Book>;

export const Shelf = schema(
  'demo/Shelf@1',
  record({ text, books: map(nat, Book), 'odd name': set(uuid) }),
);
export type Shelf = ValueOf<typeof Shelf>;

export const ShelfEvent = schema('demo/ShelfEvent@1', variant({ Put: Book, Clear: unit }));
export type ShelfEvent = ValueOf<typeof ShelfEvent>;

export const TimerSetParams = schema(
  'sys/TimerSetParams@1',
  record({ deliver_at_ns: nat, key: option(text) }),
);
export type TimerSetParams = ValueOf<typeof TimerSetParams>;

export const timerSet = effect('timer.set', TimerSetParams);
export const acmeSend = effect('acme.send', Book);

/** What the module declares. */
export const declared = {
  state: Shelf,
  event: ShelfEvent,
  effects: [timerSet, acmeSend],
};
`;

describe('shapes for scripts', () => {
  test('stand in one file, each behind those it refers to', () => {
    const made = generateShapes(types);
    expect(made.ok ? made.value : made.refusal).toBe(EXPECTED);
  });

  test('are the same whatever the order of schemas', () => {
    const turned = generateShapes({ ...types, schemas: [...schemas].reverse() });
    expect(turned).toEqual(generateShapes(types));
  });

  test('are refused where the module names a schema that is not there', () => {
    const found = generateShapes({ ...types, schemas: schemas.slice(0, 2) });
    expect(found).toMatchObject({ ok: false, refusal: { code: 'schema-not-found' } });
  });

  test('are refused where schemas do not hold together', () => {
    const broken = [...schemas, schema('demo/Lost@1', { ref: 'demo/Nowhere@1' })];
    expect(generateShapes({ ...types, schemas: broken }).ok).toBe(false);
  });
});
