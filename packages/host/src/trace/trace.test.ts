import type { WorldDefinition } from '@aos/air';
import { bytesEqual, encode, type Hash, sha256, toHashText, utf8, ZERO_HASH } from '@aos/canon';
import { CauseIndex, JournalView, type OpenIntent, type World } from '@aos/kernel';
import { type Entry, encodeRecord, type Input, type ReceiptInput } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { listEffects } from './effect-list.js';
import { listReceipts } from './receipt-list.js';
import type { Steps } from './slices.js';
import { traceOf } from './trace-of.js';
import type { TraceSource } from './trace-source.js';

const hashOf = (text: string): Hash => sha256(utf8(text));
const ASK = hashOf('the ask');
const OTHER = hashOf('another ask');
const carried = (value: string) => ({ inline: encode(value) });
const by = { effect: 'pay', cap: 'purse' };

const event: Input = { kind: 'event', schema: 't/Order@1', value: carried('order') };
const receipt = (intentHash: Hash, status: 'error' | 'ok' = 'ok'): ReceiptInput => ({
  kind: 'receipt',
  receipt: {
    ...{ worldId: ZERO_HASH, epoch: 0, intentHash, attempt: 1, adapterId: 'stub', status },
    ...{ payloadHash: hashOf('payload'), costCents: 7n },
  },
  payload: { inline: encode({ code: 'shop-closed', message: 'come back tomorrow' }) },
  ...{ keyId: hashOf('key'), sig: new Uint8Array(64) },
});
const decision = (cause: number | null, intent = ASK, code: string | null = null): Entry => {
  const outcome = code === null ? 'allow' : 'deny';
  const where = { grantHash: null, policy: null, rule: null };
  return { kind: 'decision', cause, intent, ...by, ...where, outcome, code };
};
const asked = (cause: number | null, intent = ASK): Entry => ({
  ...{ kind: 'intent', cause, intent, ...by, params: carried('1 coin') },
  ...{ idempotencyKey: hashOf('key'), origin: { reducer: 't/A@1', key: null }, attempt: 1 },
});
const settled = (status: 'cancelled' | 'error' | 'ok', code: string | null = null): Entry => {
  return { kind: 'settled', cause: null, intent: ASK, status, code };
};
const late: Entry = { kind: 'dropped', cause: 0, code: 'receipt-late', intent: ASK };
const fault: Entry = {
  ...{ kind: 'reducer-fault', cause: null, reducer: 't/A@1', key: null },
  ...{ code: 'module-trap', fuel: 1 },
};
const started: Entry = {
  ...{ kind: 'plan-started', cause: null, plan: 't/p@1', input: carried('order'), parent: null },
};
const ended = (status: 'cancelled' | 'error' | 'ok', code: string | null = null): Entry => {
  return { kind: 'plan-ended', cause: null, instance: { seq: 0, i: 0 }, status, code };
};

type Line = readonly [Input, ...Entry[]];

/** A journal of these records; `open` are the intents that the world still has. */
function source(lines: readonly Line[], open: readonly Partial<OpenIntent>[] = []): TraceSource {
  const stamp = { nowNs: 5n, logicalNowNs: 5n, entropy: new Uint8Array(32) };
  const records = lines.map(([input, ...entries], seq) =>
    encodeRecord({ seq, fuel: 0, prev: ZERO_HASH, input, stamp, entries }),
  );
  const index = new CauseIndex();
  for (const bytes of records) expect(index.add(bytes).ok).toBe(true);
  const definition = {
    ...{ schemas: new Map(), reducers: [], find: () => undefined, effectOf: () => undefined },
  } as unknown as WorldDefinition;
  const world = {
    ...{ seq: records.length, mode: 'running', planState: { instances: { get: () => undefined } } },
    intents: { get: (hash: Hash) => open.find((each) => each.hash && bytesEqual(each.hash, hash)) },
    program: { definition, reducersByName: new Map(), plans: { get: () => undefined } },
  } as unknown as World;
  const view = new JournalView((seq) => records[seq]);
  return { journal: { index, view }, ports: { definition, object: () => undefined }, world };
}

function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

function traced(lines: readonly Line[], what = '0', open: readonly Partial<OpenIntent>[] = []) {
  const found = finish(traceOf(source(lines, open), what));
  if (!found.ok) throw new Error(found.refusal.code);
  return found.value;
}

const isOpen = { hash: ASK, effect: 'pay', approval: null };

