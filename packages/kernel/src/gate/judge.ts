/**
 * The stages of the gate from the grant on: grant, constraints, secrets, policy, approval, rate,
 * budget. A request goes through them when it is made, and once more when people have approved it.
 */
import type { Hash } from '@aos/canon';
import { type Charge, type Decision, type Denial, NO_CHARGE } from './decision.js';
import type { Gate } from './gate.js';
import type { GatePorts } from './gate-ports.js';
import type { GateState } from './gate-state.js';
import { checkConstraints } from './grants/constraints.js';
import { findGrant } from './grants/grant-check.js';
import type { CompiledGrant } from './grants/grants.js';
import { checkSecrets } from './grants/secrets.js';
import { reserveBudgets } from './limits/budgets.js';
import type { Reservation } from './limits/ledger.js';
import { takeRate } from './limits/rate-limits.js';
import { askPolicy, type Ruling } from './policy/policy.js';
import type { EffectRequest } from './requests/effect-request.js';
import type { Subject } from './requests/subject.js';
import type { DeniedVerdict } from './verdict.js';

/** All that a decision says but its outcome. */
export type DecisionPlace = Omit<Decision, 'outcome' | 'code'>;

/** A request that its grant and the policy let through, before anything is taken for it. */
export interface Passed extends Charge {
  readonly grant: CompiledGrant;
  readonly ruling: Ruling;
  readonly place: DecisionPlace;
  readonly denied?: undefined;
}

/** What was taken of rates and budgets. */
export interface Taken {
  readonly state: GateState;
  readonly reserved: readonly Reservation[];
  readonly denial?: undefined;
}

/** Before the grant is found, a decision names what was asked for and no more. */
export function placeOf(
  { effect, cap }: Pick<EffectRequest, 'effect' | 'cap'>,
  intent: Hash,
): DecisionPlace {
  return { intent, effect, cap, grantHash: null, policy: null, rule: null };
}

/** Most characters of what a denial tells people; names and values in it may be of any length. */
const MAX_TOLD = 400;

export function deny(place: DecisionPlace, denial: Denial, charge: Charge): DeniedVerdict {
  const { code } = denial;
  const at = denial.at.slice(0, MAX_TOLD);
  const advice = denial.advice.slice(0, MAX_TOLD);
  const { fuel, calls } = charge;
  const decision: Decision = { ...place, outcome: 'deny', code };
  const verdict = { kind: 'denied' as const, code, at, advice, decision, fuel, calls };
  return denial.shortage === undefined ? verdict : { ...verdict, shortage: denial.shortage };
}

/** Grant, constraints, secrets and policy: all that says whether, and takes nothing. */
export function judge(
  gate: Gate,
  subject: Subject,
  ports: GatePorts,
): Passed | { readonly denied: DeniedVerdict } {
  const place = placeOf(subject.request, subject.hash);
  const found = findGrant(gate, subject);
  if (found.grant === undefined) return { denied: deny(place, found.denial, NO_CHARGE) };
  const { grant } = found;
  const granted = { ...place, grantHash: grant.hash };
  if (found.denial !== undefined) return { denied: deny(granted, found.denial, NO_CHARGE) };
  const checked = checkConstraints(gate, grant, subject, ports);
  const denial = checked.denial ?? checkSecrets(gate.secrets, subject);
  if (denial !== undefined) return { denied: deny(granted, denial, checked) };
  const ruling = askPolicy(gate.policy, subject);
  const ruled = { ...granted, policy: ruling.policy, rule: ruling.rule };
  if (ruling.denial !== undefined) return { denied: deny(ruled, ruling.denial, checked) };
  const { fuel, calls } = checked;
  return { grant, ruling, place: ruled, fuel, calls };
}

/** Counts an effect under the rate limit of the rule that decided, if it has one. */
export function takeRateOf(
  state: GateState,
  { policy, rule, says }: Ruling,
  { request }: Subject,
): { readonly state: GateState; readonly denial?: undefined } | { readonly denial: Denial } {
  const { rate_limit: limit, identity } = says;
  if (limit === undefined) return { state };
  const at = `policy ${policy} rule ${rule}`;
  const taken = takeRate(state.windows, { identity, limit, at }, request.now);
  if (taken.denial !== undefined) return taken;
  return { state: { ...state, windows: taken.windows } };
}

/** Reserves in the budgets of the grant and of those that it was made from. */
export function takeBudget(
  state: GateState,
  grant: CompiledGrant,
  subject: Subject,
): Taken | { readonly denial: Denial } {
  const taken = reserveBudgets(state.ledgers, grant, subject);
  if (taken.denial !== undefined) return taken;
  const { ledgers, reserved } = taken;
  return { state: { ...state, ledgers }, reserved };
}
