/** Intents that wait for people, and the people who speak to them. */
import { type Hash, sha256, toHex, utf8 } from '@aos/canon';
import type { KeyRole } from '@aos/protocol';
import {
  type ApprovalVerb,
  type ApprovalVerdict,
  type Approver,
  applyApproval,
  checkApproval,
} from '../src/gate/approvals.js';
import { authorize } from '../src/gate/authorize.js';
import type { Gate } from '../src/gate/gate.js';
import type { GateState } from '../src/gate/gate-state.js';
import type { OpenIntent } from '../src/gate/open-intent.js';
import type { EffectDefinitions, EffectRequest } from '../src/gate/requests/effect-request.js';
import {
  ask,
  emptyState,
  type GateBrief,
  gateOf,
  type Json,
  outcomeOf,
  portsOf,
} from './gate-world.js';

export const person = (
  principal: string,
  roles: readonly KeyRole[] = ['approver'],
  key = principal,
) => ({
  keyId: sha256(utf8(key)),
  principal,
  roles,
});

export const ana = person('ana');
export const ben = person('ben');
export const eve = person('eve', ['operator']);

export const approval = (more: { [field: string]: Json } = {}): Json => ({
  when: {},
  decision: 'require_approval',
  approval: { role: 'approver', count: 2, ...more },
});

export const TWO = [approval()];

/** An intent that waits, and the keys of the world. */
export class Waiting {
  gate: Gate;
  state: GateState;
  intent: OpenIntent;
  keys: readonly Approver[] = [ana, ben, eve];

  constructor(brief: GateBrief, request: EffectRequest = ask()) {
    this.gate = gateOf(brief);
    const verdict = authorize(this.gate, emptyState(), request, portsOf());
    if (verdict.kind !== 'waiting') throw new Error(outcomeOf(verdict));
    this.state = verdict.state;
    this.intent = verdict.intent;
  }

  /** Code and place of what {@link checkApproval} refuses. */
  refusal(verb: ApprovalVerb, logicalNowNs = 2_000n): string | undefined {
    const checked = checkApproval(this.intent, verb, logicalNowNs);
    return checked.ok ? undefined : `${checked.refusal.code}${checked.refusal.at}`;
  }

  say(verb: ApprovalVerb, logicalNowNs = 2_000n, under?: EffectDefinitions): ApprovalVerdict {
    const { gate, state } = this;
    const now = { ...ask().now, logicalNowNs, seq: 9 };
    const find = (keyId: Hash) => this.keys.find((key) => toHex(key.keyId) === toHex(keyId));
    const ports = { ...portsOf([this.intent]), approver: find };
    const place = { gate, under: under ?? gate, state, now };
    const verdict = applyApproval(place, this.intent, verb, ports);
    if (verdict.kind !== 'denied') this.intent = verdict.intent;
    if (verdict.kind === 'open') this.state = verdict.state;
    return verdict;
  }

  approve(approver: Approver, logicalNowNs?: bigint): string {
    const verdict = this.say({ approver, decision: 'approve' }, logicalNowNs);
    return outcomeOfApproval(verdict);
  }
}

export const outcomeOfApproval = (verdict: ApprovalVerdict): string =>
  verdict.kind === 'denied' ? verdict.code : verdict.kind;
