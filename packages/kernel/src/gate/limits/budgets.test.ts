import { type Encodable, encode } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import {
  ask,
  emptyState,
  type GateBrief,
  gateOf,
  type Json,
  outcomeOf,
  portsOf,
} from '../../../test/gate-world.js';
import { authorize } from '../authorize.js';
import type { Gate } from '../gate.js';
import type { GateState } from '../gate-state.js';
import type { OpenIntent } from '../open-intent.js';
import type { EffectRequest } from '../requests/effect-request.js';
import { type Ledger, ledgerKey } from './ledger.js';
import { type SettledUse, settleBudget } from './settle-budget.js';
import { shortageDenial } from './shortage.js';

const grant = (name: string, budget?: Json, parent?: string): Json => ({
  name,
  cap: 'g/note@1',
  params: {},
  ...(budget === undefined ? {} : { budget }),
  ...(parent === undefined ? {} : { parent }),
});

/** A gate and its state, through which effects go one after the other. */
class Spending {
  readonly gate: Gate;
  state: GateState = emptyState();
  #asked = 0;

  constructor(brief: GateBrief) {
    this.gate = gateOf(brief);
  }

  /** The intent, or the code of the denial. */
  open(changes: Partial<EffectRequest> & { logicalNowNs?: bigint } = {}): OpenIntent | string {
    const request = ask({ index: this.#asked++, params: asked('x'), ...changes });
    const verdict = authorize(this.gate, this.state, request, portsOf());
    if (verdict.kind !== 'open') return outcomeOf(verdict);
    this.state = verdict.state;
    return verdict.intent;
  }

  mustOpen(changes: Parameters<Spending['open']>[0] = {}): OpenIntent {
    const intent = this.open(changes);
    if (typeof intent === 'string') throw new Error(intent);
    return intent;
  }

  settle(intent: OpenIntent, use: Partial<SettledUse> & { readonly receipt?: Encodable } = {}) {
    const { receipt = {}, ...rest } = use;
    const payload = encode({ cost_cents: null, size: null, token_usage: null, ...Object(receipt) });
    const settled = { status: 'ok' as const, code: null, payload, ...rest };
    this.state = settleBudget(this.state, intent, settled);
  }

  ledger(name: string): Ledger | undefined {
    return this.state.ledgers.get(ledgerKey(name));
  }
}

const asked = (text: string, more: { [field: string]: Encodable } = {}) =>
  encode({ text, max_cost_cents: 1, ...more });

describe('a budget', () => {
  test('of calls lets so many through', () => {
    const spending = new Spending({ grants: [grant('note', { calls: 2 })] });
    expect(typeof spending.open()).toBe('object');
    expect(typeof spending.open()).toBe('object');
    expect(spending.open()).toBe('budget-exhausted');
  });

  test('of nothing lets nothing through', () => {
    for (const dimension of ['calls', 'cents', 'bytes', 'tokens']) {
      const spending = new Spending({ grants: [grant('note', { [dimension]: 0 })] });
      expect(spending.open({ params: asked('x', { max_tokens: 0 }) })).toBe('budget-exhausted');
    }
  });

  test('of tokens reserves what the parameters ask for, and gives back what was not used', () => {
    const spending = new Spending({ grants: [grant('note', { tokens: 100 })] });
    const first = spending.mustOpen({ params: asked('x', { max_tokens: 80 }) });
    expect(spending.open({ params: asked('x', { max_tokens: 21 }) })).toBe('budget-exhausted');
    spending.settle(first, { receipt: { token_usage: { prompt: 20, completion: 30 } } });
    expect(spending.ledger('note')).toMatchObject({
      used: { tokens: 50n },
      reserved: { tokens: 0n },
    });
    expect(typeof spending.open({ params: asked('x', { max_tokens: 50 }) })).toBe('object');
  });

  test('of cents takes one until the price is known', () => {
    const spending = new Spending({ grants: [grant('note', { cents: 10 })] });
    spending.settle(spending.mustOpen(), { costCents: 7n });
    spending.settle(spending.mustOpen(), { receipt: { cost_cents: 2 } });
    expect(spending.ledger('note')?.used.cents).toBe(9n);
    const open = spending.mustOpen();
    expect(spending.open()).toBe('budget-exhausted');
    spending.settle(open);
    expect(spending.ledger('note')).toMatchObject({ used: { cents: 9n }, reserved: { cents: 0n } });
  });

  test('of cents takes what the parameters allow it to cost', () => {
    const spending = new Spending({ grants: [grant('note', { cents: 10 })] });
    const first = spending.mustOpen({ params: asked('x', { max_cost_cents: 8 }) });
    expect(spending.open({ params: asked('x', { max_cost_cents: 3 }) })).toBe('budget-exhausted');
    expect(typeof spending.open({ params: asked('x', { max_cost_cents: 0 }) })).toBe('object');
    spending.settle(first, { costCents: 6n });
    expect(spending.ledger('note')).toMatchObject({ used: { cents: 6n }, reserved: { cents: 1n } });
  });

  test('of bytes counts parameters and the size that the receipt tells', () => {
    const spending = new Spending({ grants: [grant('note', { bytes: 10_000 })] });
    const intent = spending.mustOpen();
    const params = BigInt(intent.params.length);
    expect(spending.ledger('note')?.reserved.bytes).toBe(params);
    spending.settle(intent, { receipt: { size: 5_000 } });
    expect(spending.ledger('note')?.used.bytes).toBe(params + 5_000n);
    const other = spending.mustOpen();
    spending.settle(other, { status: 'error', payload: new Uint8Array(100) });
    expect(spending.ledger('note')?.used.bytes).toBe(2n * params + 5_100n);
    const page = encode({ status: 200, body_size: 700 });
    spending.settle(spending.mustOpen(), { payload: page });
    expect(spending.ledger('note')?.used.bytes).toBe(3n * params + 5_800n);
  });

  test('that was overrun outside denies until it is raised, and is never below zero', () => {
    const spending = new Spending({ grants: [grant('note', { cents: 10 })] });
    spending.settle(spending.mustOpen(), { costCents: 1_000n });
    expect(spending.ledger('note')?.used.cents).toBe(1_000n);
    const verdict = authorize(
      spending.gate,
      spending.state,
      ask({ index: 9, params: asked('x') }),
      portsOf(),
    );
    expect(verdict).toMatchObject({
      code: 'budget-exhausted',
      at: 'grant note budget cents',
      advice: '0 of 10 cents are left (1000 used, 0 held), 1 asked for: raise cents of note by 1',
      decision: { policy: 'g/policy@1', rule: 0 },
    });
  });

  test('is charged as much as was reserved where nobody saw what happened', () => {
    for (const use of [
      { status: 'timeout', code: null },
      { status: 'error', code: 'receipt-invalid' },
    ]) {
      const spending = new Spending({ grants: [grant('note', { tokens: 100, cents: 5 })] });
      const intent = spending.mustOpen({ params: asked('x', { max_tokens: 40 }) });
      spending.settle(intent, { ...(use as Pick<SettledUse, 'status' | 'code'>), costCents: 3n });
      expect(spending.ledger('note')?.used).toMatchObject({ tokens: 40n, cents: 3n });
    }
  });

  test('is charged the tokens that were reserved for an error that cost something', () => {
    const spending = new Spending({ grants: [grant('note', { tokens: 100, cents: 5 })] });
    const intent = spending.mustOpen({ params: asked('x', { max_tokens: 40 }) });
    spending.settle(intent, { status: 'error', costCents: 2n });
    expect(spending.ledger('note')?.used).toMatchObject({ tokens: 40n, cents: 2n });
  });

  test.each(['error', 'cancelled'] as const)(
    'is charged all that was reserved where %s says nothing of what it cost',
    (status) => {
      const spending = new Spending({ grants: [grant('note', { tokens: 100, cents: 9 })] });
      const params = asked('x', { max_tokens: 40, max_cost_cents: 7 });
      spending.settle(spending.mustOpen({ params }), { status });
      expect(spending.ledger('note')).toMatchObject({
        used: { tokens: 40n, cents: 7n },
        reserved: { tokens: 0n, cents: 0n },
      });
    },
  );

  test('is charged a call alone where an error says that it cost nothing', () => {
    const spending = new Spending({ grants: [grant('note', { tokens: 100, cents: 9, calls: 5 })] });
    const params = asked('x', { max_tokens: 40, max_cost_cents: 7 });
    spending.settle(spending.mustOpen({ params }), { status: 'error', costCents: 0n });
    expect(spending.ledger('note')?.used).toMatchObject({ tokens: 0n, cents: 0n, calls: 1n });
  });

  test('is charged a call alone where the kernel answered', () => {
    const spending = new Spending({ grants: [grant('note', { tokens: 100, cents: 9, calls: 5 })] });
    const params = asked('x', { max_tokens: 40, max_cost_cents: 7 });
    spending.settle(spending.mustOpen({ params }), { status: 'error', code: 'cell-not-found' });
    expect(spending.ledger('note')?.used).toMatchObject({ tokens: 0n, cents: 0n, calls: 1n });
    spending.settle(spending.mustOpen({ params }), {
      status: 'cancelled',
      code: 'intent-abandoned',
    });
    expect(spending.ledger('note')?.used).toMatchObject({ tokens: 40n, cents: 7n, calls: 2n });
  });

  test('of cents denies what is paid by use and says no most', () => {
    const spending = new Spending({ grants: [grant('note', { cents: 9 })] });
    const params = asked('x', { max_cost_cents: null });
    expect(spending.open({ params })).toBe('budget-cost-unbounded');
    const verdict = authorize(spending.gate, spending.state, ask({ index: 7, params }), portsOf());
    expect(verdict).toMatchObject({
      at: 'params/max_cost_cents',
      advice: 'give max_cost_cents; note has a budget of cents',
    });
    const other = new Spending({ grants: [grant('note', { tokens: 9, calls: 1 })] });
    expect(typeof other.open({ params })).toBe('object');
  });

  test('settles an intent once', () => {
    const spending = new Spending({ grants: [grant('note', { calls: 5 })] });
    const intent = spending.mustOpen();
    spending.settle(intent);
    expect(() => spending.settle(intent)).toThrow('an intent settles once');
  });

  test('takes nothing when a later dimension has no room', () => {
    const spending = new Spending({ grants: [grant('note', { calls: 5, tokens: 10 })] });
    expect(spending.open({ params: asked('x', { max_tokens: 11 }) })).toBe('budget-exhausted');
    expect(spending.ledger('note')).toBe(undefined);
  });
});

describe('a budget with a period', () => {
  const grants = [grant('note', { calls: 2, period_ns: 100 })];

  test('begins with the first use and follows without gaps', () => {
    const spending = new Spending({ grants });
    const at = (logicalNowNs: bigint) => typeof spending.open({ logicalNowNs });
    expect([at(1_050n), at(1_149n), at(1_149n)]).toEqual(['object', 'object', 'string']);
    expect([at(1_150n), at(1_150n), at(1_249n)]).toEqual(['object', 'object', 'string']);
    expect([at(1_999n), at(1_999n)]).toEqual(['object', 'object']);
    expect(spending.ledger('note')?.sinceNs).toBe(1_950n);
  });

  test('has no part of what was reserved in an earlier one', () => {
    const spending = new Spending({ grants: [grant('note', { cents: 5, period_ns: 100 })] });
    const early = spending.mustOpen({ logicalNowNs: 1_000n });
    const late = spending.mustOpen({ logicalNowNs: 1_100n });
    spending.settle(early, { costCents: 5n });
    expect(spending.ledger('note')).toMatchObject({ used: { cents: 0n }, reserved: { cents: 1n } });
    spending.settle(late, { costCents: 4n });
    expect(spending.ledger('note')).toMatchObject({ used: { cents: 4n }, reserved: { cents: 0n } });
  });

  test('says when to come again', () => {
    const spending = new Spending({ grants });
    spending.mustOpen();
    spending.mustOpen();
    const verdict = authorize(spending.gate, spending.state, ask({ index: 5 }), portsOf());
    expect(verdict).toMatchObject({
      at: 'grant note budget calls',
      advice:
        '0 of 2 calls are left (0 used, 2 held), 1 asked for: raise calls of note by 1, ' +
        'or wait for what is under way, or wait until logical time 1100, 100 ns from now',
      shortage: { grant: 'note', dimension: 'calls', limit: 2n, asked: 1n, resetsNs: 1_100n },
    });
  });

  test('tells nobody to wait for what no period has', () => {
    const spending = new Spending({ grants: [grant('note', { tokens: 9, period_ns: 100 })] });
    const params = asked('x', { max_tokens: 10 });
    const verdict = authorize(spending.gate, spending.state, ask({ params }), portsOf());
    expect(verdict).toMatchObject({
      advice: '9 of 9 tokens are left (0 used, 0 held), 10 asked for: raise tokens of note by 1',
    });
  });

  test.each([
    [1_500_000n, '1500000 ns'],
    [2_000_000n, '2 ms'],
    [119_000_000_001n, '120 s'],
    [3_600_000_000_000n, '60 min'],
    [7_200_000_000_001n, '3 h'],
    [864_000_000_000_000n, '10 d'],
  ])('says how far %d ns are', (ns, words) => {
    const shortage = { grant: 'g', dimension: 'calls', limit: 1n, used: 1n, reserved: 0n } as const;
    const { advice } = shortageDenial({ ...shortage, asked: 1n, resetsNs: ns + 7n }, 7n);
    expect(advice).toContain(`, ${words} from now`);
  });
});

describe('the budget of a grant that others were made from', () => {
  const grants = [
    grant('root', { calls: 3 }),
    grant('ana', { calls: 2 }, 'root'),
    grant('ben', undefined, 'root'),
  ];

  test('is what all of them together may use', () => {
    const spending = new Spending({ grants });
    const by = (cap: string) => {
      const opened = spending.open({ cap });
      return typeof opened === 'string' ? opened : 'open';
    };
    expect([by('ana'), by('ana'), by('ana')]).toEqual(['open', 'open', 'budget-exhausted']);
    expect([by('ben'), by('ben'), by('root')]).toEqual([
      'open',
      'budget-exhausted',
      'budget-exhausted',
    ]);
    expect(spending.ledger('root')?.reserved.calls).toBe(3n);
    expect(spending.ledger('ana')?.reserved.calls).toBe(2n);
  });

  test('is settled with theirs', () => {
    const spending = new Spending({ grants });
    const intent = spending.mustOpen({ cap: 'ana' });
    expect(intent.reserved.map((each) => each.grant)).toEqual(['ana', 'root']);
    spending.settle(intent);
    for (const name of ['ana', 'root']) {
      expect(spending.ledger(name)).toMatchObject({ used: { calls: 1n }, reserved: { calls: 0n } });
    }
  });

  test('takes nothing when one of them has no room', () => {
    const spending = new Spending({
      grants: [grant('root', { calls: 0 }), grant('note', { calls: 0 }, 'root')],
    });
    expect(spending.open()).toBe('budget-exhausted');
    expect(spending.state.ledgers.size).toBe(0);
  });
});
