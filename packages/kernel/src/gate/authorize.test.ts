import { encode, sha256, toHex, utf8 } from '@aos/canon';
import { defaultIdempotencyKey, intentHash } from '@aos/protocol';
import { describe, expect, test } from 'vitest';
import {
  ask,
  emptyState,
  type GateBrief,
  gateOf,
  goPlan,
  type Json,
  outcomeOf,
  portsOf,
  reducerR,
  stopPlan,
  verdictOf,
} from '../../test/gate-world.js';
import { authorize } from './authorize.js';
import type { OpenIntent } from './open-intent.js';
import type { EffectRequest } from './requests/effect-request.js';

const key = sha256(utf8('a key'));

const grant = (name: string, more: { [field: string]: Json } = {}): Json => ({
  name,
  cap: 'g/note@1',
  params: {},
  ...more,
});

function opened(brief: GateBrief, request: EffectRequest = ask()): OpenIntent {
  const verdict = verdictOf(brief, request);
  if (verdict.kind !== 'open' && verdict.kind !== 'waiting') throw new Error(outcomeOf(verdict));
  return verdict.intent;
}

describe('an effect is named by what it is', () => {
  test('by the hash of grant, kind, canonical parameters and key', () => {
    const request = ask({
      params: encode({ text: 'hello', key: null, max_tokens: null, bare_key: null }),
    });
    const { hash, idempotencyKey, params } = opened({}, request);
    const { origin, index, attempt, now } = request;
    const { worldId, epoch, seq } = now;
    const byDefault = defaultIdempotencyKey({ worldId, epoch, origin, index, seq, attempt });
    expect(idempotencyKey).toEqual(byDefault);
    expect(hash).toEqual(intentHash({ cap: 'note', kind: 'g.note', params, idempotencyKey }));
    expect(opened({}).hash, 'options may be left out').toEqual(hash);
  });

  test.each([
    ['another instance', { origin: { ...goPlan, instance: { seq: 3, i: 1 } } }],
    ['another step', { origin: { ...goPlan, step: 'again' } }],
    ['another index in the record', { index: 1 }],
    ['another attempt', { attempt: 2 }],
    ['another cell', { origin: { reducer: 'g/R@1', key: encode('k') } }],
  ])('never by accident like one of %s', (_, changes) => {
    expect(opened({}, ask(changes as Partial<EffectRequest>)).hash).not.toEqual(opened({}).hash);
  });

  test('by an explicit key as by itself, but for later attempts', () => {
    const first = opened({}, ask({ idempotencyKey: key }));
    expect(first.idempotencyKey).toEqual(key);
    expect(first.isExplicitKey).toBe(true);
    expect(opened({}, ask({ idempotencyKey: key, origin: stopPlan })).hash).toEqual(first.hash);
    const again = opened({}, ask({ idempotencyKey: key, attempt: 2 }));
    expect(again.idempotencyKey).not.toEqual(key);
    const shared = opened({}, ask({ idempotencyKey: key, attempt: 2, origin: stopPlan }));
    expect(shared.hash).toEqual(again.hash);
  });
});

describe('an intent that is opened', () => {
  test('says since when it is open, who waits for it, and until when at most', () => {
    const intent = opened({}, ask({ attempt: 2, deadlineNs: 5_000n }));
    expect(intent).toMatchObject({
      ...{ effect: 'g.note', cap: 'note', attempt: 2, epoch: 0, isExplicitKey: false },
      ...{ openedAt: { seq: 7, i: 0 }, openedNs: 1_000n, deadlineNs: 5_000n },
      ...{ state: 'released', approval: null, waiters: [goPlan], frames: 0, isCancelled: false },
    });
    expect(opened({})).not.toHaveProperty('deadlineNs');
  });
});

