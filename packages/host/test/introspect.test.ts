/** What a world asks about its own journal, and what its host answers. */
import { decodePlain, encode, type Value } from '@aos/canon';
import { type EffectOptions, foundWorld, openWorldHost, verifyWorld } from '@aos/host';
import { decodeRecord, type WorldStore } from '@aos/protocol';
import { createMemoryStore } from '@aos/store';
import { describe, expect, it } from 'vitest';
import { TestKeys } from './order-world.js';
import { ManualClock, must, noEntropy, sumEngine } from './stage.js';

const keys = new TestKeys();
const input = (name: string) => ({ ref: `@plan.input.${name}` });
const nothing = { null: {} };
const refs = (...names: string[]) => names.map((name) => ({ name }));

/** A plan that asks once; its error is no failure, as the plan looks at the status. */
function asks(name: string, kind: string, cap: string, params: object) {
  const steps = [
    {
      ...{ id: 'ask', op: 'emit_effect', kind, cap },
      params: { record: params },
      bind: { effect_id_as: 'id' },
    },
    { id: 'hear', op: 'await_receipt', for: { ref: '@var:id' }, bind: { as: 'answer' } },
    { id: 'done', op: 'end' },
  ];
  const edges = ['ask', 'hear'].map((from, i) => ({ from, to: ['hear', 'done'][i] }));
  return { $kind: 'defplan', name: `t/${name}-plan@1`, input: `t/${name}@1`, steps, edges };
}

const TEXT = { option: { text: {} } };
const definitions = [
  ...[
    ['Decisions', { outcome: TEXT, before: TEXT, limit: { nat: {} } }],
    ['Place', { place: TEXT, forward: { bool: {} }, limit: { nat: {} } }],
    ['Intent', { intent: { option: { hash: {} } } }],
  ].map(([name, fields]) => ({
    $kind: 'defschema',
    name: `t/${name}@1`,
    type: { record: fields },
  })),
  asks('Decisions', 'introspect.decisions', 'look', {
    effect: nothing,
    outcome: input('outcome'),
    before: input('before'),
    limit: input('limit'),
  }),
  asks('Place', 'introspect.why', 'look', {
    ...{ reducer: nothing, key: nothing, intent: nothing },
    ...{ place: input('place'), forward: input('forward'), limit: input('limit') },
  }),
  asks('Intent', 'introspect.why', 'blind', {
    ...{ reducer: nothing, key: nothing, intent: input('intent') },
    ...{ place: nothing, forward: { bool: false }, limit: { nat: 5 } },
  }),
  { $kind: 'defpolicy', name: 't/policy@1', rules: [{ when: {}, decision: 'allow' }] },
  {
    $kind: 'manifest',
    air_version: '1',
    schemas: refs('t/Decisions@1', 't/Place@1', 't/Intent@1'),
    modules: [],
    plans: refs('t/Decisions-plan@1', 't/Place-plan@1', 't/Intent-plan@1'),
    effects: refs('sys/introspect.decisions@1', 'sys/introspect.why@1'),
    caps: refs('sys/query@2'),
    policies: refs('t/policy@1'),
    defaults: {
      policy: 't/policy@1',
      cap_grants: [
        { name: 'look', cap: 'sys/query@2', params: {} },
        { name: 'blind', cap: 'sys/query@2', params: { reducers: ['t/None@1'] } },
      ],
    },
    triggers: ['Decisions', 'Place', 'Intent'].map((name) => ({
      event: `t/${name}@1`,
      plan: `t/${name}-plan@1`,
    })),
  },
];

function newStore(): WorldStore {
  const documents = [{ path: 'air/world.air.json', text: JSON.stringify(definitions) }];
  const keyring = [keys.entry('host', 'host')];
  const ports = { engine: sumEngine(), clock: new ManualClock(), fillEntropy: noEntropy };
  const result = foundWorld({ documents, modules: new Map(), keyring }, ports);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return createMemoryStore(result.founded.genesis, result.founded.objects);
}

function open(store: WorldStore, adapters: EffectOptions['adapters'] = []) {
  const effects = { adapters, signer: keys.signer('host') };
  return openWorldHost({ store, engine: sumEngine(), effects });
}

type Fields = ReadonlyMap<string, Value>;

