/**
 * Authorization of one effect, in one fixed order: canonical parameters, origin scope, grant,
 * constraints, secrets, policy, rate, budget (chapter 8).
 *
 * A1. Pure: the same gate, state, request and ports give the same verdict.
 * A2. The first stage that says no decides, and nothing of a later one happens.
 * A3. What is allowed is allowed by a grant and by a rule; without either the answer is no.
 *
 * Deliberately absent: the journal. Whoever asks writes the decision and keeps what was opened.
 */
import { bytesEqual } from '@aos/canon';
import { type Decision, type Denial, NO_CHARGE } from './decision.js';
import type { Gate } from './gate.js';
import type { GatePorts, KnownIntent } from './gate-ports.js';
import type { GateState } from './gate-state.js';
import { deny, judge, type Passed, placeOf, takeBudget, takeRateOf } from './judge.js';
import type { OpenIntent } from './open-intent.js';
import { approvalOf, approvalRequest, type PendingApproval } from './pending-approval.js';
import type { EffectRequest } from './requests/effect-request.js';
import { isUnreadable, readRequest } from './requests/read-request.js';
import type { Subject } from './requests/subject.js';
import { checkScope } from './scope.js';
import type { GateVerdict } from './verdict.js';

/** Judges a request. A denial has a code of chapter 8, or that of an enforcer of the world. */
export function authorize(
  gate: Gate,
  state: GateState,
  request: EffectRequest,
  ports: GatePorts,
): GateVerdict {
  const subject = readRequest(gate, request, ports.paramsBytes);
  const place = placeOf(request, subject.hash);
  if (isUnreadable(subject)) return deny(place, subject.denial, NO_CHARGE);
  const scope = checkScope(gate, subject);
  if (scope !== undefined) return deny(place, scope, NO_CHARGE);
  const passed = judge(gate, subject, ports);
  if (passed.denied !== undefined) return passed.denied;
  const known = ports.knownIntent(subject.hash);
  return known === undefined ? open(state, subject, passed) : share(subject, passed, known);
}

/** The origin comes to wait for an intent that is open already, and takes nothing for it. */
function share(subject: Subject, passed: Passed, known: KnownIntent): GateVerdict {
  const { place, fuel, calls } = passed;
  const denial = checkSharing(subject, passed, known);
  if (denial !== undefined) return deny(place, denial, passed);
  const outcome = known.state === 'waiting' ? 'wait' : 'allow';
  const decision: Decision = { ...place, outcome, code: null };
  return { kind: 'shared', intent: subject.hash, decision, fuel, calls };
}

/** Most origins that wait for one intent: they stand in its leaf, and are told all at once. */
export const MAX_WAITERS = 256;

/**
 * Only explicit keys share, and who needs an approval shares what waits for that very one. Codes:
 * `idempotency-key-taken`, `intent-waiters-limit`, `approval-not-shared`.
 */
function checkSharing(
  { request }: Subject,
  { ruling, place }: Passed,
  known: KnownIntent,
): Denial | undefined {
  if (request.idempotencyKey === undefined || !known.isExplicitKey) {
    const advice = 'give another idempotency key, or none';
    return { code: 'idempotency-key-taken', at: 'idempotency_key', advice };
  }
  if ((known.waiters?.length ?? 0) >= MAX_WAITERS) {
    const advice = `give another idempotency key: ${MAX_WAITERS} wait for this intent`;
    return { code: 'intent-waiters-limit', at: 'idempotency_key', advice };
  }
  const { says } = ruling;
  if (says.decision === 'allow') return undefined;
  const asked = known.approval?.rule;
  if (asked !== undefined && bytesEqual(asked, says.identity)) return undefined;
  const advice = 'give another idempotency key, so that the approval is asked for';
  const at = `policy ${place.policy} rule ${place.rule}`;
  return { code: 'approval-not-shared', at, advice };
}

function open(state: GateState, subject: Subject, passed: Passed): GateVerdict {
  const { ruling, grant, place, fuel, calls } = passed;
  const rated = takeRateOf(state, ruling, subject);
  if (rated.denial !== undefined) return deny(place, rated.denial, passed);
  const approval = approvalOf(ruling, subject.request.now.logicalNowNs);
  if (approval !== null) {
    const intent = newIntent(subject, approval, []);
    const decision: Decision = { ...place, outcome: 'wait', code: null };
    const asked = approvalRequest(subject.hash, approval);
    return {
      kind: 'waiting',
      state: rated.state,
      intent,
      decision,
      approval: asked,
      fuel,
      calls,
    };
  }
  const taken = takeBudget(rated.state, grant, subject);
  if (taken.denial !== undefined) return deny(place, taken.denial, passed);
  const intent = newIntent(subject, null, taken.reserved);
  const decision: Decision = { ...place, outcome: 'allow', code: null };
  return { kind: 'open', state: taken.state, intent, decision, fuel, calls };
}

function newIntent(
  subject: Subject,
  approval: PendingApproval | null,
  reserved: OpenIntent['reserved'],
): OpenIntent {
  const { request, manifest, params, idempotencyKey, hash } = subject;
  const { effect, cap, attempt, deadlineNs, now, origin } = request;
  const intent: OpenIntent = {
    hash,
    effect,
    cap,
    params: params.bytes,
    idempotencyKey,
    manifest,
    isExplicitKey: request.idempotencyKey !== undefined,
    epoch: now.epoch,
    attempt,
    openedAt: { seq: now.seq, i: 0 },
    openedNs: now.logicalNowNs,
    state: approval === null ? 'released' : 'waiting',
    waiters: [origin],
    reserved,
    approval,
    frames: 0,
    isCancelled: false,
  };
  return deadlineNs === undefined ? intent : { ...intent, deadlineNs };
}