describe('a denial', () => {
  test('tells people no more of a name than they can read', () => {
    const verdict = verdictOf({}, ask({ cap: 'x'.repeat(1_000) }));
    expect(verdict).toMatchObject({
      at: `grant ${'x'.repeat(394)}`,
      advice: expect.stringMatching(/^.{400}$/),
    });
  });
});

describe('a request that cannot be read is denied', () => {
  const text = (length: number) => encode({ text: 'x'.repeat(length) });
  test.each([
    ['for an effect that is not there', { effect: 'g.other' }, 'effect-not-found'],
    ['with parameters out of schema', { params: encode({ words: 1 }) }, 'effect-params-invalid'],
    ['with bytes that are no CBOR', { params: Uint8Array.of(0xff) }, 'effect-params-invalid'],
    ['with too many bytes', { params: text(5_000) }, 'effect-params-too-large'],
    ['with bytes that grow too many', { params: text(4_080) }, 'effect-params-too-large'],
    ['with a key of 31 bytes', { idempotencyKey: key.slice(1) }, 'idempotency-key-invalid'],
  ])('%s', (_, changes, code) => {
    const verdict = verdictOf({}, ask(changes));
    expect(outcomeOf(verdict)).toBe(code);
    expect(verdict.decision).toMatchObject({
      outcome: 'deny',
      code,
      grantHash: null,
      policy: null,
      rule: null,
    });
    expect(verdict.decision.intent).toHaveLength(32);
  });
});

describe('the origin of an effect', () => {
  const timer = { effect: 'timer.set', params: encode({ deliver_at_ns: 9 }), cap: 'note' };
  const http = { headers: {}, method: 'GET', url: 'https://a.example/' };

  test('must be in the scope of the effect, for plans as for reducers', () => {
    const emits = ['g.note', 'http.request'];
    expect(outcomeOf(verdictOf({}, ask(timer)))).toBe('effect-origin-scope');
    const asked = ask({ effect: 'http.request', params: encode(http), origin: reducerR });
    expect(outcomeOf(verdictOf({ emits: emits.slice(0, 1) }, asked))).toBe('effect-origin-scope');
  });

  test('must declare the effect if it is a reducer', () => {
    expect(outcomeOf(verdictOf({ emits: [] }, ask({ origin: reducerR })))).toBe(
      'effect-undeclared',
    );
    expect(outcomeOf(verdictOf({}, ask({ origin: reducerR })))).toBe('open');
  });

  test('is judged before the grant', () => {
    expect(outcomeOf(verdictOf({}, ask({ ...timer, cap: 'none' })))).toBe('effect-origin-scope');
  });
});

describe('a grant', () => {
  test('must be there', () => {
    const verdict = verdictOf({}, ask({ cap: 'none' }));
    expect(outcomeOf(verdict)).toBe('grant-not-found');
    expect(verdict.decision.grantHash).toBe(null);
  });

  test('must be of the type that the effect needs', () => {
    const grants = [grant('note'), { name: 'timer', cap: 'sys/timer@1', params: {} }];
    const brief = { grants, caps: ['sys/timer@1'] };
    expect(outcomeOf(verdictOf(brief, ask({ cap: 'timer' })))).toBe('grant-type-mismatch');
  });

  test('holds up to its expiry and not at that moment', () => {
    const brief = { grants: [grant('note', { expiry_ns: 1_000 })] };
    const at = (logicalNowNs: bigint) => outcomeOf(verdictOf(brief, ask({ logicalNowNs })));
    expect([at(999n), at(1_000n), at(1_001n)]).toEqual(['open', 'grant-expired', 'grant-expired']);
  });

  test('expires with the first of those that it was made from', () => {
    const brief = {
      grants: [
        grant('root', { expiry_ns: 500 }),
        grant('middle', { parent: 'root' }),
        grant('note', { parent: 'middle' }),
      ],
    };
    const at = (logicalNowNs: bigint) => verdictOf(brief, ask({ logicalNowNs }));
    expect(outcomeOf(at(499n))).toBe('open');
    expect(at(500n)).toMatchObject({ code: 'grant-expired', at: 'grant root expiry_ns' });
  });

  test('is named in the decision by what it grants', () => {
    const hashOf = (more: { [field: string]: Json }) => {
      const { grantHash } = verdictOf({ grants: [grant('note', more)] }).decision;
      return grantHash === null ? '' : toHex(grantHash);
    };
    const hashes = [{}, { expiry_ns: 5_000 }, { params: { words: ['a'] } }].map(hashOf);
    expect(new Set(hashes).size).toBe(3);
  });
});

