/**
 * A world to ask effects of: two plans, a reducer, effects of its own, and grants and a policy as
 * the test wants them.
 *
 * `g/go@1` and `g/stop@1` are plans, `g/R@1` a reducer. `g.note` is an effect for both that takes
 * `{text}` under grants of the type `note`; its capability `g/note@1` allows everything,
 * `g/checked@1` asks the module `g/Check@1`.
 */
import { type AirDocument, loadAir, type WorldDefinition } from '@aos/air';
import { encode, type Hash, sha256, toHex, utf8 } from '@aos/canon';
import { type CallOutcome, DEFAULT_CALL_LIMITS, type Engine, type Origin } from '@aos/protocol';
import { authorize } from '../src/gate/authorize.js';
import { compileGate, type Gate } from '../src/gate/gate.js';
import type { GatePorts } from '../src/gate/gate-ports.js';
import { emptyGateState, type GateState } from '../src/gate/gate-state.js';
import type { OpenIntent } from '../src/gate/open-intent.js';
import type { EffectRequest } from '../src/gate/requests/effect-request.js';
import type { GateVerdict } from '../src/gate/verdict.js';
import { NodeCache } from '../src/trie/node-cache.js';

export type Json = null | boolean | number | string | readonly Json[] | { [key: string]: Json };

/** What a test says about the world; everything has a default that allows `g.note`. */
export interface GateBrief {
  readonly grants?: readonly Json[];
  /** Rules of the default policy; `null` for a world without one. */
  readonly rules?: readonly Json[] | null;
  readonly secrets?: readonly { readonly name: string; readonly [field: string]: Json }[];
  readonly caps?: readonly string[];
  readonly effects?: readonly string[];
  readonly emits?: readonly string[];
  /** `g/Check@1` as it is otherwise: called without a context, or a module without code. */
  readonly check?: 'plain' | 'unbound';
}

const refs = (names: readonly string[]): Json => names.map((name) => ({ name }));
const schema = (name: string, type: Json): Json => ({ $kind: 'defschema', name, type });
const text: Json = { text: {} };

const FEATURES = ['grant-budget', 'grant-parent', 'policy-approval', 'policy-rate-limit'];

const SCHEMAS: readonly Json[] = [
  schema('g/Unit@1', { unit: {} }),
  schema('g/Event@1', { variant: { Unit: { ref: 'g/Unit@1' } } }),
  schema('g/NoteParams@1', {
    record: {
      text,
      max_tokens: { option: { nat: {} } },
      max_cost_cents: { option: { nat: {} } },
      key: { option: { ref: 'sys/TextOrSecretRef@1' } },
      bare_key: { option: { ref: 'sys/SecretRef@1' } },
    },
  }),
  schema('g/NoteReceipt@1', {
    record: {
      size: { option: { nat: {} } },
      cost_cents: { option: { nat: {} } },
      token_usage: { option: { record: { prompt: { nat: {} }, completion: { nat: {} } } } },
    },
  }),
];

const plan = (name: string): Json => ({ $kind: 'defplan', name, input: 'g/Unit@1', steps: [end] });
const end: Json = { id: 'end', op: 'end' };

const cap = (name: string, module: string): Json => ({
  $kind: 'defcap',
  name,
  cap_type: 'note',
  schema: { record: { words: { option: { list: text } } } },
  enforcer: { module },
});

const DEFINITIONS: readonly Json[] = [
  ...SCHEMAS,
  plan('g/go@1'),
  plan('g/stop@1'),
  {
    $kind: 'defeffect',
    name: 'g/note@1',
    kind: 'g.note',
    params_schema: 'g/NoteParams@1',
    receipt_schema: 'g/NoteReceipt@1',
    cap_type: 'note',
    origin_scope: 'both',
  },
  cap('g/note@1', 'sys/CapAllowAll@1'),
  cap('g/checked@1', 'g/Check@1'),
];

const checkAbi = { input: 'sys/CapCheckInput@1', output: 'sys/CapCheckOutput@1' };
const checkOf = (brief: GateBrief): Json => {
  const context = brief.check === 'plain' ? {} : { context: 'sys/PureContext@1' };
  const abi = { pure: { ...checkAbi, ...context } };
  return { $kind: 'defmodule', name: 'g/Check@1', module_kind: 'pure', abi };
};

/** The module `g/Check@1`. */
export const checkModule: Hash = sha256(utf8('module g/Check@1'));

const DEFAULT_GRANT: Json = { name: 'note', cap: 'g/note@1', params: {} };
const ALLOW_ALL: Json = { when: {}, decision: 'allow' };

