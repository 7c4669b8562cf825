import { encode } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import { ask, type Json, portsOf } from '../../../test/gate-world.js';
import { asked, grant, Spending } from '../../../test/spending.js';
import { authorize } from '../authorize.js';
import { budgetLeft } from './budgets.js';
import { shortageDenial } from './shortage.js';

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

  test('of cents has no part in what is not paid by use', () => {
    const web = (cap: string, params: Json) => ({ name: 'it', cap, params, budget: { cents: 9 } });
    const blob = { namespace: 'a', blob_ref: `sha256:${'0'.repeat(64)}` };
    const spending = new Spending({
      ...{ caps: ['sys/blob@2'], effects: ['sys/blob.put@2'] },
      grants: [web('sys/blob@2', {})],
    });
    const request = { effect: 'blob.put', cap: 'it', params: encode(blob) };
    expect(typeof spending.open(request)).toBe('object');
    const llm = { ...{ provider: 'acme', model: 'm', temperature: '0', max_tokens: 1 }, tools: [] };
    const asked = { ...llm, input_ref: blob.blob_ref, api_key: null };
    const talking = new Spending({
      caps: ['sys/llm.basic@2'],
      grants: [web('sys/llm.basic@2', {})],
    });
    const talk = { effect: 'llm.generate', cap: 'it', params: encode(asked) };
    expect(talking.verdict(talk)).toMatchObject({
      code: 'budget-cost-unbounded',
      advice: expect.stringContaining('a version of the effect with max_cost_cents'),
    });
  });

  test.each(['calls', 'tokens', 'cents', 'bytes'] as const)('of %s holds nothing else', (one) => {
    const spending = new Spending({ grants: [grant('note', { [one]: 500 })] });
    const params = asked('x', { max_tokens: 40, max_cost_cents: 7 });
    const intent = spending.mustOpen({ params });
    const all = { calls: 1n, tokens: 40n, cents: 7n, bytes: BigInt(intent.params.length) };
    const none = { calls: 0n, tokens: 0n, cents: 0n, bytes: 0n };
    expect(intent.reserved).toEqual([
      { grant: 'note', sinceNs: 1_000n, amounts: { ...none, [one]: all[one] } },
    ]);
  });

  test('tells what is left of it, where it has a limit', () => {
    const budget = { calls: 5, cents: 9, period_ns: 100 };
    const spending = new Spending({ grants: [grant('note', budget)] });
    const left = (ns: bigint) => budgetLeft(spending.state.ledgers, 'note', budget, ns);
    expect(left(1_000n)).toEqual({ calls: 5n, cents: 9n });
    spending.settle(spending.mustOpen(), { costCents: 4n });
    spending.mustOpen();
    expect(left(1_099n)).toEqual({ calls: 3n, cents: 4n });
    expect(left(1_100n)).toEqual({ calls: 5n, cents: 9n });
    spending.settle(spending.mustOpen(), { costCents: 40n });
    expect(left(1_099n)).toEqual({ calls: 2n, cents: 0n });
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
    [5n, 'wait for what is under way'],
    [6n, undefined],
  ])('tells who asks for %d to wait for what is held only if that is enough', (asked, way) => {
    const shortage = {
      grant: 'g',
      dimension: 'calls',
      limit: 10n,
      used: 5n,
      reserved: 3n,
    } as const;
    const { advice } = shortageDenial({ ...shortage, asked, resetsNs: undefined }, 7n);
    const [, ...ways] = advice.split(': ')[1]?.split(', or ') ?? [];
    expect(ways).toEqual(way === undefined ? [] : [way]);
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