describe('the policy', () => {
  const rule = (decision: string, when: { [field: string]: Json } = {}): Json => ({
    when,
    decision,
  });
  const byStop = { origin_name: 'g/stop@1' };

  test('denies when there is none', () => {
    const verdict = verdictOf({ rules: null });
    expect(outcomeOf(verdict)).toBe('policy-missing');
    expect(verdict.decision).toMatchObject({ policy: null, rule: null });
  });

  test('denies what no rule matches', () => {
    const verdict = verdictOf({ rules: [rule('allow', byStop)] });
    expect(outcomeOf(verdict)).toBe('policy-no-rule');
    expect(verdict.decision).toMatchObject({ policy: 'g/policy@1', rule: null });
  });

  test('decides by the first rule that matches, and the decision names it', () => {
    const rules = [rule('allow', byStop), rule('deny', { effect_kind: 'g.note' }), rule('allow')];
    expect(verdictOf({ rules })).toMatchObject({
      code: 'policy-denied',
      at: 'policy g/policy@1 rule 1',
      decision: { policy: 'g/policy@1', rule: 1, outcome: 'deny' },
    });
    expect(verdictOf({ rules }, ask({ origin: stopPlan }))).toMatchObject({
      kind: 'open',
      decision: { policy: 'g/policy@1', rule: 0, outcome: 'allow', code: null },
    });
  });

  test('may ask for an approval, and the intent waits', () => {
    const approval = { role: 'approver', count: 2, of: ['ana', 'ben'], expires_ns: 50 };
    const verdict = verdictOf({ rules: [{ when: {}, decision: 'require_approval', approval }] });
    expect(verdict).toMatchObject({
      kind: 'waiting',
      intent: { state: 'waiting' },
      decision: { outcome: 'wait', rule: 0, code: null },
      approval: { role: 'approver', count: 2, of: ['ana', 'ben'], expiresNs: 1_050n },
    });
  });
});

describe('an intent that is open already', () => {
  const gate = gateOf();
  const first = opened({}, ask({ idempotencyKey: key }));
  const byDefault = opened({});
  const asking = (request: EffectRequest, known: OpenIntent) =>
    authorize(gate, emptyState(), request, portsOf([known]));

  test('is shared under an explicit key', () => {
    const verdict = asking(ask({ idempotencyKey: key, origin: stopPlan }), first);
    expect(verdict).toMatchObject({ kind: 'shared', intent: first.hash });
    expect(verdict.decision.outcome).toBe('allow');
  });

  test('is not shared with who has no grant or rule of its own', () => {
    const rules = [{ when: { origin_name: 'g/go@1' }, decision: 'allow' }];
    const request = ask({ idempotencyKey: key, origin: stopPlan });
    const verdict = authorize(gateOf({ rules }), emptyState(), request, portsOf([first]));
    expect(outcomeOf(verdict)).toBe('policy-no-rule');
  });

  test('is not joined by giving the key that another one has by default', () => {
    const request = ask({ idempotencyKey: byDefault.idempotencyKey, origin: stopPlan });
    expect(asking(request, byDefault)).toMatchObject({
      code: 'idempotency-key-taken',
      at: 'idempotency_key',
    });
    const guessed = opened({}, { ...request, idempotencyKey: byDefault.idempotencyKey });
    expect(outcomeOf(asking(ask(), guessed))).toBe('idempotency-key-taken');
  });
});
