/**
 * What governance adds to a generated world: rules about who may do what, plans that approve and
 * apply, and further types that states may come to have, with the code that leads there.
 */
import { type Json, ref, refs, schema } from '../palette/json.js';
import { REDUCERS } from '../palette/palette.js';
import type { Random } from '../random.js';

/** Events by which plans of the world are made to act on proposals. */
const GOVERNING_EVENTS = ['g/Approve@1', 'g/Apply@1', 'g/Agent@1', 'g/Slow@1'] as const;

/** What {@link slowPlan} raises: of another type in some definitions. */
export const TOLD = 'g/Told@1';

const CHANGED = 'sys/ProposalChanged@1';

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
  schema('g/Agent@1', { record: { patch: { hash: {} } } }),
  schema('g/Slow@1', { record: { n: { nat: {} } } }),
  schema(TOLD, { record: { n: { nat: {} } } }),
  agentPlan(),
  slowPlan('raises'),
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

/** Proposes, has it shadowed, waits for people, applies: all by effects, as an agent does. */
function agentPlan(): Json {
  const emit = (id: string, kind: string, params: Json): Json => ({
    id,
    op: 'emit_effect',
    kind: `governance.${kind}`,
    params: { record: params },
    cap: 'gov',
    bind: { effect_id_as: `h_${id}` },
  });
  const wait = (id: string): Json => ({
    id: `got_${id}`,
    op: 'await_receipt',
    for: ref(`@var:h_${id}`),
    bind: { as: `r_${id}` },
  });
  const proposal = { proposal_id: ref('@var:r_propose.proposal_id') };
  const isMine = { op: 'eq', args: [ref('@event.proposal'), proposal.proposal_id] };
  const isApproved = { op: 'eq', args: [ref('@event.change'), { text: 'approved' }] };
  return {
    $kind: 'defplan',
    name: 'g/agent@1',
    input: 'g/Agent@1',
    steps: [
      emit('propose', 'propose', {
        patch_hash: ref('@plan.input.patch'),
        manifest_base: { null: {} },
        description: { null: {} },
      }),
      wait('propose'),
      {
        id: 'yes',
        op: 'await_event',
        event: CHANGED,
        where: { op: 'and', args: [isMine, isApproved] },
        bind: { as: 'yes' },
      },
      emit('shadow', 'shadow', proposal),
      wait('shadow'),
      emit('apply', 'apply', proposal),
      wait('apply'),
    ],
    edges: [
      { from: 'propose', to: 'got_propose' },
      { from: 'got_propose', to: 'yes' },
      { from: 'got_propose', to: 'shadow' },
      { from: 'shadow', to: 'got_shadow' },
      { from: 'yes', to: 'apply' },
      { from: 'apply', to: 'got_apply' },
    ],
    required_caps: ['gov'],
    allowed_effects: ['governance.propose', 'governance.shadow', 'governance.apply'],
  };
}

/** Says something once another definition is in force, where that can still be said. */
export function slowPlan(how: 'raises' | 'is silent'): Json {
  const isApplied = { op: 'eq', args: [ref('@event.change'), { text: 'applied' }] };
  const value = { record: { n: ref('@plan.input.n') } };
  const steps: Json[] = [
    { id: 'wait', op: 'await_event', event: CHANGED, where: isApplied, bind: { as: 'applied' } },
    { id: 'tell', op: 'raise_event', event: TOLD, value },
  ];
  const raises = how === 'raises';
  return {
    $kind: 'defplan',
    name: 'g/slow@1',
    input: 'g/Slow@1',
    steps: raises ? steps : steps.slice(0, 1),
    edges: raises ? [{ from: 'wait', to: 'tell' }] : [],
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
    schemas: listing(manifest.schemas, ...STATES.slice(1), ...GOVERNING_EVENTS, TOLD, CHANGED),
    plans: listing(manifest.plans, 'g/approve@1', 'g/apply@1', 'g/agent@1', 'g/slow@1'),
    caps: listing(manifest.caps, 'sys/governance@1'),
    effects: listing(
      manifest.effects,
      ...['approve', 'apply', 'propose', 'shadow'].map((verb) => `sys/governance.${verb}@1`),
    ),
    triggers: [
      ...((manifest.triggers as Json[] | undefined) ?? []),
      { event: 'g/Approve@1', plan: 'g/approve@1' },
      { event: 'g/Apply@1', plan: 'g/apply@1' },
      { event: 'g/Agent@1', plan: 'g/agent@1' },
      { event: 'g/Slow@1', plan: 'g/slow@1' },
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
  const agents = random.chance(0.5) ? AGENTS : [];
  const rules = [...agents, ...RULES.filter(() => random.chance(0.15))];
  return rules.length === 0 ? policy : { ...policy, governance: rules };
}

const one = (verb: string, role: string, more: Json = {}): Json => ({
  verb,
  role,
  count: 1,
  ...more,
});

/** Let a plan propose and apply as an operator may. */
const AGENTS: readonly Json[] = [
  one('propose', 'operator', { of: ['operator', 'world:g/agent@1'] }),
  one('apply', 'operator', { of: ['operator', 'world:g/apply@1', 'world:g/agent@1'] }),
];

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
];

/** The module that leads from one type of states to another. */
const moverOf = (from: string, to: string): string => `g/Move${from.slice(-1)}to${to.slice(-1)}@1`;

/** Every module of migrations that there may be. */
export const MOVERS: readonly string[] = STATES.flatMap((from) =>
  STATES.flatMap((to) => (from === to ? [] : [moverOf(from, to)])),
);

/**
 * What leads the states of a reducer to one type from each other one: at once, or by way of the
 * types between.
 */
export function migrationsTo(reducer: string, to: string, way: Way): readonly Json[] {
  const short = reducer.slice(2, 3).toLowerCase();
  const end = (STATES as readonly string[]).indexOf(to);
  return STATES.flatMap((from, i) => {
    if (i === end) return [];
    const next = way === 'at once' ? to : String(STATES[i < end ? i + 1 : i - 1]);
    return [
      {
        $kind: 'defmodule',
        name: moverOf(from, next),
        module_kind: 'pure',
        abi: { pure: { input: from, output: next } },
      },
      {
        $kind: 'defmigration',
        name: `g/${short}${from.slice(-1)}to${next.slice(-1)}@1`,
        reducer,
        from,
        to: next,
        module: moverOf(from, next),
      },
    ];
  });
}

export type Way = 'at once' | 'in steps';

export const isReducer = ({ $kind, name }: Json): boolean =>
  $kind === 'defmodule' && (REDUCERS as readonly unknown[]).includes(name);
