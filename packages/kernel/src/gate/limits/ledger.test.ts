import { describe, expect, test } from 'vitest';
import { addAmounts, NOTHING } from './ledger.js';

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