function documentOf(brief: GateBrief): AirDocument {
  const { grants = [DEFAULT_GRANT], rules = [ALLOW_ALL], secrets = [] } = brief;
  const emits = brief.emits ?? ['g.note'];
  const reducer: Json = {
    $kind: 'defmodule',
    name: 'g/R@1',
    module_kind: 'reducer',
    abi: { reducer: { state: 'g/Unit@1', event: 'g/Event@1', effects_emitted: emits as Json } },
  };
  const policy: Json = { $kind: 'defpolicy', name: 'g/policy@1', rules: rules ?? [] };
  const manifest: Json = {
    $kind: 'manifest',
    air_version: '1',
    schemas: refs(['g/Unit@1', 'g/Event@1', 'g/NoteParams@1', 'g/NoteReceipt@1']),
    modules: refs(['g/R@1', 'g/Check@1']),
    plans: refs(['g/go@1', 'g/stop@1']),
    effects: refs(['g/note@1', ...(brief.effects ?? [])]),
    caps: refs(['g/note@1', 'g/checked@1', ...(brief.caps ?? [])]),
    policies: rules === null ? [] : refs(['g/policy@1']),
    secrets: refs(secrets.map(({ name }) => name)),
    features: FEATURES as Json,
    defaults: { cap_grants: grants, ...(rules === null ? {} : { policy: 'g/policy@1' }) },
  };
  const nodes: Json[] = [
    ...DEFINITIONS,
    checkOf(brief),
    reducer,
    ...(rules === null ? [] : [policy]),
    ...secrets.map((secret) => ({ $kind: 'defsecret', ...secret })),
    manifest,
  ];
  return { path: 'world.json', text: JSON.stringify(nodes) };
}

export function gateDefinition(brief: GateBrief = {}): WorldDefinition {
  const code = brief.check === 'unbound' ? [] : [['g/Check@1', checkModule] as const];
  const outcome = loadAir([documentOf(brief)], new Map(code));
  if (outcome.ok) return outcome.world;
  throw new Error(JSON.stringify(outcome.findings, null, 1));
}

/** Definitions of briefs that were asked for, which many cases of one table share. */
const definitions = new Map<string, WorldDefinition>();

export function gateOf(brief: GateBrief = {}): Gate {
  const key = JSON.stringify(brief);
  const definition = definitions.get(key) ?? gateDefinition(brief);
  definitions.set(key, definition);
  return compileGate(definition);
}

export const emptyState = (): GateState =>
  emptyGateState({ read: () => undefined, cache: new NodeCache() });

export const goPlan: Origin = { plan: 'g/go@1', instance: { seq: 3, i: 0 }, step: 'ask' };
export const stopPlan: Origin = { plan: 'g/stop@1', instance: { seq: 4, i: 0 }, step: 'ask' };
export const reducerR: Origin = { reducer: 'g/R@1', key: null };

/** A `g.note` of the plan `g/go@1` under the grant `note`, unless the test says otherwise. */
export function ask(changes: Partial<EffectRequest> & { logicalNowNs?: bigint } = {}) {
  const { logicalNowNs = 1_000n, ...rest } = changes;
  const now = { logicalNowNs, seq: 7, epoch: 0, worldId: sha256(utf8('a world')) };
  const params = encode({ text: 'hello' });
  return {
    origin: goPlan,
    effect: 'g.note',
    cap: 'note',
    params,
    index: 0,
    attempt: 1,
    now,
    ...rest,
  };
}

/** An engine whose one module is a function of the test. */
export function engineOf(run: (input: Uint8Array) => CallOutcome): Engine {
  return {
    has: (module) => toHex(module) === toHex(checkModule),
    call: (_module, _entry, input) => run(input),
  };
}

const noEngine: Engine = engineOf(() => {
  throw new Error('no module is called in this test');
});

/** Ports of a step in which `open` are the open intents. */
export function portsOf(open: readonly OpenIntent[] = [], engine: Engine = noEngine): GatePorts {
  return {
    engine,
    callLimits: DEFAULT_CALL_LIMITS,
    paramsBytes: 4_096,
    knownIntent: (hash) => open.find((intent) => toHex(intent.hash) === toHex(hash)),
  };
}

/** Asks a fresh gate of this brief. */
export function verdictOf(brief: GateBrief, request: EffectRequest = ask()): GateVerdict {
  return authorize(gateOf(brief), emptyState(), request, portsOf());
}

/** The code of a denial, otherwise what the verdict is. */
export function outcomeOf(verdict: GateVerdict): string {
  return verdict.kind === 'denied' ? verdict.code : verdict.kind;
}
