/**
 * Effects, grants and a policy of a generated world; or none of it works, and that is tested too.
 */
import type { Random } from '../random.js';
import { type Json, ref, refs, schema } from './json.js';
import {
  DEEP_GRANTS,
  NATIVE_CAPS,
  NATIVE_EFFECTS,
  NATIVE_GRANTS,
  NATIVE_NODES,
} from './native-palette.js';

/** What the effects of a generated world add to it. */
export interface Authority {
  readonly nodes: readonly Json[];
  /** Fields of the manifest. */
  readonly manifest: Json;
  readonly features: readonly string[];
  /** Arms by which a family takes the receipts of its reducer. */
  readonly receiptArms: Json;
  /** What a reducer declares that asks and hears. */
  readonly reducerAbi: Json;
  /** What one declares that asks and has no arm for the answer. */
  readonly deafAbi: Json;
  readonly usesEnforcer: boolean;
  /** Plans may emit effects of the catalogue. */
  readonly usesNative: boolean;
  /** A chain of grants is too long. */
  readonly usesDeep: boolean;
  /** Names of the grants. */
  readonly grants: readonly string[];
}

/** Kinds of effects, the last of them known to nobody. */
export const EFFECT_KINDS = ['g.ask', 'timer.set', 'g.other', 'g.unknown'] as const;

const effect = (kind: string): Json => ({
  $kind: 'defeffect',
  name: `${kind.replace('.', '/')}@1`,
  kind,
  params_schema: 'g/AskParams@1',
  receipt_schema: 'g/Answer@1',
  cap_type: 'g.ask',
  origin_scope: 'both',
});

const EFFECTS = refs('g/ask@1', 'g/other@1', 'sys/timer.set@1', 'sys/introspect.journal_head@1');
const CAPS = refs('g/cap@1', 'sys/timer@1', 'sys/query@1');

export function authorityOf(random: Random): Authority {
  const usesNative = random.chance(0.4);
  const usesDeep = random.chance(0.02);
  const usesEnforcer = random.chance(0.4);
  const policy = random.chance(0.9) ? policyOf(random) : undefined;
  const grants = [
    ...grantsOf(random),
    ...(usesNative ? NATIVE_GRANTS : []),
    ...(usesDeep ? DEEP_GRANTS : []),
  ];
  const names = grants.map(({ name }) => name as string);
  const bound = (...slots: readonly (readonly [string, string])[]): Json =>
    Object.fromEntries(slots.filter(([, grant]) => names.includes(grant)));
  const slots = bound(
    ['default', 'ask'],
    ['timer', 'timer'],
    ['small', 'small'],
    ['brief', 'brief'],
  );
  return {
    nodes: [
      schema('g/AskParams@1', { record: { n: { nat: {} }, do: { bytes: {} } } }),
      schema('g/Answer@1', { record: { n: { nat: {} }, note: { option: { text: {} } } } }),
      effect('g.ask'),
      effect('g.other'),
      capability(usesEnforcer),
      ...(usesEnforcer ? [enforcer] : []),
      ...(policy === undefined ? [] : [policy]),
      ...(usesNative ? NATIVE_NODES : []),
    ],
    manifest: {
      effects: [...EFFECTS, ...(usesNative ? NATIVE_EFFECTS : [])],
      caps: [...CAPS, ...(usesNative ? NATIVE_CAPS : [])],
      defaults: {
        ...(policy === undefined ? {} : { policy: 'g/policy@1' }),
        cap_grants: grants,
      },
      module_bindings: {
        'g/A@1': { slots },
        'g/K@1': { slots },
        'g/B@1': { slots: bound(['default', 'ask']) },
      },
    },
    features: featuresOf(grants, policy),
    receiptArms: receiptArmsOf(random),
    reducerAbi: {
      effects_emitted: ['g.ask', 'timer.set'],
      cap_slots: { timer: 'timer', small: 'g.ask', brief: 'g.ask', loose: 'g.ask' },
    },
    deafAbi: { effects_emitted: ['g.ask'] },
    usesEnforcer,
    usesNative,
    usesDeep,
    grants: names,
  };
}

