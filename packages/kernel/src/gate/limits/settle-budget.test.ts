import { encode } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import { asked, grant, Spending } from '../../../test/spending.js';
import { addAmounts, NOTHING } from './ledger.js';
import type { SettledUse } from './settle-budget.js';

describe('what an effect used of a budget', () => {
  test('in bytes is parameters and the size that the receipt tells', () => {
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

  test('settles an intent once', () => {
    const spending = new Spending({ grants: [grant('note', { calls: 5 })] });
    const intent = spending.mustOpen();
    spending.settle(intent);
    expect(() => spending.settle(intent)).toThrow('an intent settles once');
  });

  const params = asked('x', { max_tokens: 40, max_cost_cents: 7 });
  const usedAfter = (use: Parameters<Spending['settle']>[1]) => {
    const spending = new Spending({ grants: [grant('note', { tokens: 100, cents: 9 })] });
    spending.settle(spending.mustOpen({ params }), use);
    const { tokens, cents } = spending.ledger('note')?.used ?? {};
    return { tokens, cents };
  };
  const receipt = { cost_cents: 2, token_usage: { prompt: 3, completion: 5 } };

  test('is what an ok receipt says, and of nothing else', () => {
    expect(usedAfter({ receipt })).toEqual({ tokens: 8n, cents: 2n });
    expect(usedAfter({ receipt, costCents: 4n })).toEqual({ tokens: 8n, cents: 4n });
    for (const status of ['error', 'cancelled', 'timeout'] as const) {
      expect(usedAfter({ receipt, status })).toEqual({ tokens: 40n, cents: 7n });
    }
  });

  test('is the tokens that were reserved where an ok receipt does not count them', () => {
    for (const costCents of [0n, 4n]) {
      expect(usedAfter({ costCents })).toEqual({ tokens: 40n, cents: costCents });
    }
    for (const token_usage of [{ prompt: 3 }, { completion: 5 }, 8, null]) {
      expect(usedAfter({ receipt: { ...receipt, token_usage } })).toEqual({
        tokens: 40n,
        cents: 2n,
      });
    }
  });

  test.each([
    ['no record', encode('a text')],
    ['no CBOR', Uint8Array.of(0xff)],
  ])('is what was reserved where an ok receipt is %s, and no cents', (_, payload) => {
    expect(usedAfter({ payload })).toEqual({ tokens: 40n, cents: 0n });
  });

  test.each<Partial<SettledUse>>([
    { status: 'timeout' },
    { status: 'error', code: 'receipt-invalid' },
    { status: 'cancelled', code: 'intent-abandoned' },
  ])('is what was reserved at least after %o, whatever it says that it cost', (use) => {
    expect(usedAfter({ ...use, costCents: 0n })).toEqual({ tokens: 40n, cents: 7n });
    expect(usedAfter({ ...use, costCents: 8n })).toEqual({ tokens: 40n, cents: 8n });
  });

  test.each([
    ['a size', { size: 2n ** 60n }, 2n ** 60n],
    ['nothing', { size: 0 }, 0n],
    ['less than nothing', { size: -5 }, undefined],
    ['far less than nothing', { size: -(2n ** 60n) }, undefined],
    ['a text', { size: '5' }, undefined],
  ])('in bytes is what the receipt says unless that is no size: %s', (_, said, size) => {
    const spending = new Spending({ grants: [grant('note', { bytes: 10_000 })] });
    const intent = spending.mustOpen();
    const payload = encode(said);
    spending.settle(intent, { payload });
    const bytes = BigInt(intent.params.length) + (size ?? BigInt(payload.length));
    expect(spending.ledger('note')?.used.bytes).toBe(bytes);
  });
});

const LAST = 2n ** 64n - 1n;

describe('amounts', () => {
  test('are added each by itself, up to the largest that a ledger holds', () => {
    const used = { calls: 1n, tokens: LAST - 1n, cents: LAST, bytes: 5n };
    expect(addAmounts(used, used)).toEqual({ calls: 2n, tokens: LAST, cents: LAST, bytes: 10n });
    const one = { calls: 1n, tokens: 1n, cents: 0n, bytes: 1n };
    expect(addAmounts(used, one)).toEqual({ calls: 2n, tokens: LAST, cents: LAST, bytes: 6n });
    expect(addAmounts(used, NOTHING)).toEqual(used);
  });
});
