import type { WorldDefinition } from '@aos/air';
import { encode, sha256, utf8 } from '@aos/canon';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ask,
  emptyState,
  gateDefinition,
  goPlan,
  type Json,
  outcomeOf,
  portsOf,
  reducerR,
  stopPlan,
} from '../../test/gate-world.js';
import { authorize } from './authorize.js';
import { compileGate, type Gate } from './gate.js';
import type { GateState } from './gate-state.js';
import type { EffectRequest } from './requests/effect-request.js';
import type { GateVerdict } from './verdict.js';

const CAP = 'sys/http.out@2';
const HOSTS = ['a.example', 'b.example', 'c.example'];
const NAMES = ['g0', 'g1', 'g2', 'g3'];

type Grant = { name: string; cap: string; params: Json; [field: string]: Json };

const some = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined, freq: 2 });
const present = (fields: object) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** A grant made from none or from an earlier one, with numbers that no parent can make too wide. */
const grantOf = (name: string, i: number): fc.Arbitrary<Grant> =>
  fc
    .record({
      params: fc.record({ hosts: fc.subarray(HOSTS) }),
      expiry_ns: some(fc.constant(1_500)),
      budget: some(fc.constant({ calls: 2 })),
      parent: some(i === 0 ? fc.constant(undefined) : fc.constantFrom(...NAMES.slice(0, i))),
    })
    .map((fields) => ({ name, cap: CAP, ...present(fields) }) as Grant);

const grants = fc.tuple(...NAMES.map(grantOf));

const rule = fc
  .record({
    when: fc
      .record({
        cap_name: some(fc.constantFrom(...NAMES)),
        origin_name: some(fc.constantFrom('g/go@1', 'g/stop@1')),
        effect_kind: some(fc.constant('http.request')),
      })
      .map(present),
    says: fc.constantFrom<Json>(
      { decision: 'allow' },
      { decision: 'allow' },
      { decision: 'deny' },
      { decision: 'allow', rate_limit: { count: 1, per_ns: 100 } },
      { decision: 'require_approval', approval: { role: 'approver', count: 1 } },
    ),
  })
  .map(({ when, says }) => ({ when, ...(says as object) }) as Json);

const rules = fc.array(rule, { maxLength: 5 });

const request: fc.Arbitrary<EffectRequest> = fc
  .record({
    cap: fc.constantFrom(...NAMES, 'none'),
    host: fc.constantFrom(...HOSTS),
    origin: fc.constantFrom(goPlan, stopPlan, reducerR),
    logicalNowNs: fc.constantFrom(1_000n, 1_499n, 1_500n),
    index: fc.nat(3),
    idempotencyKey: fc.option(fc.constant(sha256(utf8('k'))), { nil: undefined }),
  })
  .map(({ host, idempotencyKey, ...rest }) => {
    const params = encode({ url: `https://${host}/`, method: 'GET', headers: {} });
    const asked = ask({ effect: 'http.request', params, ...rest });
    return idempotencyKey === undefined ? asked : { ...asked, idempotencyKey };
  });

const requests = fc.array(request, { maxLength: 6 });

function worldOf(own: readonly Grant[], policy: readonly Json[]): WorldDefinition {
  return gateDefinition({ caps: [CAP], grants: own, rules: policy });
}

/** The state after these requests. */
function stateAfter(gate: Gate, asked: readonly EffectRequest[]): GateState {
  let state = emptyState();
  for (const each of asked) {
    const verdict = authorize(gate, state, each, portsOf());
    if (verdict.kind === 'open' || verdict.kind === 'waiting') state = verdict.state;
  }
  return state;
}

const RANK: { readonly [outcome: string]: number } = { open: 2, shared: 2, waiting: 1 };
const rankOf = (verdict: GateVerdict) => RANK[outcomeOf(verdict)] ?? 0;

/** What lacks budget may yet wait for an approval: budgets are taken when it has come. */
const boundOf = (verdict: GateVerdict) =>
  verdict.kind === 'denied' && verdict.code === 'budget-exhausted' ? 1 : rankOf(verdict);

