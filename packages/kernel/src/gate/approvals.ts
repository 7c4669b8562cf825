/**
 * Approvals of intents: people say yes or no to an intent that waits, by signed verbs.
 *
 * P1. An approval binds the hash of the intent: kind, grant, parameters and key. There is no way to
 *     let an intent go but through the gate, which judges it again from the grant on.
 * P2. As many distinct principals must agree as the rule asks for, each with a key that holds the
 *     role when it signs and still when the last one does. One refusal ends the intent.
 * P3. Everything stands in the intent, so nothing is lost when a process ends.
 */
import { assert, bytesEqual, type Hash, type Result, refuse } from '@aos/canon';
import type { ApprovalDecision, KeyRole } from '@aos/protocol';
import {
  type ApprovalRequest,
  type Charge,
  type Decision,
  type Denial,
  NO_CHARGE,
} from './decision.js';
import type { Gate } from './gate.js';
import type { GatePorts } from './gate-ports.js';
import type { GateState } from './gate-state.js';
import { deny, judge, type Passed, placeOf, takeBudget, takeRateOf } from './judge.js';
import type { OpenIntent } from './open-intent.js';
import {
  approvalOf,
  approvalRequest,
  type GivenApproval,
  type PendingApproval,
} from './pending-approval.js';
import { EffectParams } from './requests/effect-params.js';
import type { EffectDefinitions, Moment } from './requests/effect-request.js';
import type { Subject } from './requests/subject.js';
import type { DeniedVerdict, OpenedVerdict } from './verdict.js';

/** A key that may act now; revoked ones are none. */
export interface Approver {
  readonly keyId: Hash;
  /** Its name in the keyring. */
  readonly principal: string;
  readonly roles: readonly KeyRole[];
}

/** Where an approval is judged: the gate in force, and what the intent was opened under. */
export interface ApprovalPlace {
  readonly gate: Gate;
  readonly under: EffectDefinitions;
  readonly state: GateState;
  readonly now: Moment;
}

/** What somebody says to an intent. */
export interface ApprovalVerb {
  readonly approver: Approver;
  readonly decision: ApprovalDecision;
  /** Logical time after which it is worth nothing. */
  readonly expiresNs?: bigint;
}

export interface ApprovalPorts extends GatePorts {
  /** The key of this id, unless it is revoked. */
  approver(keyId: Hash): Approver | undefined;
}

/** The intent waits for more; `approval` is there when another rule asks now. */
interface PendingVerdict extends Charge {
  readonly kind: 'pending';
  readonly intent: OpenIntent;
  readonly approval?: ApprovalRequest;
}

/** One yes more for an intent: it goes out, waits for more, or is denied after all. */
export type ApprovalVerdict = OpenedVerdict | PendingVerdict | DeniedVerdict;

/**
 * Whether somebody may speak to an intent. Codes: `approval-unknown` (nothing of this hash waits),
 * `approval-expired` (what is signed), `approval-role`, `approval-not-named`, `approval-repeated`
 * (a second yes of a key while the first is good).
 */
export function checkApproval(
  intent: OpenIntent | undefined,
  verb: ApprovalVerb,
  logicalNowNs: bigint,
): Result<PendingApproval> {
  const pending = intent?.approval ?? null;
  if (pending === null) {
    return refuse('approval-unknown', '', 'expected the hash of an intent that waits for people');
  }
  const { approver, decision } = verb;
  if (isLate(verb, logicalNowNs)) {
    return refuse('approval-expired', '/expires_ns', `it is ${logicalNowNs}: sign another one`);
  }
  const { role, of, given } = pending;
  if (!approver.roles.includes(role)) {
    return refuse('approval-role', '', `the role ${role} is needed to speak to this intent`);
  }
  if (of?.includes(approver.principal) === false) {
    return refuse('approval-not-named', '', `only ${of.join(', ')} may speak to this intent`);
  }
  if (decision === 'approve' && given.some((each) => isRepeated(each, approver, logicalNowNs))) {
    return refuse('approval-repeated', '', `${approver.principal} has approved it already`);
  }
  return { ok: true, value: pending };
}

/**
 * Takes a verb that {@link checkApproval} lets pass. Codes of a denial: `approval-rejected`, those
 * of the gate from the grant on, `effect-not-found` and `effect-params-invalid` when the effect is
 * no longer what it was.
 */
export function applyApproval(
  at: ApprovalPlace,
  intent: OpenIntent,
  verb: ApprovalVerb,
  ports: ApprovalPorts,
): ApprovalVerdict {
  const checked = checkApproval(intent, verb, at.now.logicalNowNs);
  assert(checked.ok, 'an approval is applied only if it may be given');
  if (verb.decision === 'reject') return denyWaiting(at.gate, intent, rejected(verb.approver));
  const { approver, expiresNs } = verb;
  const yes = { keyId: approver.keyId, principal: approver.principal };
  const others = checked.value.given.filter(({ keyId }) => !bytesEqual(keyId, approver.keyId));
  const given = [...others, expiresNs === undefined ? yes : { ...yes, expiresNs }];
  const approval = { ...checked.value, given };
  const next = { ...intent, approval };
  const counted = countValid(approval, at.now.logicalNowNs, ports);
  if (counted < approval.count) return { kind: 'pending', intent: next, ...NO_CHARGE };
  return release(at, next, ports);
}

