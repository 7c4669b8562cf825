/**
 * A world in which one effect follows another: a plan pays what it was told, and a puppet does what
 * the answer to its question says. Whoever could forge the answer could make somebody pay.
 */
import { bytes, type Json, nat, record, ref, refs, schema, text } from './shooting-world.js';

const step = (id: string, kind: string, params: Json): Json => {
  return { id, op: 'emit_effect', kind, params, cap: kind, bind: { effect_id_as: `${id}_id` } };
};
const wait = (id: string, on: string): Json => {
  return { id, op: 'await_receipt', for: { ref: `@var:${on}_id` }, bind: { as: id } };
};
const chain = (...ids: readonly string[]): Json =>
  ids.slice(1).map((to, i) => ({ from: ids[i] ?? '', to }));

const plan = (name: string, input: string, steps: readonly Json[]): Json => {
  const all = [...steps, { id: 'end', op: 'end' }] as unknown as readonly { readonly id: string }[];
  const ids = all.map(({ id }) => id);
  return { $kind: 'defplan', name, input, steps: all as never, edges: chain(...ids) };
};

const told = { op: 'get', args: [{ ref: '@var:heard' }, { text: 'n' }] } as const;

/** Asks, and pays what it is told. */
const ORDER = plan('x/order@1', 'x/Order@1', [
  step('asked', 'ask', { record: { n: { ref: '@plan.input.n' } } }),
  wait('heard', 'asked'),
  step('paid', 'pay', { record: { n: told } }),
]);

/** Pays when an event comes that names its order. */
const PAYER = plan('x/payer@1', 'x/Approved@1', [
  step('paid', 'pay', { record: { n: { ref: '@plan.input.n' } } }),
]);

/** Raises what it is given. */
const raiser = (name: string, input: string, event: string): Json =>
  plan(name, input, [{ id: 'raised', op: 'raise_event', event, value: { ref: '@plan.input' } }]);

const effect = (kind: string, receipt_schema: string): Json => ({
  $kind: 'defeffect',
  name: `x/${kind}@1`,
  kind,
  params_schema: 'x/Pay@1',
  receipt_schema,
  cap_type: 'pay',
  origin_scope: 'both',
});

const SCHEMAS: readonly (readonly [name: string, type: Json])[] = [
  ['x/Order@1', record({ n: nat })],
  ['x/Approved@1', record({ n: nat })],
  ['x/Pay@1', record({ n: nat })],
  ['x/Paid@1', record({ n: nat })],
  ['x/Told@1', record({ n: nat, answer: bytes })],
  ['x/State@1', record({ n: nat })],
  ['x/Do@1', record({ id: text, answer: bytes })],
  ['x/Event@1', { variant: { Do: ref('x/Do@1'), Done: ref('sys/EffectReceipt@1') } }],
];

export const FOLLOW_WORLD: readonly Json[] = [
  ...SCHEMAS.map(([name, type]) => schema(name, type)),
  effect('ask', 'x/Told@1'),
  effect('pay', 'x/Paid@1'),
  {
    $kind: 'defcap',
    name: 'x/pay@1',
    cap_type: 'pay',
    schema: record({}),
    enforcer: { module: 'sys/CapAllowAll@1' },
  },
  {
    $kind: 'defmodule',
    name: 'x/Puppet@1',
    module_kind: 'reducer',
    abi: {
      reducer: {
        state: 'x/State@1',
        event: 'x/Event@1',
        effects_emitted: ['ask', 'pay'],
        cap_slots: { ask: 'pay', pay: 'pay' },
      },
    },
  },
  ORDER,
  PAYER,
  raiser('x/forger@1', 'x/Event@1', 'x/Event@1'),
  raiser('x/starter@1', 'sys/PlanStart@1', 'sys/PlanStart@1'),
  { $kind: 'defpolicy', name: 'x/policy@1', rules: [{ when: {}, decision: 'allow' }] },
  {
    $kind: 'manifest',
    air_version: '1',
    features: ['expressions-1.1'],
    schemas: refs(...SCHEMAS.map(([name]) => name), 'sys/PlanStart@1'),
    modules: refs('x/Puppet@1'),
    plans: refs('x/order@1', 'x/payer@1', 'x/forger@1', 'x/starter@1'),
    effects: refs('x/ask@1', 'x/pay@1'),
    caps: refs('x/pay@1'),
    policies: refs('x/policy@1'),
    module_bindings: { 'x/Puppet@1': { slots: { ask: 'ask', pay: 'pay' } } },
    defaults: {
      policy: 'x/policy@1',
      cap_grants: [
        { name: 'ask', cap: 'x/pay@1', params: {} },
        { name: 'pay', cap: 'x/pay@1', params: {} },
      ],
    },
    triggers: [
      { event: 'x/Order@1', plan: 'x/order@1' },
      { event: 'x/Approved@1', plan: 'x/payer@1' },
    ],
    routing: {
      events: [{ event: 'x/Event@1', reducer: 'x/Puppet@1' }],
      inboxes: [{ source: 'mail', reducer: 'x/Puppet@1' }],
    },
  },
];
