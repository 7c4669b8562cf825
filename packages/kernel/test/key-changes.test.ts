import { encode, type Value } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import { defined, GovernedWorld, type Module } from './governed-world.js';

const nat = { nat: {} };
const text = { text: {} };
const schema = (name: string, type: object) => ({ $kind: 'defschema', name, type });
const record = (fields: object) => ({ record: fields });
const refs = (...names: string[]) => names.map((name) => ({ name }));

type Keys = 'nat' | 'none' | 'text';

/** One reducer that asks for an effect, with keys of a type or without. */
function asking(keys: Keys) {
  const isKeyed = keys !== 'none';
  const key = keys === 'nat' ? nat : text;
  return defined(
    schema('t/Go@1', record({ id: key })),
    schema('t/Key@1', key),
    schema('t/State@1', record({ n: nat })),
    schema('t/Params@1', record({ n: nat })),
    schema('t/Event@1', {
      variant: { Go: { ref: 't/Go@1' }, Done: { ref: 'sys/EffectReceipt@1' } },
    }),
    {
      $kind: 'defeffect',
      name: 't/ask@1',
      kind: 't.ask',
      params_schema: 't/Params@1',
      receipt_schema: 't/Params@1',
      cap_type: 'timer',
      origin_scope: 'both',
    },
    { $kind: 'defpolicy', name: 't/rules@1', rules: [{ when: {}, decision: 'allow' }] },
    {
      $kind: 'defmodule',
      name: 't/R@1',
      module_kind: 'reducer',
      ...(isKeyed ? { key_schema: 't/Key@1' } : {}),
      abi: {
        reducer: {
          state: 't/State@1',
          event: 't/Event@1',
          effects_emitted: ['t.ask'],
          cap_slots: { s: 'timer' },
        },
      },
    },
    {
      $kind: 'manifest',
      air_version: '1',
      schemas: refs('t/Go@1', 't/Key@1', 't/State@1', 't/Params@1', 't/Event@1'),
      modules: refs('t/R@1'),
      plans: [],
      effects: refs('t/ask@1'),
      caps: [],
      policies: refs('t/rules@1'),
      module_bindings: { 't/R@1': { slots: { s: 'asking' } } },
      defaults: {
        policy: 't/rules@1',
        cap_grants: [{ name: 'asking', cap: 'sys/timer@1', params: { record: {} } }],
      },
      routing: {
        events: [{ event: 't/Go@1', reducer: 't/R@1', ...(isKeyed ? { key_field: 'id' } : {}) }],
      },
    },
  );
}

/** Keeps no state when it asks, so the type of its keys may change. */
const module: Module = () => ({
  state: null,
  effects: [{ kind: 't.ask', params_cbor: encode({ n: 1 }), cap_slot: 's' }],
});

describe('a receipt for a reducer whose keys are of another type by now', () => {
  it.each<[Keys, Keys]>([
    ['nat', 'text'],
    ['nat', 'none'],
    ['none', 'nat'],
  ])('is dropped, and the world goes on: from %s to %s', (before, after) => {
    const idOf = (keys: Keys): Value => (keys === 'nat' ? 1 : 'x');
    const world = new GovernedWorld(asking(before), { 't/R@1': module });
    expect(world.event('t/Go@1', { id: idOf(before) })).toBeUndefined();
    expect(world.adopt(asking(after))).toBeUndefined();
    expect(world.receipt('ok', { n: 3 })).toBeUndefined();
    expect(world.entries.at(-1)).toMatchObject({ code: 'receipt-undeliverable' });
    expect(world.event('t/Go@1', { id: idOf(after) })).toBeUndefined();
    expect(world.check()).toBe('same');
  });
});
