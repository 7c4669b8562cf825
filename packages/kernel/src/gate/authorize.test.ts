import type { WorldDefinition } from '@aos/air';
import { concatBytes, encode, sha256, toHex, utf8 } from '@aos/canon';
import { defaultIdempotencyKey, grantHash, intentHash } from '@aos/protocol';
import { describe, expect, test } from 'vitest';
import {
  ask,
  emptyState,
  type GateBrief,
  gateDefinition,
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
import { compileGate } from './gate.js';
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
    ['a third attempt', { attempt: 3 }],
  ])('never by accident like one of %s', (_, changes) => {
    expect(opened({}, ask(changes as Partial<EffectRequest>)).hash).not.toEqual(opened({}).hash);
  });

  test('by an explicit key as by itself, but for later attempts', () => {
    const first = opened({}, ask({ idempotencyKey: key }));
    expect(first.idempotencyKey).toEqual(key);
    expect(first.isExplicitKey).toBe(true);
    expect(opened({}, ask({ idempotencyKey: key, origin: stopPlan })).hash).toEqual(first.hash);
    const again = opened({}, ask({ idempotencyKey: key, attempt: 2 }));
    const domain = utf8('aos/idem-attempt/0');
    const second = concatBytes(domain, Uint8Array.of(0), key, Uint8Array.of(0, 0, 0, 2));
    expect(again.idempotencyKey).toEqual(sha256(second));
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
    expect(verdictOf({}, ask({ cap: 'none' }))).not.toHaveProperty('shortage');
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
  const invalid = 'effect-params-invalid';
  const tooLarge = 'effect-params-too-large';
  test.each([
    ['for an effect that is not there', { effect: 'g.other' }, 'effect-not-found effect g.other'],
    ['with parameters out of schema', { params: encode({ text: 1 }) }, `${invalid} params/text`],
    ['with bytes that are no CBOR', { params: Uint8Array.of(0xff) }, `${invalid} params@0`],
    ['with too many bytes', { params: text(5_000) }, `${tooLarge} params`],
    ['with too many bytes of any kind', { params: new Uint8Array(5_000) }, `${tooLarge} params`],
    ['with bytes that grow too many', { params: text(4_080) }, `${tooLarge} params`],
    [
      ...(['with a key of 31 bytes', { idempotencyKey: key.slice(1) }] as const),
      'idempotency-key-invalid idempotency_key',
    ],
  ])('%s', (_, changes, expected) => {
    const [code, at] = expected.split(/ (.*)/);
    const verdict = verdictOf({}, ask(changes));
    expect(verdict).toMatchObject({ code, at });
    expect(verdict.decision).toMatchObject({
      outcome: 'deny',
      code,
      grantHash: null,
      policy: null,
      rule: null,
    });
    expect(verdict.decision.intent).toHaveLength(32);
  });

  test('beyond so many bytes, and none of fewer', () => {
    const whole = { key: null, bare_key: null, max_tokens: null, max_cost_cents: null };
    const sized = (size: number) => {
      const rest = encode({ ...whole, text: 'x'.repeat(4_000) }).length - 4_000;
      const params = encode({ ...whole, text: 'x'.repeat(size - rest) });
      expect(params).toHaveLength(size);
      return outcomeOf(verdictOf({}, ask({ params })));
    };
    expect([sized(4_096), sized(4_097)]).toEqual(['open', tooLarge]);
  });

  test('under the hash of what was asked for, and of a key only if that is one', () => {
    const params = encode({ text: 7 });
    const hashOf = (idempotencyKey?: Uint8Array) =>
      verdictOf({}, ask({ params, ...(idempotencyKey && { idempotencyKey }) })).decision.intent;
    const named = { cap: 'note', kind: 'g.note', params };
    expect(hashOf(key)).toEqual(intentHash({ ...named, idempotencyKey: key }));
    expect(hashOf()).not.toEqual(hashOf(key));
    expect(hashOf(key.slice(1))).toEqual(hashOf());
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
    expect(verdictOf({ emits: [] }, ask({ origin: reducerR }))).toMatchObject({
      code: 'effect-undeclared',
      at: 'module g/R@1 effects_emitted',
    });
    const foreign = ask({ origin: { reducer: 'g/None@1', key: null } });
    expect(outcomeOf(verdictOf({}, foreign))).toBe('effect-undeclared');
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
    expect(verdictOf(brief, ask({ cap: 'timer' }))).toMatchObject({
      code: 'grant-type-mismatch',
      at: 'grant timer cap',
    });
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

  test.each([
    [[500, 600, 700], 'root'],
    [[600, 500, 700], 'middle'],
    [[700, 600, 500], 'note'],
    [[500, 600, 500], 'note'],
    [[500, 500, 600], 'middle'],
  ])('whose chain expires at %j names %s, even if no loader would have it', (expiries, name) => {
    const [root, middle, own] = [grant('root'), { parent: 'root' }, { parent: 'middle' }];
    const definition = gateDefinition({
      grants: [root, grant('middle', middle), grant('note', own)],
    });
    const grants = [...definition.grants].map(([each, granted], i) => {
      return [each, { ...granted, grant: { ...granted.grant, expiry_ns: expiries[i] } }] as const;
    });
    const gate = compileGate({ ...definition, grants: new Map(grants) } as WorldDefinition);
    const at = (logicalNowNs: bigint) =>
      authorize(gate, emptyState(), ask({ logicalNowNs }), portsOf());
    expect(outcomeOf(at(499n))).toBe('open');
    expect(at(500n)).toMatchObject({ at: `grant ${name} expiry_ns` });
  });

  test('is named in the decision by what it grants', () => {
    const hashOf = (more: { [field: string]: Json }) => {
      const { grantHash } = verdictOf({ grants: [grant('note', more)] }).decision;
      return grantHash === null ? '' : toHex(grantHash);
    };
    const budgets = [{ budget: { calls: 1 } }, { budget: { calls: 2 } }];
    const hashes = [{}, { expiry_ns: 5_000 }, { params: { words: ['a'] } }, ...budgets].map(hashOf);
    expect(new Set(hashes).size).toBe(5);
    const params = encode({ words: null });
    expect(hashes[0]).toBe(toHex(grantHash({ defcap: 'g/note@1', capType: 'note', params })));
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
    expect(verdict).toMatchObject({ code: 'policy-missing', at: 'manifest defaults.policy' });
    expect(verdict.decision).toMatchObject({ policy: null, rule: null });
  });

  test('denies what no rule matches', () => {
    const verdict = verdictOf({ rules: [rule('allow', byStop)] });
    expect(verdict).toMatchObject({
      code: 'policy-no-rule',
      at: 'policy g/policy@1',
      advice: 'add a rule that allows g.note by g/go@1 under note to g/policy@1',
    });
    expect(verdict.decision).toMatchObject({ policy: 'g/policy@1', rule: null });
  });

  test.each([
    ['plan', 'open', 'policy-no-rule'],
    ['reducer', 'policy-no-rule', 'open'],
  ])('may be about each %s', (origin_kind, byPlan, byReducer) => {
    const rules = [rule('allow', { origin_kind })];
    expect(outcomeOf(verdictOf({ rules }))).toBe(byPlan);
    expect(outcomeOf(verdictOf({ rules }, ask({ origin: reducerR })))).toBe(byReducer);
  });

  test('knows a rule again by what it says, wherever it stands', () => {
    const identities = (...rules: Json[]) =>
      gateOf({ rules }).policy?.rules.map(({ identity }) => toHex(identity));
    const [allow, deny] = [rule('allow'), rule('deny', byStop)];
    const [first, second] = identities(allow, deny) ?? [];
    expect(identities(deny, allow, allow)).toEqual([second, first, first]);
    expect(first).not.toBe(second);
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
  const shareable = () => opened({}, ask({ idempotencyKey: key }));
  const asking = (request: EffectRequest, known: OpenIntent) =>
    authorize(gateOf(), emptyState(), request, portsOf([known]));

  test('is shared under an explicit key', () => {
    const first = shareable();
    const verdict = asking(ask({ idempotencyKey: key, origin: stopPlan }), first);
    expect(verdict).toMatchObject({ kind: 'shared', intent: first.hash });
    expect(verdict.decision.outcome).toBe('allow');
  });

  test('is not shared with who has no grant or rule of its own', () => {
    const rules = [{ when: { origin_name: 'g/go@1' }, decision: 'allow' }];
    const request = ask({ idempotencyKey: key, origin: stopPlan });
    const verdict = authorize(gateOf({ rules }), emptyState(), request, portsOf([shareable()]));
    expect(outcomeOf(verdict)).toBe('policy-no-rule');
  });

  test('is not joined by giving the key that another one has by default', () => {
    const byDefault = opened({});
    const request = ask({ idempotencyKey: byDefault.idempotencyKey, origin: stopPlan });
    expect(asking(request, byDefault)).toMatchObject({
      code: 'idempotency-key-taken',
      at: 'idempotency_key',
    });
    const guessed = opened({}, { ...request, idempotencyKey: byDefault.idempotencyKey });
    expect(outcomeOf(asking(ask(), guessed))).toBe('idempotency-key-taken');
  });
});
