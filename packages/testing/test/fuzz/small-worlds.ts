/** Definitions to begin with: small, and with every kind of node and of step among them. */
import { loadAir, type WorldDefinition } from '@aos/air';
import { jsonTokens, texts } from './tokens.js';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Node = { readonly [key: string]: Json };

const refs = (...names: readonly string[]): Json => names.map((name) => ({ name }));
const schema = (name: string, type: Json): Node => ({ $kind: 'defschema', name, type });
const bare: Node = { $kind: 'manifest', air_version: '1', plans: [], effects: [], caps: [] };
const nat: Json = { nat: {} };

const schemas: readonly Node[] = [
  schema('f/In@1', { record: { n: nat, who: { text: {} }, deep: { option: { ref: 'f/V@1' } } } }),
  schema('f/V@1', { variant: { A: { unit: {} }, B: { list: { int: {} } } } }),
  schema('f/S@1', { record: { n: nat } }),
];
const reducer: Node = {
  $kind: 'defmodule',
  name: 'f/R@1',
  module_kind: 'reducer',
  key_schema: 'f/Key@1',
  wasm_hash: `sha256:${'0a'.repeat(32)}`,
  abi: { reducer: { state: 'f/S@1', event: 'f/E@1', effects_emitted: [], cap_slots: {} } },
};
const effect: Node = {
  $kind: 'defeffect',
  name: 'f/ask@1',
  kind: 'ask',
  params_schema: 'f/S@1',
  receipt_schema: 'f/S@1',
  cap_type: 'asking',
  origin_scope: 'both',
};
const cap: Node = {
  $kind: 'defcap',
  name: 'f/cap@1',
  cap_type: 'asking',
  schema: { record: {} },
  enforcer: { module: 'sys/CapAllowAll@1' },
};
const policy: Node = {
  $kind: 'defpolicy',
  name: 'f/policy@1',
  rules: [
    {
      when: { cap_name: 'c' },
      decision: 'require_approval',
      approval: { role: 'approver', count: 1 },
    },
    { when: {}, decision: 'allow' },
  ],
};
const plan: Node = {
  $kind: 'defplan',
  name: 'f/plan@1',
  input: 'f/In@1',
  output: 'f/S@1',
  steps: [
    {
      id: 'ask',
      op: 'emit_effect',
      kind: 'ask',
      params: { record: { n: { ref: '@plan.input.n' } } },
      cap: 'c',
      bind: { effect_id_as: 'h' },
    },
    { id: 'hear', op: 'await_receipt', for: { ref: '@var:h' }, bind: { as: 'got' } },
    {
      id: 'end',
      op: 'end',
      result: { record: { n: { op: 'add', args: [{ ref: '@plan.input.n' }, { nat: 1 }] } } },
    },
  ],
  edges: [
    { from: 'ask', to: 'hear' },
    { from: 'hear', to: 'end', when: { op: 'gt', args: [{ ref: '@plan.input.n' }, { nat: 0 }] } },
  ],
};

const withPlan: Node = {
  ...bare,
  features: ['policy-approval'],
  schemas: refs('f/In@1', 'f/V@1', 'f/S@1'),
  modules: [],
  plans: refs('f/plan@1'),
  effects: refs('f/ask@1'),
  caps: refs('f/cap@1'),
  policies: refs('f/policy@1'),
  defaults: { policy: 'f/policy@1', cap_grants: [{ name: 'c', cap: 'f/cap@1', params: {} }] },
  triggers: [{ event: 'f/In@1', plan: 'f/plan@1' }],
};
const withReducer: Node = {
  ...bare,
  schemas: refs('f/In@1', 'f/V@1', 'f/S@1', 'f/Key@1', 'f/E@1'),
  modules: refs('f/R@1'),
  policies: [],
  routing: { inboxes: [{ source: 'in', reducer: 'f/R@1' }] },
};

export const smallWorlds: readonly (readonly Node[])[] = [
  [{ ...bare, schemas: [], modules: [], policies: [] }],
  [...schemas, effect, cap, policy, plan, withPlan],
  [
    ...schemas,
    schema('f/Key@1', { text: {} }),
    schema('f/E@1', { variant: { Set: { ref: 'f/S@1' }, In: { ref: 'f/In@1' } } }),
    reducer,
    withReducer,
  ],
];

/** Loads what must be a world. */
export function worldOf(nodes: readonly Node[]): WorldDefinition {
  const loaded = loadAir([{ path: 'world', text: JSON.stringify(nodes) }]);
  if (loaded.ok) return loaded.world;
  throw new Error(
    loaded.findings.map(({ code, path, message }) => `${code} ${path} ${message}`).join('\n'),
  );
}

export const nodesOf = (world: WorldDefinition): Uint8Array[] => [...world.nodes.values()];

/** Fields, words and names of the language. */
export const airTokens: readonly Uint8Array[] = [
  ...jsonTokens,
  ...texts(
    ...['"type":', '"record":', '"variant":', '"list":', '"set":', '"map":', '"option":', '"ref":'],
    ...['"nat"', '"int"', '"text"', '"hash"', '"dec128"', '"unit"', '"key":', '"value":', '"op":'],
    ...['"args":', '"steps":', '"edges":', '"from":', '"to":', '"when":', '"bind":', '"as":'],
    ...['"assign"', '"end"', '"raise_event"', '"await_event"', '"spawn_plan"', '"await_plan"'],
    ...['"spawn_for_each"', '"await_all"', '"await_any"', '"cancel"', '"retry":', '"deadline_ns":'],
    ...['"if":', '"match":', '"let":', '"coalesce"', '"to_text"', '"hash_bytes"', '"filter":'],
    ...['"@plan.input"', '"@plan.input.deep"', '"@var:x"', '"@step:ask"', '"@event"', '"get"'],
    ...['"sys/Anything@1"', '"sys/HttpRequestParams@1"', '"f/In@1"', '"f/V@1"', '"f/S@1"'],
    ...[
      '"features":',
      '"triggers":',
      '"routing":',
      '"module_bindings":',
      '"cap_grants":',
      '"sys/timer@1"',
    ],
    ...['"budget":{"calls":1}', '"parent":', '"$comment":', '"description":', '"wasm_hash":'],
    ...[
      '"defsecret"',
      '"defmigration"',
      '"binding_id":',
      '"record":{}',
      '"invariants":',
      '"locals":',
    ],
  ),
];
