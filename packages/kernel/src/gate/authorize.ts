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
import type { Gate } from './gate.js';
import type { GateState } from './gate-state.js';
import { findGrant } from './grant-check.js';
import type { OpenIntent } from './open-intent.js';
import { approvalOf } from './pending-approval.js';
import { askPolicy, type Ruling } from './policy.js';
import { checkScope } from './scope.js';
import { isUnreadable, readRequest, type Subject } from './subject.js';
import {
  type Charge,
  type Decision,
  type Denial,
  type DeniedVerdict,
  type EffectRequest,
  type GatePorts,
  type GateVerdict,
  type KnownIntent,
  NO_CHARGE,
} from './verdict.js';

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
  return judge(gate, state, subject, ports);
}

/** The stages from `grant` on, which an approval goes through once more. */
function judge(gate: Gate, state: GateState, subject: Subject, ports: GatePorts): GateVerdict {
  const place = placeOf(subject.request, subject.hash);
  const { grant, denial } = findGrant(gate, subject);
  const granted = { ...place, grantHash: grant?.hash ?? null };
  if (denial !== undefined) return deny(granted, denial, NO_CHARGE);
  const ruling = askPolicy(gate.policy, subject);
  const ruled = { ...granted, policy: ruling.policy, rule: ruling.rule };
  if (ruling.denial !== undefined) return deny(ruled, ruling.denial, NO_CHARGE);
  const shared = ports.knownIntent(subject.hash);
  if (shared !== undefined) return share(ruled, subject, shared);
  return open(ruled, state, subject, ruling);
}

/** All that a decision says but its outcome. */
type DecisionPlace = Omit<Decision, 'outcome' | 'code'>;

function placeOf({ effect, cap }: EffectRequest, intent: Decision['intent']): DecisionPlace {
  return { intent, effect, cap, grantHash: null, policy: null, rule: null };
}

function deny(place: DecisionPlace, denial: Denial, charge: Charge): DeniedVerdict {
  const { code, at, advice } = denial;
  const decision: Decision = { ...place, outcome: 'deny', code };
  return { kind: 'denied', code, at, advice, decision, ...charge };
}

/** Under an explicit key the origin comes to wait for an intent that is open already. */
function share(place: DecisionPlace, subject: Subject, known: KnownIntent): GateVerdict {
  const isExplicit = subject.request.idempotencyKey !== undefined;
  if (!isExplicit || !known.isExplicitKey) return deny(place, keyTaken(), NO_CHARGE);
  const decision: Decision = { ...place, outcome: 'allow', code: null };
  return { kind: 'shared', intent: subject.hash, decision, ...NO_CHARGE };
}

function open(
  place: DecisionPlace,
  state: GateState,
  subject: Subject,
  ruling: Ruling,
): GateVerdict {
  const approval = approvalOf(ruling, subject.request.now.logicalNowNs);
  const intent = newIntent(subject, approval);
  const outcome = approval === null ? 'allow' : 'wait';
  const decision: Decision = { ...place, outcome, code: null };
  if (approval === null) return { kind: 'open', state, intent, decision, ...NO_CHARGE };
  const { given: _given, rule: _rule, ...asked } = approval;
  const request = { intent: subject.hash, ...asked };
  return { kind: 'waiting', state, intent, decision, approval: request, ...NO_CHARGE };
}

function newIntent(subject: Subject, approval: OpenIntent['approval']): OpenIntent {
  const { request, params, idempotencyKey, hash } = subject;
  const { effect, cap, attempt, deadlineNs, now, origin } = request;
  return {
    hash,
    effect,
    cap,
    params,
    idempotencyKey,
    isExplicitKey: request.idempotencyKey !== undefined,
    epoch: now.epoch,
    attempt,
    openedAt: { seq: now.seq, i: 0 },
    openedNs: now.logicalNowNs,
    state: approval === null ? 'released' : 'waiting',
    waiters: [origin],
    reserved: [],
    approval,
    ...(deadlineNs === undefined ? {} : { deadlineNs }),
  };
}

function keyTaken(): Denial {
  const advice = 'give another idempotency key, or none';
  return { code: 'idempotency-key-taken', at: 'idempotency_key', advice };
}
