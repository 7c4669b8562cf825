/**
 * An authoring folder around the counter's module: a saga of two plans that ask the outside, an
 * intent that waits for approval, counters by key behind an inbox, the catalogue of objects, and
 * workspaces.
 *
 * `demo/Order@1` asks; its answer is `demo/Paid@1`, which asks again; that answer starts the
 * counter. `demo/Dear@1` asks under a grant that an approver must agree to.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const EXAMPLE = fileURLToPath(new URL('../../../examples/00-counter', import.meta.url));
const MODULE = 'modules/demo/CounterSM@1.wasm';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
const refs = (...names: string[]): readonly Json[] => names.map((name) => ({ name }));
const schema = (name: string, type: Json): Json => ({ $kind: 'defschema', name, type });
const amount: Json = { record: { n: { nat: {} } } };

/** Asks for what it was started with, and raises an event with the field of the answer. */
const plan = (
  name: string,
  input: string,
  grant: string,
  event: readonly [string, string],
): Json => ({
  $kind: 'defplan',
  name,
  input,
  steps: [
    {
      id: 'ask',
      op: 'emit_effect',
      kind: 'ask',
      params: { record: { n: { ref: '@plan.input.n' } } },
      cap: grant,
      bind: { effect_id_as: 'asked' },
    },
    { id: 'hear', op: 'await_receipt', for: { ref: '@var:asked' }, bind: { as: 'answer' } },
    {
      id: 'tell',
      op: 'raise_event',
      event: event[0],
      value: {
        record: { [event[1]]: { op: 'get', args: [{ ref: '@var:answer' }, { text: 'n' }] } },
      },
    },
    { id: 'done', op: 'end' },
  ],
  edges: [
    { from: 'ask', to: 'hear' },
    { from: 'hear', to: 'tell' },
    { from: 'tell', to: 'done' },
  ],
});

const ORDERS: readonly Json[] = [
  schema('demo/Order@1', amount),
  schema('demo/Paid@1', amount),
  schema('demo/Dear@1', amount),
  schema('demo/Ask@1', amount),
  schema('demo/Name@1', { text: {} }),
  {
    $kind: 'defeffect',
    name: 'demo/ask@1',
    kind: 'ask',
    params_schema: 'demo/Ask@1',
    receipt_schema: 'demo/Ask@1',
    cap_type: 'asking',
    origin_scope: 'both',
  },
  {
    $kind: 'defcap',
    name: 'demo/asking@1',
    cap_type: 'asking',
    schema: { record: {} },
    enforcer: { module: 'sys/CapAllowAll@1' },
  },
  {
    $kind: 'defpolicy',
    name: 'demo/policy@1',
    rules: [
      {
        when: { cap_name: 'dear' },
        decision: 'require_approval',
        approval: { role: 'approver', count: 1 },
      },
      { when: {}, decision: 'allow' },
    ],
  },
  plan('demo/pay@1', 'demo/Order@1', 'free', ['demo/Paid@1', 'n']),
  plan('demo/count@1', 'demo/Paid@1', 'free', ['demo/CounterStart@1', 'target']),
  plan('demo/spend@1', 'demo/Dear@1', 'dear', ['demo/CounterStart@1', 'target']),
  {
    $kind: 'defmodule',
    name: 'demo/Counters@1',
    module_kind: 'reducer',
    key_schema: 'demo/Name@1',
    abi: { reducer: { state: 'demo/CounterState@1', event: 'demo/CounterEvent@1' } },
  },
];

const OBJECT_SCHEMAS = ['Key', 'Meta', 'Versions', 'RegisteredPayload', 'Registered'].map(
  (name) => `sys/Object${name}@1`,
);

const WORKSPACE_SCHEMAS = ['Name', 'Version', 'State', 'Commit', 'Committed'].map(
  (name) => `sys/Workspace${name}@1`,
);

const MANIFEST: { readonly schemas: readonly Json[]; readonly [name: string]: Json } = {
  $kind: 'manifest',
  air_version: '1',
  features: ['expressions-1.1', 'policy-approval'],
  schemas: refs(
    ...['CounterPc', 'CounterState', 'CounterStart', 'CounterTick', 'CounterEvent'].map(
      (name) => `demo/${name}@1`,
    ),
    ...['Order', 'Paid', 'Dear', 'Ask', 'Name'].map((name) => `demo/${name}@1`),
    'sys/PlanStart@1',
    ...OBJECT_SCHEMAS,
    ...WORKSPACE_SCHEMAS,
  ),
  modules: refs('demo/CounterSM@1', 'demo/Counters@1', 'sys/ObjectCatalog@1', 'sys/Workspace@1'),
  plans: refs('demo/pay@1', 'demo/count@1', 'demo/spend@1'),
  effects: refs('demo/ask@1'),
  caps: refs('demo/asking@1'),
  policies: refs('demo/policy@1'),
  defaults: {
    policy: 'demo/policy@1',
    cap_grants: ['free', 'dear'].map((name) => ({ name, cap: 'demo/asking@1', params: {} })),
  },
  routing: {
    events: [
      { event: 'demo/CounterEvent@1', reducer: 'demo/CounterSM@1' },
      {
        event: 'sys/ObjectRegistered@1',
        reducer: 'sys/ObjectCatalog@1',
        key_field: 'meta.name',
      },
      {
        event: 'sys/WorkspaceCommitted@1',
        reducer: 'sys/Workspace@1',
        key_field: 'workspace',
      },
    ],
    inboxes: [{ source: 'desk', reducer: 'demo/Counters@1' }],
  },
  triggers: [
    { event: 'demo/Order@1', plan: 'demo/pay@1' },
    { event: 'demo/Paid@1', plan: 'demo/count@1' },
    { event: 'demo/Dear@1', plan: 'demo/spend@1' },
  ],
};

/** Writes the folder, with one schema `more` where that is wanted. */
export function writeOrderFolder(folder: string, more?: string): void {
  mkdirSync(folder, { recursive: true });
  for (const part of ['air', 'modules']) {
    cpSync(join(EXAMPLE, part), join(folder, part), { recursive: true });
  }
  const schemas = more === undefined ? [] : [{ name: more }];
  const manifest = { ...MANIFEST, schemas: [...MANIFEST.schemas, ...schemas] };
  writeFileSync(join(folder, 'air/manifest.air.json'), JSON.stringify(manifest));
  const added = schemas.map(({ name }) => ({ $kind: 'defschema', name, type: { nat: {} } }));
  writeFileSync(join(folder, 'air/more.air.json'), JSON.stringify(added));
  writeFileSync(join(folder, 'air/orders.air.json'), JSON.stringify(ORDERS));
  writeFileSync(join(folder, 'modules/demo/Counters@1.wasm'), readFileSync(join(folder, MODULE)));
}
