import { encode, sha256, utf8 } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import {
  ask,
  emptyState,
  type GateBrief,
  gateDefinition,
  gateOf,
  type Json,
  outcomeOf,
  portsOf,
  stopPlan,
} from '../../test/gate-world.js';
import {
  ana,
  approval,
  ben,
  eve,
  outcomeOfApproval,
  person,
  TWO,
  Waiting,
} from '../../test/waiting-intent.js';
import { type ApprovalVerb, checkApproval, checkRevoked, expireApproval } from './approvals.js';
import { authorize, MAX_WAITERS } from './authorize.js';
import { compileGate } from './gate.js';
import { ledgerKey } from './limits/ledger.js';

describe('an intent that waits for approval', () => {
  test('goes out once as many principals agree as the rule asks for', () => {
    const waiting = new Waiting({ rules: TWO });
    const { hash } = waiting.intent;
    const first = waiting.say({ approver: ana, decision: 'approve' });
    expect(first.kind).toBe('pending');
    expect(first, 'nothing else is asked for').not.toHaveProperty('approval');
    const verdict = waiting.say({ approver: ben, decision: 'approve' });
    expect(verdict).toMatchObject({
      kind: 'open',
      intent: { hash, state: 'released', approval: null },
      decision: { intent: hash, outcome: 'allow', policy: 'g/policy@1', rule: 0, code: null },
    });
  });

  test('ends with the first refusal', () => {
    const waiting = new Waiting({ rules: TWO });
    waiting.approve(ana);
    const verdict = waiting.say({ approver: ben, decision: 'reject' });
    const grantHash = waiting.gate.grants.get('note')?.hash;
    expect(verdict).toMatchObject({
      ...{ code: 'approval-rejected', at: 'approval' },
      decision: { outcome: 'deny', grantHash, policy: null, rule: null },
    });
  });

  test('is refused even by who has approved it', () => {
    const waiting = new Waiting({ rules: TWO });
    waiting.approve(ana);
    expect(waiting.refusal({ approver: ana, decision: 'reject' })).toBe(undefined);
    expect(outcomeOfApproval(waiting.say({ approver: ana, decision: 'reject' }))).toBe(
      'approval-rejected',
    );
  });

  test('counts a principal once, however many keys it has', () => {
    const waiting = new Waiting({ rules: TWO });
    const other = person('ana', ['approver'], 'another key of ana');
    waiting.keys = [ana, other, ben];
    expect(waiting.approve(ana)).toBe('pending');
    expect(waiting.refusal({ approver: ana, decision: 'approve' })).toBe('approval-repeated');
    expect(waiting.approve(other)).toBe('pending');
    expect(waiting.approve(ben)).toBe('open');
  });

  test('does not count a key that was revoked or lost the role meanwhile', () => {
    const waiting = new Waiting({ rules: TWO });
    waiting.approve(ana);
    waiting.keys = [ben, eve];
    expect(waiting.approve(ben)).toBe('pending');
    waiting.keys = [{ ...ana, roles: ['host'] }, ben];
    const cleo = person('cleo');
    waiting.keys = [...waiting.keys, cleo];
    expect(waiting.approve(cleo)).toBe('open');
  });

  test.each([
    ['the role', {}, { approver: eve }, 'approval-role'],
    ['a name', { of: ['ana', 'eve'] }, { approver: ben }, 'approval-not-named'],
    ['time', {}, { approver: ana, expiresNs: 1_999n }, 'approval-expired/expires_ns'],
  ])('listens to nobody without %s', (_, more, verb, code) => {
    const waiting = new Waiting({ rules: [approval(more)] });
    for (const decision of ['approve', 'reject'] as const) {
      expect(waiting.refusal({ decision, ...verb } as ApprovalVerb)).toBe(code);
    }
  });

  test('is the only one to be approved', () => {
    const released = { ...new Waiting({ rules: TWO }).intent, approval: null };
    const verb = { approver: ana, decision: 'approve' } as const;
    for (const intent of [undefined, released]) {
      const refusal = { code: 'approval-unknown', at: '' };
      expect(checkApproval(intent, verb, 0n)).toMatchObject({ refusal });
    }
  });

  test('forgets an approval that is worth nothing any more, which may be given again', () => {
    const waiting = new Waiting({ rules: TWO });
    waiting.say({ approver: ana, decision: 'approve', expiresNs: 2_500n });
    expect(waiting.approve(ben, 2_501n)).toBe('pending');
    expect(waiting.refusal({ approver: ana, decision: 'approve' }, 2_501n)).toBe(undefined);
    expect(waiting.approve(ana, 2_501n)).toBe('open');
  });

  test('counts an approval up to the very moment that it names', () => {
    const waiting = new Waiting({ rules: TWO });
    const verb = { approver: ana, decision: 'approve', expiresNs: 2_500n } as const;
    expect(waiting.refusal(verb, 2_500n)).toBe(undefined);
    waiting.say(verb);
    expect(waiting.refusal(verb, 2_500n)).toBe('approval-repeated');
    expect(waiting.approve(ben, 2_500n)).toBe('open');
  });

  test('keeps one approval of each key, with the time that it names', () => {
    const waiting = new Waiting({ rules: [approval({ count: 3 })] });
    const { keyId, principal } = ana;
    const given = () => waiting.intent.approval?.given;
    waiting.say({ approver: ana, decision: 'approve', expiresNs: 2_500n });
    expect(given()).toStrictEqual([{ keyId, principal, expiresNs: 2_500n }]);
    waiting.approve(ana, 2_501n);
    expect(given()).toStrictEqual([{ keyId, principal }]);
  });

  test('says no more than its rule asks', () => {
    const { approval: asked } = new Waiting({ rules: TWO }).intent;
    const bare = { role: 'approver', count: 2, given: [] };
    expect(asked).toStrictEqual({ ...bare, rule: asked?.rule });
    const verdict = authorize(gateOf({ rules: TWO }), emptyState(), ask(), portsOf());
    const intent = verdict.kind === 'waiting' ? verdict.intent.hash : undefined;
    expect(verdict).toMatchObject({ kind: 'waiting' });
    expect('approval' in verdict && verdict.approval).toStrictEqual({
      intent,
      role: 'approver',
      count: 2,
    });
  });

  test('may have all time there is', () => {
    const waiting = new Waiting({ rules: [approval({ expires_ns: Number.MAX_SAFE_INTEGER })] });
    expect(waiting.intent.approval?.expiresNs).toBe(1_000n + BigInt(Number.MAX_SAFE_INTEGER));
    const late = ask({ logicalNowNs: 2n ** 64n - 2n });
    const last = new Waiting({ rules: [approval({ expires_ns: 50 })] }, late);
    expect(last.intent.approval?.expiresNs).toBe(2n ** 64n - 1n);
  });

  test('is denied when nobody approved it in time', () => {
    const waiting = new Waiting({ rules: [approval({ expires_ns: 50 })] });
    expect(waiting.intent.approval?.expiresNs).toBe(1_050n);
    expect(expireApproval(waiting.gate, waiting.intent)).toMatchObject({
      ...{ code: 'approval-expired', at: 'approval' },
      decision: { outcome: 'deny', intent: waiting.intent.hash },
    });
  });
});