/** Status and payload of the last receipt. */
function lastReceipt(store: WorldStore): { status: string; fields: Fields } {
  const receipts = [...store.records(0)].flatMap((bytes) => {
    const { input: each } = must(decodeRecord(bytes));
    return each.kind === 'receipt' ? [each] : [];
  });
  const { receipt, payload } = receipts.at(-1) ?? {};
  const fields = must(decodePlain(payload?.inline ?? encode(null))) as Fields;
  return { status: receipt?.status ?? '', fields };
}

const list = (fields: Fields, name: string) => fields.get(name) as readonly Fields[];

describe('a world that asks what its gate said', () => {
  it('is told, the latest first, and from where to go on', async () => {
    const store = newStore();
    const host = open(store);
    const ask = async (outcome: string | null, before: string | null, limit: number) => {
      must(await host.submit({ schema: 't/Decisions@1', json: { outcome, before, limit } }));
      await host.untilQuiescent();
      return lastReceipt(store);
    };
    const first = await ask(null, null, 10);
    expect(first.status).toBe('ok');
    expect(list(first.fields, 'decisions')).toHaveLength(1);
    await ask(null, null, 10);
    const third = await ask('allow', null, 2);
    const places = list(third.fields, 'decisions').map((each) => each.get('place') as string);
    const seqs = places.map((place) => Number(place.split('/')[0]));
    expect(seqs).toEqual([...seqs].sort((a, b) => b - a));
    expect(third.fields.get('next')).toBe(places[1]);
    const rest = await ask('allow', places[1] ?? '', 10);
    expect(list(rest.fields, 'decisions')).toHaveLength(1);
    expect(rest.fields.get('next')).toBeNull();
    expect(list((await ask('deny', null, 10)).fields, 'decisions')).toEqual([]);
    expect(verifyWorld(store, sumEngine()).ok).toBe(true);
    await host.close();
  });

  it('is refused what makes no sense', async () => {
    const store = newStore();
    const host = open(store);
    for (const [before, limit] of [
      ['nowhere', 5],
      [null, 0],
      [null, 1001],
    ] as const) {
      const json = { outcome: null, before, limit };
      must(await host.submit({ schema: 't/Decisions@1', json }));
      await host.untilQuiescent();
      const { status, fields } = lastReceipt(store);
      expect([status, fields.get('code')]).toEqual(['error', 'query-invalid']);
    }
    await host.close();
  });
});

describe('a world that asks why', () => {
  it('is told what led to a place and what came of it, without values', async () => {
    const store = newStore();
    const host = open(store);
    const ask = async (place: string, forward: boolean, limit: number) => {
      must(await host.submit({ schema: 't/Place@1', json: { place, forward, limit } }));
      await host.untilQuiescent();
      return lastReceipt(store);
    };
    must(await host.submit({ schema: 't/Decisions@1', json: DECISIONS }));
    await host.untilQuiescent();
    const forward = await ask('0', true, 100);
    const kinds = list(forward.fields, 'nodes').map((node) => node.get('kind'));
    expect(kinds).toContain('plan-started');
    expect(kinds).toContain('intent');
    expect(kinds).toContain('settled');
    const settled = list(forward.fields, 'nodes').find((node) => node.get('kind') === 'settled');
    const back = await ask(settled?.get('place') as string, false, 100);
    const about = list(back.fields, 'nodes').map((node) => node.get('about'));
    expect(about).toContain('introspect.decisions');
    expect(about).toContain('t/Decisions@1');
    expect((await ask('0', true, 2)).fields.get('cut')).toBe(true);
    expect((await ask('999999', false, 2)).fields.get('code')).toBe('why-unknown');
    expect((await ask('here', false, 2)).fields.get('code')).toBe('query-invalid');
    expect(verifyWorld(store, sumEngine()).ok).toBe(true);
    await host.close();
  });

  it('is denied what its grant keeps to some reducers', async () => {
    const store = newStore();
    const host = open(store);
    const intent = `sha256:${'ab'.repeat(32)}`;
    must(await host.submit({ schema: 't/Intent@1', json: { intent } }));
    await host.untilQuiescent();
    const outcomes = [...store.records(0)].flatMap((bytes) =>
      must(decodeRecord(bytes)).entries.flatMap((entry) =>
        entry.kind === 'decision' ? [entry.outcome] : [],
      ),
    );
    expect(outcomes).toEqual(['deny']);
    await host.close();
  });
});

const DECISIONS = { outcome: null, before: null, limit: 3 };
