/**
 * The world of the golden journals: a keyed and an un-keyed reducer of one event, an inbox, effects
 * under grants with a budget and a policy, and two plans of which the first starts the second.
 */
import { type AirDocument, loadAir, type WorldDefinition } from '@aos/air';
import { puppetHash } from './puppet.js';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const text: Json = { text: {} };
const told: { readonly [key: string]: Json } = { answer: { bytes: {} }, fault: { option: text } };
const ref = (name: string): Json => ({ ref: name });
const refs = (...names: readonly string[]): Json => names.map((name) => ({ name }));
const schema = (name: string, type: Json): Json => ({ $kind: 'defschema', name, type });
const record = (fields: { readonly [key: string]: Json }): Json => ({ record: fields });
const receipts = { Fired: ref('sys/TimerFired@2'), Answered: ref('sys/EffectReceipt@1') };

const SCHEMAS = [
  schema('p/Key@1', text),
  schema('p/State@1', record({ n: { nat: {} }, seen: { bytes: {} } })),
  schema('p/Note@1', text),
  schema('p/Do@1', record({ id: text, ...told })),
  schema('p/Say@1', record({ text, ...told })),
  schema('p/Order@1', record({ id: text, n: { nat: {} } })),
  schema('p/Paid@1', record({ id: text, n: { nat: {} } })),
  schema('p/Ask@1', record({ n: { nat: {} }, answer: { bytes: {} } })),
  schema('p/Answer@1', record({ text })),
  schema('p/KeyedEvent@1', { variant: { Do: ref('p/Do@1'), ...receipts } }),
  schema('p/PlainEvent@1', { variant: { Do: ref('p/Do@1'), Say: ref('p/Say@1'), ...receipts } }),
];

const reducer = (
  name: string,
  event: string,
  more: { readonly [key: string]: Json } = {},
): Json => ({
  $kind: 'defmodule',
  name,
  module_kind: 'reducer',
  ...more,
  abi: {
    reducer: {
      state: 'p/State@1',
      event,
      context: 'sys/ReducerContext@1',
      annotations: 'p/Note@1',
      effects_emitted: ['p.ask', 'timer.set'],
      cap_slots: { default: 'p.ask', held: 'p.ask', timer: 'timer' },
    },
  },
});

const AUTHORITY: readonly Json[] = [
  {
    $kind: 'defeffect',
    name: 'p/ask@1',
    kind: 'p.ask',
    params_schema: 'p/Ask@1',
    receipt_schema: 'p/Answer@1',
    cap_type: 'p.ask',
    origin_scope: 'both',
  },
  {
    $kind: 'defcap',
    name: 'p/cap@1',
    cap_type: 'p.ask',
    schema: record({}),
    enforcer: { module: 'sys/CapAllowAll@1' },
  },
  {
    $kind: 'defpolicy',
    name: 'p/policy@1',
    rules: [
      {
        when: { cap_name: 'held' },
        decision: 'require_approval',
        approval: { role: 'approver', count: 1, expires_ns: 1000 },
      },
      { when: { origin_name: 'p/Plain@1', effect_kind: 'timer.set' }, decision: 'deny' },
      { when: {}, decision: 'allow' },
    ],
  },
];

const input = (name: string): Json => ref(`@plan.input.${name}`);
const awaited = (handle: string, id: string): Json => {
  return { id, op: 'await_receipt', for: ref(`@var:${handle}`), bind: { as: id } };
};
const ask = (id: string, more: { readonly [key: string]: Json } = {}): Json => ({
  id,
  op: 'emit_effect',
  kind: 'p.ask',
  params: { record: { n: input('n'), answer: { bytes_b64: '' } } },
  cap: 'ask',
  bind: { effect_id_as: `h_${id}` },
  ...more,
});

/** Pay, then tell; ship what was paid: the second plan starts from the event of the first. */
const PLANS: readonly Json[] = [
  {
    $kind: 'defplan',
    name: 'p/pay@1',
    input: 'p/Order@1',
    steps: [
      ask('charge'),
      awaited('h_charge', 'charged'),
      {
        id: 'tell',
        op: 'raise_event',
        event: 'p/Paid@1',
        value: { record: { id: input('id'), n: input('n') } },
      },
      { id: 'end', op: 'end' },
    ],
    edges: [
      { from: 'charge', to: 'charged' },
      { from: 'charged', to: 'tell' },
      { from: 'tell', to: 'end' },
    ],
  },
  {
    $kind: 'defplan',
    name: 'p/ship@1',
    input: 'p/Paid@1',
    steps: [
      ask('pack', { deadline_ns: 5000 }),
      awaited('h_pack', 'packed'),
      {
        id: 'mark',
        op: 'raise_event',
        event: 'p/Do@1',
        value: { record: { id: input('id'), answer: { bytes_b64: '' }, fault: { null: {} } } },
      },
      { id: 'end', op: 'end' },
    ],
    edges: [
      { from: 'pack', to: 'packed' },
      { from: 'packed', to: 'mark' },
      { from: 'mark', to: 'end' },
    ],
  },
];

const MANIFEST: Json = {
  $kind: 'manifest',
  air_version: '1',
  features: ['effect-deadline', 'grant-budget', 'policy-approval'],
  schemas: SCHEMAS.map((node) => ({ name: (node as { readonly name: string }).name })),
  modules: refs('p/Keyed@1', 'p/Plain@1'),
  plans: refs('p/pay@1', 'p/ship@1'),
  effects: refs('p/ask@1', 'sys/timer.set@1'),
  caps: refs('p/cap@1', 'sys/timer@1'),
  policies: refs('p/policy@1'),
  defaults: {
    policy: 'p/policy@1',
    cap_grants: [
      { name: 'ask', cap: 'p/cap@1', params: {}, budget: { calls: 8 } },
      { name: 'held', cap: 'p/cap@1', params: {} },
      { name: 'timer', cap: 'sys/timer@1', params: {} },
    ],
  },
  module_bindings: Object.fromEntries(
    ['p/Keyed@1', 'p/Plain@1'].map((name) => [
      name,
      { slots: { default: 'ask', held: 'held', timer: 'timer' } },
    ]),
  ),
  triggers: [
    { event: 'p/Order@1', plan: 'p/pay@1' },
    { event: 'p/Paid@1', plan: 'p/ship@1' },
  ],
  routing: {
    events: [
      { event: 'p/Do@1', reducer: 'p/Keyed@1', key_field: 'id' },
      { event: 'p/PlainEvent@1', reducer: 'p/Plain@1' },
    ],
    inboxes: [{ source: 'in:keyed', reducer: 'p/Keyed@1' }],
  },
};

export function goldenDefinition(): WorldDefinition {
  const nodes: Json[] = [
    ...SCHEMAS,
    reducer('p/Keyed@1', 'p/KeyedEvent@1', { key_schema: 'p/Key@1' }),
    reducer('p/Plain@1', 'p/PlainEvent@1'),
    ...AUTHORITY,
    ...PLANS,
    MANIFEST,
  ];
  const document: AirDocument = { path: 'golden.air.json', text: JSON.stringify(nodes) };
  const modules = ['p/Keyed@1', 'p/Plain@1'].map((name) => [name, puppetHash(name)] as const);
  const loaded = loadAir([document], new Map(modules));
  if (loaded.ok) return loaded.world;
  const errors = loaded.findings.filter(({ severity }) => severity === 'error');
  throw new Error(errors.map(({ code, path, message }) => `${code} ${path} ${message}`).join('\n'));
}