describe('the standing of a trace', () => {
  it.each<[string, Line[], Partial<OpenIntent>[], object]>([
    ['ignored', [[event]], [], { standing: 'ignored' }],
    ['faulted', [[event, fault]], [], { standing: 'faulted', code: 'module-trap' }],
    [
      'denied',
      [[event, decision(null, ASK, 'policy-denied')]],
      [],
      { standing: 'denied', code: 'policy-denied' },
    ],
    ['waiting', [[event, decision(null), asked(0)]], [isOpen], { standing: 'waiting-receipt' }],
    [
      'completed',
      [
        [event, decision(null), asked(0)],
        [receipt(ASK), settled('ok')],
      ],
      [],
      { standing: 'completed', code: null },
    ],
    [
      'failed',
      [
        [event, decision(null), asked(0)],
        [receipt(ASK, 'error'), settled('error')],
      ],
      [],
      { standing: 'failed', code: 'shop-closed' },
    ],
    [
      'timed out by the world itself',
      [
        [event, decision(null), asked(0)],
        [{ kind: 'tick' }, settled('error', 'deadline-passed')],
      ],
      [],
      { standing: 'failed', code: 'deadline-passed' },
    ],
    [
      'cancelled',
      [
        [event, decision(null), asked(0)],
        [receipt(ASK, 'error'), settled('cancelled')],
      ],
      [],
      { standing: 'cancelled' },
    ],
    [
      'late',
      [
        [event, decision(null), asked(0)],
        [receipt(ASK), settled('ok'), late],
      ],
      [],
      { standing: 'late' },
    ],
    ['running', [[event, started]], [], { standing: 'running' }],
    ['over', [[event, started, ended('ok')]], [], { standing: 'completed' }],
    [
      'a plan that failed',
      [[event, started, ended('error', 'expr-null')]],
      [],
      { standing: 'failed', code: 'expr-null' },
    ],
    [
      'a plan that was called off',
      [[event, started, ended('cancelled')]],
      [],
      { standing: 'cancelled' },
    ],
  ])('%s', (_, lines, open, expected) => {
    expect(traced(lines, '0', open)).toMatchObject(expected);
  });
});

describe('the root', () => {
  const lines: Line[] = [
    [event],
    [event, decision(null), asked(0)],
    [receipt(ASK, 'error'), settled('error')],
    [receipt(OTHER)],
  ];

  it.each([['1'], ['1/1'], ['2'], ['2/0'], [toHashText(ASK)], [toHashText(ASK).slice(7, 20)]])(
    'of %s is the event that led to it',
    (what) => expect(traced(lines, what)).toMatchObject({ root: 1, last_seq: 2 }),
  );

  it('of a receipt that nobody asked for is that receipt', () => {
    expect(traced(lines, '3')).toMatchObject({ root: 3, kind: 'receipt' });
  });

  it('of nothing is unknown', () => {
    for (const what of ['4', '1/7', 'abcdef123456', 'abc']) {
      expect(finish(traceOf(source(lines), what))).toMatchObject({
        refusal: { code: 'trace-unknown' },
      });
    }
  });

  it('is the latest event when nothing is named', () => {
    expect(finish(traceOf(source(lines), undefined))).toMatchObject({ value: { root: 1 } });
  });

  it('is traced up to a bound, and that is told', () => {
    const found = finish(traceOf(source(lines), '1', { maxPlaces: 2 }));
    expect(found).toMatchObject({ value: { is_cut: true } });
  });
});

describe('lists', () => {
  const lines: Line[] = [
    [event, decision(null), asked(0), decision(null, OTHER, 'policy-denied')],
    [receipt(ASK, 'error'), settled('error')],
    [receipt(ASK)],
  ];

  it('hold the latest effects, in the order of the journal', () => {
    const { effects } = finish(listEffects(source(lines), { limit: 5 }));
    expect(effects.map(({ standing }) => standing)).toEqual(['failed', 'denied']);
    const last = finish(listEffects(source(lines), { limit: 1 }));
    expect(last).toMatchObject({ effects: [{ standing: 'denied' }], is_cut: true });
    const denied = finish(listEffects(source(lines), { limit: 5, standing: 'denied' }));
    expect(denied.effects).toHaveLength(1);
    expect(finish(listEffects(source(lines), { limit: 5, effect: 'other' })).effects).toEqual([]);
  });

  it('hold receipts with what they cost and what became of them', () => {
    const { receipts } = finish(listReceipts(source(lines), { limit: 5 }));
    expect(receipts).toMatchObject([
      { seq: 1, effect: 'pay', status: 'error', code: 'shop-closed', cost_cents: 7 },
      { seq: 2, status: 'ok', code: null },
    ]);
    expect(finish(listReceipts(source(lines), { limit: 5, before: 2 })).receipts).toHaveLength(1);
    expect(finish(listReceipts(source(lines), { limit: 5, status: 'ok' })).receipts).toHaveLength(
      1,
    );
    expect(finish(listReceipts(source(lines), { limit: 5, intent: OTHER })).receipts).toEqual([]);
    expect(finish(listReceipts(source(lines), { limit: 1 }))).toMatchObject({ is_cut: true });
  });
});
