/**
 * The gate: which of many rules decides, and one whole authorization with the entries it leaves.
 *
 * Both are medians of single calls, in chunks large enough for the clock.
 */
import { strict as assert } from 'node:assert';
import { loadAir, type WorldDefinition } from '@aos/air';
import { encode, ZERO_HASH } from '@aos/canon';
import {
  authorize,
  compileGate,
  type EffectRequest,
  emptyGateState,
  type GatePorts,
  NodeCache,
  PolicyIndex,
  type PolicyQuestion,
} from '@aos/kernel';
import { carryValue, DEFAULT_CALL_LIMITS, encodeEntry } from '@aos/protocol';
import { type Measure, median } from '../measure.js';

/** Calls between two looks at the clock. */
const POLICY_CHUNK = 256;
const AUTHORIZE_CHUNK = 16;
const MIN_MS = 300;

/** Rules of the policy that whole authorizations go through. */
const RULES = 100;

type Rule = { readonly when: { readonly [field: string]: string }; readonly decision: string };

/** Rules for plans, grants and kinds by turns; only the last one is for anything else. */
function rulesOf(count: number): readonly Rule[] {
  const narrow = Array.from({ length: count - 1 }, (_, i) => {
    const origin = { origin_name: `b/plan-${i}@1` };
    const when = i % 2 === 0 ? origin : { ...origin, effect_kind: 'http.request', cap_name: 'web' };
    return { when, decision: i % 3 === 0 ? 'deny' : 'allow' };
  });
  return [...narrow, { when: { cap_type: 'http.out' }, decision: 'allow' }];
}

const QUESTION: PolicyQuestion = {
  effect_kind: 'http.request',
  cap_name: 'web',
  cap_type: 'http.out',
  origin_kind: 'plan',
  origin_name: 'b/ask@1',
};

/** Median microseconds of one call. */
function medianUs(act: () => unknown, chunk: number): number {
  const times: number[] = [];
  const endsAt = performance.now() + MIN_MS;
  for (let at = performance.now(); at < endsAt; ) {
    for (let i = 0; i < chunk; i += 1) act();
    const now = performance.now();
    times.push(((now - at) * 1000) / chunk);
    at = now;
  }
  return median(times.sort((a, b) => a - b));
}

function policyUs(count: number): number {
  const index = new PolicyIndex(rulesOf(count));
  assert.equal(index.first(QUESTION), count - 1);
  return medianUs(() => index.first(QUESTION), POLICY_CHUNK);
}

const refs = (...names: string[]) => names.map((name) => ({ name }));

function definitionOf(): WorldDefinition {
  const hosts = ['api.example', 'files.example'];
  const grants = [
    { name: 'team', cap: 'sys/http.out@2', params: { schemes: ['https'] } },
    {
      name: 'web',
      cap: 'sys/http.out@2',
      params: { hosts, methods: ['GET', 'POST'], path_prefixes: ['/v1'] },
      budget: { calls: 1_000_000_000, bytes: 1_000_000_000_000 },
      parent: 'team',
    },
  ];
  const nodes = [
    { $kind: 'defschema', name: 'b/Unit@1', type: { unit: {} } },
    { $kind: 'defplan', name: 'b/ask@1', input: 'b/Unit@1', steps: [{ id: 'e', op: 'end' }] },
    { $kind: 'defpolicy', name: 'b/policy@1', rules: rulesOf(RULES) },
    {
      $kind: 'manifest',
      air_version: '1',
      schemas: refs('b/Unit@1'),
      modules: [],
      plans: refs('b/ask@1'),
      caps: refs('sys/http.out@2'),
      policies: refs('b/policy@1'),
      features: ['grant-budget', 'grant-parent'],
      defaults: { policy: 'b/policy@1', cap_grants: grants },
    },
  ];
  const outcome = loadAir([{ path: 'world.json', text: JSON.stringify(nodes) }]);
  assert.ok(outcome.ok, JSON.stringify(outcome.findings));
  return outcome.world;
}

function authorizeUs(): number {
  const gate = compileGate(definitionOf());
  const state = emptyGateState({ read: () => undefined, cache: new NodeCache() });
  const params = encode({
    url: 'https://api.example/v1/orders/17?expand=lines',
    method: 'GET',
    headers: { accept: 'application/json', 'user-agent': 'orders' },
    body_ref: null,
  });
  const ports: GatePorts = {
    engine: { has: () => false, call: () => assert.fail('no module is called') },
    callLimits: DEFAULT_CALL_LIMITS,
    paramsBytes: 1 << 20,
    knownIntent: () => undefined,
  };
  const origin = { plan: 'b/ask@1', instance: { seq: 3, i: 1 }, step: 'ask' };
  const now = { logicalNowNs: 1_000_000n, seq: 17, epoch: 0, worldId: ZERO_HASH };
  let index = 0;
  const authorizeOne = () => {
    const ask = { origin, effect: 'http.request', cap: 'web', params, attempt: 1, now };
    const request: EffectRequest = { ...ask, index: index++ };
    const verdict = authorize(gate, state, request, ports);
    if (verdict.kind !== 'open') throw new Error(`not let through: ${verdict.kind}`);
    const { hash: intent, effect, cap, idempotencyKey, attempt } = verdict.intent;
    const carried = carryValue(verdict.intent.params).carried;
    const entry = { intent, effect, cap, params: carried, idempotencyKey, origin, attempt };
    encodeEntry({ kind: 'decision', cause: null, ...verdict.decision });
    encodeEntry({ kind: 'intent', cause: 0, ...entry });
  };
  return medianUs(authorizeOne, AUTHORIZE_CHUNK);
}

export const measures: readonly Measure[] = [
  ...[1, 10, 100, 1000].map(
    (count): Measure => ({
      name: `gate.policy-p50-${count}`,
      unit: 'us',
      run: () => policyUs(count),
    }),
  ),
  { name: 'gate.authorize-p50', unit: 'us', run: authorizeUs },
];