describe('an approved intent goes through the gate again, from the grant on', () => {
  const grant = (more: { [field: string]: Json } = {}): Json => ({
    name: 'note',
    cap: 'g/note@1',
    params: {},
    ...more,
  });
  const one = [approval({ count: 1 })];
  const approvedUnder = (before: GateBrief, after: GateBrief, logicalNowNs?: bigint) => {
    const waiting = new Waiting(before);
    waiting.gate = gateOf(after);
    return { waiting, outcome: waiting.approve(ana, logicalNowNs) };
  };

  test('and is denied when the grant has expired', () => {
    const brief = { rules: one, grants: [grant({ expiry_ns: 1_500 })] };
    expect(approvedUnder(brief, brief, 1_499n).outcome).toBe('open');
    expect(approvedUnder(brief, brief, 1_500n).outcome).toBe('grant-expired');
  });

  test.each([
    ['the grant is gone', { grants: [] }, 'grant-not-found'],
    ['the policy says no', { rules: [{ when: {}, decision: 'deny' }] }, 'policy-denied'],
    ['there is no policy', { rules: null }, 'policy-missing'],
    ['the budget is used up', { grants: [grant({ budget: { calls: 0 } })] }, 'budget-exhausted'],
  ] satisfies [string, GateBrief, string][])('and is denied when %s', (_, after, code) => {
    expect(approvedUnder({ rules: one }, { rules: one, ...after }).outcome).toBe(code);
  });

  test('and waits on when another rule asks for more', () => {
    const more = [approval({ count: 2, of: ['ana', 'ben'] })];
    const { waiting, outcome } = approvedUnder({ rules: one }, { rules: more });
    expect(outcome).toBe('pending');
    expect(waiting.intent.approval).toMatchObject({ count: 2, of: ['ana', 'ben'] });
    expect(waiting.intent.approval?.given.map(({ principal }) => principal)).toEqual(['ana']);
    expect(waiting.approve(ben)).toBe('open');
  });

  test('and goes out when another rule asks for what was given', () => {
    const role = [approval({ count: 1, of: ['ana'] })];
    expect(approvedUnder({ rules: one }, { rules: role }).outcome).toBe('open');
    const plain = [{ when: {}, decision: 'allow' }];
    expect(approvedUnder({ rules: one }, { rules: plain }).outcome).toBe('open');
  });

  test('and is told of the other rule, for which not everybody counts', () => {
    const waiting = new Waiting({ rules: [approval({ count: 1 })] });
    waiting.gate = gateOf({ rules: [approval({ count: 1, of: ['ben'], expires_ns: 50 })] });
    const verdict = waiting.say({ approver: ana, decision: 'approve' });
    const intent = waiting.intent.hash;
    expect(verdict).toMatchObject({
      kind: 'pending',
      approval: { intent, role: 'approver', count: 1, of: ['ben'], expiresNs: 2_050n },
    });
    expect(waiting.approve(ben)).toBe('open');
  });

  test.each([
    ['there is no such effect any more', 'effect-not-found', 'effect g.note'],
    ['its parameters have another schema', 'effect-params-invalid', 'params'],
    ['its parameters are written otherwise', 'effect-params-invalid', 'params'],
  ])('and is denied when %s', (what, code, at) => {
    const waiting = new Waiting({ rules: one });
    const { manifestHash, effects } = waiting.gate;
    const others = new Map(effects);
    others.delete('g.note');
    const note = effects.get('g.note');
    const blob = effects.get('timer.set');
    if (note === undefined || blob === undefined) throw new Error('both are there');
    if (what.includes('schema')) others.set('g.note', { ...note, params: blob.params });
    if (what.includes('otherwise')) {
      others.set('g.note', note);
      waiting.intent = { ...waiting.intent, params: encode({ text: 'hello' }) };
    }
    const under = { manifestHash, effects: others };
    const verdict = waiting.say({ approver: ana, decision: 'approve' }, 2_000n, under);
    const grantHash = waiting.gate.grants.get('note')?.hash;
    expect(verdict).toMatchObject({ kind: 'denied', code, at, decision: { grantHash } });
  });

  test('and is denied when the rule that decides then has let enough through', () => {
    const limited = { when: {}, decision: 'allow', rate_limit: { count: 1, per_ns: 1_000_000 } };
    const waiting = new Waiting({ rules: one });
    waiting.gate = gateOf({ rules: [limited] });
    const other = authorize(waiting.gate, waiting.state, ask({ index: 1 }), portsOf());
    if (other.kind !== 'open') throw new Error('it is open');
    waiting.state = other.state;
    expect(waiting.approve(ana)).toBe('rate-limited');
  });

  test('and reserves only then', () => {
    const brief = { rules: one, grants: [grant({ budget: { calls: 1 } })] };
    const waiting = new Waiting(brief);
    expect(waiting.intent.reserved).toEqual([]);
    expect(waiting.state.ledgers.size).toBe(0);
    waiting.approve(ana);
    expect(waiting.intent.reserved).toHaveLength(1);
    expect(waiting.state.ledgers.get(ledgerKey('note'))?.reserved.calls).toBe(1n);
  });

  test('and is counted once by the rate limit of its rule', () => {
    const limited = [{ ...Object(one[0]), rate_limit: { count: 1, per_ns: 1_000_000 } }] as Json[];
    const waiting = new Waiting({ rules: limited });
    expect(waiting.state.windows.size).toBe(1);
    const again = authorize(waiting.gate, waiting.state, ask({ index: 1 }), portsOf());
    expect(outcomeOf(again)).toBe('rate-limited');
    expect(waiting.approve(ana)).toBe('open');
    expect(waiting.state.windows.size).toBe(1);
  });

  test('and is counted by the limit of another rule that decides then', () => {
    const limited = { when: {}, decision: 'allow', rate_limit: { count: 1, per_ns: 1_000_000 } };
    const { waiting } = approvedUnder({ rules: one }, { rules: [limited] });
    expect(waiting.state.windows.size).toBe(1);
  });
});