const facts = ({ decision, fuel, calls, ...rest }: GateVerdict) => ({
  outcome: outcomeOf({ decision, fuel, calls, ...rest } as GateVerdict),
  decision,
});

const RUNS = { numRuns: 150 };

describe('authorization', () => {
  test('never allows more with a grant less', () => {
    fc.assert(
      fc.property(grants, rules, requests, fc.nat(3), (own, policy, asked, gone) => {
        const definition = worldOf(own, policy);
        const gate = compileGate(definition);
        const left = [...definition.grants].filter(([name]) => name !== NAMES[gone]);
        const less = compileGate({ ...definition, grants: new Map(left) });
        const state = stateAfter(gate, asked);
        for (const each of asked) {
          const before = authorize(gate, state, each, portsOf());
          const after = authorize(less, state, each, portsOf());
          expect(rankOf(after)).toBeLessThanOrEqual(rankOf(before));
        }
      }),
      RUNS,
    );
  });

  test('never allows more with a rule less that allows without a limit', () => {
    fc.assert(
      fc.property(grants, rules, requests, fc.nat(4), (own, policy, asked, at) => {
        const removed = policy[at] as { decision?: string; rate_limit?: Json } | undefined;
        if (removed?.decision !== 'allow' || removed.rate_limit !== undefined) return;
        const gate = compileGate(worldOf(own, policy));
        const less = compileGate(worldOf(own, policy.toSpliced(at, 1)));
        const state = stateAfter(gate, asked);
        for (const each of asked) {
          const before = authorize(gate, state, each, portsOf());
          const after = authorize(less, state, each, portsOf());
          expect(rankOf(after)).toBeLessThanOrEqual(boundOf(before));
        }
      }),
      RUNS,
    );
  });

  test('does not depend on the order of maps', () => {
    fc.assert(
      fc.property(grants, rules, requests, (own, policy, asked) => {
        const definition = worldOf(own, policy);
        const gate = compileGate(definition);
        const turned = compileGate({
          ...definition,
          grants: new Map([...definition.grants].reverse()),
          schemas: new Map([...definition.schemas].reverse()),
        });
        const written = compileGate(worldOf(own.toReversed(), policy));
        const state = stateAfter(gate, asked);
        for (const each of asked) {
          const verdict = authorize(gate, state, each, portsOf());
          for (const other of [turned, written]) {
            expect(facts(authorize(other, state, each, portsOf()))).toEqual(facts(verdict));
          }
        }
      }),
      RUNS,
    );
  });

  test('is the same each time, and leaves the state that it was given', () => {
    fc.assert(
      fc.property(grants, rules, requests, (own, policy, asked) => {
        const gate = compileGate(worldOf(own, policy));
        const state = stateAfter(gate, asked);
        const roots = [state.ledgers.root(), state.windows.root()];
        for (const each of asked) {
          const first = authorize(gate, state, each, portsOf());
          const again = authorize(gate, state, each, portsOf());
          expect(facts(again)).toEqual(facts(first));
          if (first.kind !== 'open' || again.kind !== 'open') continue;
          expect(again.state.ledgers.root()).toEqual(first.state.ledgers.root());
          expect(again.state.windows.root()).toEqual(first.state.windows.root());
        }
        expect([state.ledgers.root(), state.windows.root()]).toEqual(roots);
      }),
      RUNS,
    );
  });

  test('says no with a code, and a place and an advice for people', () => {
    fc.assert(
      fc.property(grants, rules, requests, (own, policy, asked) => {
        const gate = compileGate(worldOf(own, policy));
        for (const each of asked) {
          const verdict = authorize(gate, emptyState(), each, portsOf());
          if (verdict.kind !== 'denied') continue;
          expect(verdict.code).toMatch(/^[a-z]+(-[a-z]+)*$/);
          expect(verdict.at.length * verdict.advice.length).toBeGreaterThan(0);
          expect(verdict.decision).toMatchObject({ outcome: 'deny', code: verdict.code });
        }
      }),
      RUNS,
    );
  });
});
