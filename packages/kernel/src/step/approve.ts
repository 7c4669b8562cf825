/** Intents that wait for people: what a signed yes or no, or too long a silence, does to them. */
import { assert, type Hash } from '@aos/canon';
import type { GovernanceInput, Verb } from '@aos/protocol';
import {
  type ApprovalVerb,
  type Approver,
  applyApproval,
  checkApproval,
  expireApproval,
} from '../gate/approvals.js';
import type { OpenIntent } from '../gate/open-intent.js';
import type { DeniedVerdict } from '../gate/verdict.js';
import { programOf } from '../program/program-cache.js';
import { findKey } from '../world/keyring.js';
import type { World } from '../world/world.js';
import { gatePortsOf, writeDecision } from './effects.js';
import { setIntent } from './open-intents.js';
import { releaseIntent } from './release.js';
import type { Run } from './run.js';
import { settleInternally, TIMEOUT } from './settle.js';

/** What the verb `approve-intent` says, typed. */
export type ApproveIntent = Extract<Verb, { readonly verb: 'approve-intent' }>;

/** The key as the gate sees it; undefined when it is unknown or revoked. */
function approverOf({ keyring }: Pick<World, 'keyring'>, keyId: Hash): Approver | undefined {
  const key = findKey(keyring, keyId);
  if (key === undefined || key.revokedAt !== null) return undefined;
  return { keyId, principal: key.name, roles: key.roles };
}

function verbOf(world: Pick<World, 'keyring'>, keyId: Hash, verb: ApproveIntent): ApprovalVerb {
  const approver = approverOf(world, keyId);
  assert(approver !== undefined, 'the key of a verb was checked');
  const { decision, expiresNs } = verb;
  return expiresNs === undefined ? { approver, decision } : { approver, decision, expiresNs };
}

/** Whether the verb may be taken in now. Codes: those of `checkApproval`. */
export function checkApprove(world: World, { keyId }: GovernanceInput, verb: ApproveIntent) {
  const intent = world.intents.get(verb.intentHash);
  return checkApproval(intent, verbOf(world, keyId, verb), world.logicalNowNs);
}

/** Takes a verb that was admitted. Time has gone on since: what came too late changes nothing. */
export function approve(run: Run, { keyId }: GovernanceInput, parsed: ApproveIntent): void {
  const { next, stamp } = run;
  const { logicalNowNs } = stamp;
  const intent = next.intents.get(parsed.intentHash);
  assert(intent !== undefined, 'an approval is admitted for an open intent only');
  if (isOverdue(intent, logicalNowNs)) {
    endByTime(run, intent);
    return;
  }
  const verb = verbOf(next, keyId, parsed);
  const checked = checkApproval(intent, verb, logicalNowNs);
  if (!checked.ok) {
    run.append({ kind: 'dropped', cause: null, code: checked.refusal.code, intent: intent.hash });
    return;
  }
  const { program, gateState: state, epoch, worldId } = next;
  const now = { logicalNowNs, seq: run.seq, epoch, worldId };
  const under = programOf(next, intent.manifest).gate;
  const ports = { ...gatePortsOf(run), approver: (id: Hash) => approverOf(next, id) };
  const verdict = applyApproval({ gate: program.gate, under, state, now }, intent, verb, ports);
  run.charge(verdict.fuel);
  run.calls += verdict.calls;
  switch (verdict.kind) {
    case 'denied':
      deny(run, intent, verdict);
      break;
    case 'pending':
      setIntent(run, verdict.intent);
      if (verdict.approval === undefined) break;
      run.append({ kind: 'approval-requested', cause: null, ...verdict.approval });
      break;
    default: {
      const decision = writeDecision(run, verdict, run.inputPlace);
      next.gateState = verdict.state;
      setIntent(run, verdict.intent);
      releaseIntent(run, verdict.intent, decision);
    }
  }
}

/** Ends an intent that nobody approved in time. */
export function expire(run: Run, intent: OpenIntent): void {
  deny(run, intent, expireApproval(run.next.program.gate, intent));
}

/** Whether a tick would end the intent now: its approval has expired, or its deadline is over. */
function isOverdue({ approval, deadlineNs }: OpenIntent, logicalNowNs: bigint): boolean {
  return isPast(approval?.expiresNs, logicalNowNs) || isPast(deadlineNs, logicalNowNs);
}

function isPast(ns: bigint | undefined, logicalNowNs: bigint): boolean {
  return ns !== undefined && ns <= logicalNowNs;
}

/** What the tick would do that has not come yet: of both ends the earlier, the deadline before. */
function endByTime(run: Run, intent: OpenIntent): void {
  const { deadlineNs, approval } = intent;
  const isDeadline = isPast(deadlineNs, approval?.expiresNs ?? run.stamp.logicalNowNs);
  if (isDeadline) settleInternally(run, intent, TIMEOUT, run.inputPlace);
  else expire(run, intent);
}

function deny(run: Run, intent: OpenIntent, verdict: DeniedVerdict): void {
  const decision = writeDecision(run, verdict, run.inputPlace);
  settleInternally(run, intent, { status: 'error', code: verdict.code }, decision);
}