describe('a waiting intent whose grant is revoked', () => {
  test('waits no longer', () => {
    const waiting = new Waiting({ rules: TWO });
    expect(checkRevoked(waiting.gate, waiting.intent)).toBe(undefined);
    expect(checkRevoked(gateOf({ grants: [] }), waiting.intent)).toMatchObject({
      ...{ code: 'grant-revoked', at: 'grant note' },
      decision: { outcome: 'deny', grantHash: null },
    });
  });

  test('waits no longer either when what its grant was made from is gone', () => {
    const grants = ['root', 'note'].map((name) => {
      const own = { name, cap: 'g/note@1', params: {} };
      return name === 'root' ? own : { ...own, parent: 'root' };
    });
    const definition = gateDefinition({ rules: TWO, grants });
    const waiting = new Waiting({ rules: TWO, grants });
    const left = new Map([...definition.grants].filter(([name]) => name === 'note'));
    const gate = compileGate({ ...definition, grants: left });
    expect(checkRevoked(gate, waiting.intent)?.code).toBe('grant-revoked');
  });

  test('is no matter of what was released', () => {
    const released = { ...new Waiting({ rules: TWO }).intent, state: 'released' as const };
    expect(checkRevoked(gateOf({ grants: [] }), released)).toBe(undefined);
  });
});