/** The approval was not given in time. Code: `approval-expired`. */
export function expireApproval(gate: Gate, intent: OpenIntent): DeniedVerdict {
  const advice = 'ask again, or raise expires_ns of the rule';
  return denyWaiting(gate, intent, { code: 'approval-expired', at: 'approval', advice });
}

/**
 * Why an intent that waits can wait no longer, now that another manifest is in force: its grant, or
 * one that this was made from, is gone. What is released already goes on.
 */
export function checkRevoked(gate: Gate, intent: OpenIntent): DeniedVerdict | undefined {
  if (intent.state !== 'waiting') return undefined;
  const grant = gate.grants.get(intent.cap);
  if (grant !== undefined && grant.broken === undefined) return undefined;
  const advice = `grant ${intent.cap} again, and ask again`;
  return denyWaiting(gate, intent, { code: 'grant-revoked', at: `grant ${intent.cap}`, advice });
}

type At = ApprovalPlace;
type Waiting = OpenIntent & { readonly approval: PendingApproval };

/** The gate from the grant on, once people have said yes. */
function release(at: At, intent: Waiting, ports: ApprovalPorts): ApprovalVerdict {
  const subject = subjectOf(at, intent);
  if ('code' in subject) return denyWaiting(at.gate, intent, subject);
  const passed = judge(at.gate, subject, ports);
  if (passed.denied !== undefined) return passed.denied;
  const missing = checkRuling(at, passed, intent.approval, ports);
  if (missing !== undefined) {
    const { fuel, calls } = passed;
    const asked = approvalRequest(intent.hash, missing);
    const next = { ...intent, approval: missing };
    return { kind: 'pending', intent: next, approval: asked, fuel, calls };
  }
  return open(at.state, intent, subject, passed);
}

function open(
  state: GateState,
  intent: Waiting,
  subject: Subject,
  passed: Passed,
): OpenedVerdict | DeniedVerdict {
  const { ruling, grant, place, fuel, calls } = passed;
  const isCounted = bytesEqual(intent.approval.rule, ruling.says.identity);
  const rated = isCounted ? { state } : takeRateOf(state, ruling, subject);
  if (rated.denial !== undefined) return deny(place, rated.denial, passed);
  const taken = takeBudget(rated.state, grant, subject);
  if (taken.denial !== undefined) return deny(place, taken.denial, passed);
  const { reserved } = taken;
  const released: OpenIntent = { ...intent, state: 'released', approval: null, reserved };
  const decision: Decision = { ...place, outcome: 'allow', code: null };
  return { kind: 'open', state: taken.state, intent: released, decision, fuel, calls };
}

/** What the rule that decides now asks for beyond what was given; undefined when that is enough. */
function checkRuling(
  { now }: At,
  { ruling }: Passed,
  approval: PendingApproval,
  ports: ApprovalPorts,
): PendingApproval | undefined {
  const asked = approvalOf(ruling, now.logicalNowNs);
  if (asked === null) return undefined;
  const next = { ...asked, given: approval.given };
  return countValid(next, now.logicalNowNs, ports) < next.count ? next : undefined;
}

/** How many of those who said yes still may, and meant it up to now. */
function countValid(
  { given, role, of }: PendingApproval,
  logicalNowNs: bigint,
  ports: ApprovalPorts,
): number {
  const valid = given.filter((each) => {
    const isNamed = of === undefined || of.includes(each.principal);
    const holdsRole = ports.approver(each.keyId)?.roles.includes(role) === true;
    return isNamed && holdsRole && !isLate(each, logicalNowNs);
  });
  return new Set(valid.map(({ principal }) => principal)).size;
}

/** What waits, as a request of the one who asked for it first. */
function subjectOf({ under, now }: At, intent: OpenIntent): Subject | Denial {
  const { hash, effect: kind, cap, params, idempotencyKey, attempt, waiters } = intent;
  const effect = under.effects.get(kind);
  if (effect === undefined) {
    const advice = `list an effect of the kind ${kind} in the manifest`;
    return { code: 'effect-not-found', at: `effect ${kind}`, advice };
  }
  const normal = effect.params.normalizeCbor(params);
  if (!normal.ok || !bytesEqual(normal.value, params)) {
    const advice = `ask again with parameters of ${effect.params.name}`;
    return { code: 'effect-params-invalid', at: 'params', advice };
  }
  const [origin] = waiters;
  assert(origin !== undefined, 'an intent waits for somebody');
  const request = { origin, effect: kind, cap, params, index: 0, attempt, now, under };
  const manifest = under.manifestHash;
  return { request, manifest, effect, params: new EffectParams(params), idempotencyKey, hash };
}

function denyWaiting(gate: Gate, intent: OpenIntent, denial: Denial): DeniedVerdict {
  const grantHash = gate.grants.get(intent.cap)?.hash ?? null;
  return deny({ ...placeOf(intent, intent.hash), grantHash }, denial, NO_CHARGE);
}

function rejected({ principal }: Approver): Denial {
  return { code: 'approval-rejected', at: 'approval', advice: `ask ${principal} why` };
}

function isRepeated(given: GivenApproval, { keyId }: Approver, logicalNowNs: bigint): boolean {
  return bytesEqual(given.keyId, keyId) && !isLate(given, logicalNowNs);
}

function isLate({ expiresNs }: Pick<GivenApproval, 'expiresNs'>, logicalNowNs: bigint): boolean {
  return expiresNs !== undefined && logicalNowNs > expiresNs;
}
