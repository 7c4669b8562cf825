/**
 * What governance adds to a generated world: rules about who may do what, plans that approve and
 * apply, and further types that states may come to have, with the code that leads there.
 */
import { type Json, ref, refs, schema } from '../palette/json.js';
import { REDUCERS } from '../palette/palette.js';
import type { Random } from '../random.js';

/** Events by which plans of the world are made to act on proposals. */
const GOVERNING_EVENTS = ['g/Approve@1', 'g/Apply@1'] as const;

/** The types of states, from each of which migrations may lead to each other one. */
export const STATES = ['g/State@1', 'g/State@2', 'g/State@3'] as const;

const FEATURES = [
  'grant-budget',
  'grant-parent',
  'policy-approval',
  'policy-rate-limit',
  'policy-governance',
  'migrations',
];

const STATE = { n: { nat: {} }, pad: { bytes: {} } };
const MORE = { more: { option: { text: {} } } };

const NODES: readonly Json[] = [
  schema('g/State@2', { record: { ...STATE, ...MORE } }),
  schema('g/State@3', { record: { ...STATE, ...MORE, deep: { option: { nat: {} } } } }),
  schema('g/Approve@1', { record: { proposal: { nat: {} }, no: { bool: {} } } }),
  schema('g/Apply@1', { record: { proposal: { nat: {} } } }),
  governingPlan('g/approve@1', 'g/Approve@1', {
    kind: 'governance.approve',
    params: {
      record: {
        proposal_id: ref('@plan.input.proposal'),
        decision: { variant: { tag: 'approve' } },
        approver: { text: 'g/approve@1' },
        reason: { null: {} },
      },
    },
  }),
  governingPlan('g/apply@1', 'g/Apply@1', {
    kind: 'governance.apply',
    params: { record: { proposal_id: ref('@plan.input.proposal') } },
  }),
];

function governingPlan(name: string, input: string, asks: Json): Json {
  const bind = { effect_id_as: 'asked' };
  return {
    $kind: 'defplan',
    name,
    input,
    steps: [
      { id: 'ask', op: 'emit_effect', ...asks, cap: 'gov', bind },
      { id: 'wait', op: 'await_receipt', for: ref('@var:asked'), bind: { as: 'answer' } },
    ],
    edges: [{ from: 'ask', to: 'wait' }],
    required_caps: ['gov'],
    allowed_effects: [asks.kind],
  };
}

/** The nodes with governance in them; the manifest is the last one. */
export function governed(random: Random, nodes: readonly Json[]): readonly Json[] {
  const [manifest] = nodes.slice(-1) as [Json];
  const defaults = manifest.defaults as Json;
  const grant = { name: 'gov', cap: 'sys/governance@1', params: {} };
  const policy = nodes.find(({ $kind }) => $kind === 'defpolicy');
  const widened = policy === undefined ? [] : [withRules(allowing(random, policy), random)];
  const others = nodes.filter((node) => node !== manifest && node !== policy);
  const added: Json = {
    ...manifest,
    schemas: listing(manifest.schemas, ...STATES.slice(1), ...GOVERNING_EVENTS),
    plans: listing(manifest.plans, 'g/approve@1', 'g/apply@1'),
    caps: listing(manifest.caps, 'sys/governance@1'),
    effects: listing(manifest.effects, 'sys/governance.approve@1', 'sys/governance.apply@1'),
    triggers: [
      ...((manifest.triggers as Json[] | undefined) ?? []),
      { event: 'g/Approve@1', plan: 'g/approve@1' },
      { event: 'g/Apply@1', plan: 'g/apply@1' },
    ],
    features: [...new Set([...(manifest.features as string[]), ...FEATURES])],
    defaults: { ...defaults, cap_grants: [...(defaults.cap_grants as Json[]), grant] },
  };
  return [...others, ...NODES, ...widened, added];
}

/** A section of a manifest with further names in it. */
function listing(section: unknown, ...names: readonly string[]): readonly Json[] {
  const before = section as readonly Json[];
  const known = new Set(before.map(({ name }) => name));
  return [...before, ...refs(...names.filter((name) => !known.has(name)))];
}

function allowing(random: Random, policy: Json): Json {
  const first = { when: { cap_name: 'gov' }, decision: random.chance(0.9) ? 'allow' : 'deny' };
  return { ...policy, rules: [first, ...(policy.rules as Json[])] };
}

/** A policy with other rules about governance, or none. */
export function withRules({ governance: _, ...policy }: Json, random: Random): Json {
  const rules = RULES.filter(() => random.chance(0.2));
  return rules.length === 0 ? policy : { ...policy, governance: rules };
}

const one = (verb: string, role: string, more: Json = {}): Json => ({
  verb,
  role,
  count: 1,
  ...more,
});

const RULES: readonly Json[] = [
  one('propose', 'approver'),
  one('shadow', 'host'),
  one('approve', 'approver'),
  one('approve', 'approver', { count: 2 }),
  one('approve', 'operator', { not_own: true }),
  one('approve', 'approver', { of: ['ana', 'ben', 'world:g/approve@1'], not_own: true }),
  one('approve', 'approver', { count: 2, of: ['ben', 'world:g/approve@1', 'ana'] }),
  one('reject', 'approver'),
  one('withdraw', 'approver'),
  one('apply', 'approver'),
  one('apply', 'operator', { of: ['operator', 'world:g/apply@1'] }),
];

/** The module that leads from one type of states to another. */
const moverOf = (from: string, to: string): string => `g/Move${from.slice(-1)}to${to.slice(-1)}@1`;

/** Every module of migrations that there may be. */
export const MOVERS: readonly string[] = STATES.flatMap((from) =>
  STATES.flatMap((to) => (from === to ? [] : [moverOf(from, to)])),
);

/** What leads the states of a reducer to one type from each other one. */
export function migrationsTo(reducer: string, to: string): readonly Json[] {
  const short = reducer.slice(2, 3).toLowerCase();
  return STATES.filter((from) => from !== to).flatMap((from) => [
    {
      $kind: 'defmodule',
      name: moverOf(from, to),
      module_kind: 'pure',
      abi: { pure: { input: from, output: to } },
    },
    {
      $kind: 'defmigration',
      name: `g/${short}${from.slice(-1)}to${to.slice(-1)}@1`,
      reducer,
      from,
      to,
      module: moverOf(from, to),
    },
  ]);
}

export const isReducer = ({ $kind, name }: Json): boolean =>
  $kind === 'defmodule' && (REDUCERS as readonly unknown[]).includes(name);