/** A timer that did not go well reaches only who takes the second version, or any receipt. */
function receiptArmsOf(random: Random): Json {
  const fired = { Fired: ref('sys/TimerFired@1') };
  const ended = { Ended: ref('sys/TimerFired@2') };
  const timer = random.pick([fired, ended, { ...fired, ...ended }]);
  return random.chance(0.9) ? { ...timer, Answered: ref('sys/EffectReceipt@1') } : timer;
}

const capability = (usesEnforcer: boolean): Json => ({
  $kind: 'defcap',
  name: 'g/cap@1',
  cap_type: 'g.ask',
  schema: { record: { most: { nat: {} } } },
  enforcer: { module: usesEnforcer ? 'g/Enforce@1' : 'sys/CapAllowAll@1' },
});

const enforcer: Json = {
  $kind: 'defmodule',
  name: 'g/Enforce@1',
  module_kind: 'pure',
  abi: { pure: { input: 'sys/CapCheckInput@1', output: 'sys/CapCheckOutput@1' } },
};

function grantsOf(random: Random): Json[] {
  const budget = () => random.pick([{}, {}, { budget: { calls: 3 } }, { budget: { cents: 20 } }]);
  const all: Json[] = [
    { name: 'ask', cap: 'g/cap@1', params: { most: 100 }, ...budget() },
    { name: 'small', cap: 'g/cap@1', params: { most: 10 }, parent: 'ask', ...budget() },
    { name: 'brief', cap: 'g/cap@1', params: { most: 100 }, expiry_ns: 5000 },
    { name: 'timer', cap: 'sys/timer@1', params: {} },
    { name: 'query', cap: 'sys/query@1', params: {} },
  ];
  return random.chance(0.8) ? all : all.filter(({ name }) => name !== 'timer');
}

const APPROVAL = { role: 'approver', count: 1 };

function policyOf(random: Random): Json {
  const rate = random.pick([
    { count: 2, per_ns: 2000 },
    { count: 2, per_records: 5 },
  ]);
  const pool: Json[] = [
    { when: { cap_name: 'brief' }, decision: 'allow' },
    { when: { cap_name: 'small', origin_kind: 'reducer' }, decision: 'deny' },
    { when: { origin_name: 'g/K@1' }, decision: 'allow', rate_limit: rate },
    { when: { cap_name: 'small' }, decision: 'require_approval', approval: approvalOf(random) },
    { when: { origin_name: 'g/A@1' }, decision: 'require_approval', approval: approvalOf(random) },
    { when: { effect_kind: 'g.other' }, decision: 'deny' },
    { when: { cap_type: 'g.ask', origin_kind: 'plan' }, decision: 'allow' },
  ];
  const rules = random.shuffled(pool).filter(() => random.chance(0.5));
  const last: Json[] = [{ when: {}, decision: 'allow' }];
  return {
    $kind: 'defpolicy',
    name: 'g/policy@1',
    rules: random.chance(0.8) ? [...rules, ...last] : rules,
  };
}

function approvalOf(random: Random): Json {
  return random.pick([
    APPROVAL,
    { ...APPROVAL, count: 2 },
    { ...APPROVAL, count: 2 },
    { ...APPROVAL, expires_ns: 3000 },
    { ...APPROVAL, of: ['ana'] },
    { role: 'operator', count: 1, of: ['operator'] },
  ]);
}

function featuresOf(grants: readonly Json[], policy: Json | undefined): string[] {
  const text = JSON.stringify([grants, policy]);
  const uses: readonly (readonly [feature: string, sign: string])[] = [
    ['grant-budget', '"budget"'],
    ['grant-parent', '"parent"'],
    ['policy-approval', '"approval"'],
    ['policy-rate-limit', '"rate_limit"'],
  ];
  return uses.flatMap(([feature, sign]) => (text.includes(sign) ? [feature] : []));
}