describe('an explicit key and approvals', () => {
  const idempotencyKey = sha256(utf8('a key'));
  const shared = { idempotencyKey, origin: stopPlan };
  const byGo = { when: { origin_name: 'g/go@1' } };

  test('whoever needs the same approval waits with the first', () => {
    const waiting = new Waiting({ rules: TWO }, ask({ idempotencyKey }));
    const verdict = authorize(waiting.gate, waiting.state, ask(shared), portsOf([waiting.intent]));
    expect(verdict).toMatchObject({ kind: 'shared', decision: { outcome: 'wait' } });
  });

  test('whoever needs none waits with it too', () => {
    const rules = [
      { ...Object(approval()), ...byGo },
      { when: {}, decision: 'allow' },
    ] as Json[];
    const waiting = new Waiting({ rules }, ask({ idempotencyKey }));
    const verdict = authorize(waiting.gate, waiting.state, ask(shared), portsOf([waiting.intent]));
    expect(verdict).toMatchObject({ kind: 'shared', decision: { outcome: 'wait' } });
  });

  test('nobody gets around an approval by sharing what needs none, or another', () => {
    const allowGo = [{ ...byGo, decision: 'allow' }, approval()] as Json[];
    const gate = gateOf({ rules: allowGo });
    const first = authorize(gate, emptyState(), ask({ idempotencyKey }), portsOf());
    if (first.kind !== 'open') throw new Error('it is open');
    const settled = { isExplicitKey: true, state: 'settled' as const, approval: null };
    for (const known of [first.intent, settled]) {
      const ports = { ...portsOf(), knownIntent: () => known };
      expect(authorize(gate, first.state, ask(shared), ports)).toMatchObject({
        code: 'approval-not-shared',
        at: 'policy g/policy@1 rule 1',
      });
    }
    const stricter = [{ ...Object(approval({ count: 1 })), ...byGo }, approval()] as Json[];
    const waiting = new Waiting({ rules: stricter }, ask({ idempotencyKey }));
    const other = authorize(waiting.gate, waiting.state, ask(shared), portsOf([waiting.intent]));
    expect(outcomeOf(other)).toBe('approval-not-shared');
  });

  test('not more wait for one intent than the limit', () => {
    const gate = gateOf();
    const first = authorize(gate, emptyState(), ask({ idempotencyKey }), portsOf());
    if (first.kind !== 'open') throw new Error('it is open');
    const waiters = (count: number) => new Array(count).fill(stopPlan);
    const verdictAt = (count: number) => {
      const known = { ...first.intent, waiters: waiters(count) };
      return authorize(gate, first.state, ask(shared), portsOf([known]));
    };
    expect(verdictAt(MAX_WAITERS - 1)).toMatchObject({ kind: 'shared' });
    expect(verdictAt(MAX_WAITERS)).toMatchObject({
      code: 'intent-waiters-limit',
      at: 'idempotency_key',
    });
  });

  test('who shares takes nothing of budgets and rates', () => {
    const rate_limit = { count: 1, per_ns: 1_000 };
    const brief = {
      rules: [{ when: {}, decision: 'allow', rate_limit }],
      grants: [{ name: 'note', cap: 'g/note@1', params: {}, budget: { calls: 1 } }],
    };
    const gate = gateOf(brief);
    const first = authorize(gate, emptyState(), ask({ idempotencyKey }), portsOf());
    if (first.kind !== 'open') throw new Error('it is open');
    const second = authorize(gate, first.state, ask(shared), portsOf([first.intent]));
    expect(second.kind).toBe('shared');
    const params = encode({ text: 'other' });
    const third = authorize(gate, first.state, ask({ ...shared, params }), portsOf([first.intent]));
    expect(outcomeOf(third)).toBe('rate-limited');
  });
});
