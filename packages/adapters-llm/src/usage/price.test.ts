import { describe, expect, test } from 'vitest';
import { compilePrices, costOf, worstCost } from './price.js';
import { boundUsage, usageOf } from './usage.js';

const priced = (price: Parameters<typeof compilePrices>[0][string]) =>
  compilePrices({ it: price }).get('it');
const usage = (prompt: number, completion: number, more = {}) => ({
  ...{ prompt, completion, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
  ...more,
});

describe('a call costs', () => {
  test.each([
    ['nothing without tokens', { prompt: '15', completion: '60' }, usage(0, 0), 0n, 0n],
    [
      'cents for millions',
      { prompt: '15', completion: '60' },
      usage(1_000_000, 2_000_000),
      135n,
      135_000_000_000n,
    ],
    [
      'at least a cent when it is not free',
      { prompt: '15', completion: '60' },
      usage(1, 0),
      1n,
      15_000n,
    ],
    [
      'the next cent, not the nearest',
      { prompt: '100', completion: '0' },
      usage(10_001, 0),
      2n,
      1_000_100_000n,
    ],
    [
      'fractions of nanocents rounded up',
      { prompt: '0.000000001', completion: '0' },
      usage(1, 0),
      1n,
      1n,
    ],
    [
      'exactly what floats do not',
      { prompt: '0.1', completion: '0.2' },
      usage(3_000_000, 3_000_000),
      1n,
      900_000_000n,
    ],
    [
      'less for what a cache had',
      { prompt: '10', completion: '0', cacheRead: '1', cacheWrite: '12.5' },
      usage(3_000_000, 0, { cacheRead: 1_000_000, cacheWrite: 1_000_000 }),
      24n,
      23_500_000_000n,
    ],
    ['nothing where nothing is priced', { prompt: '0', completion: '0' }, usage(9, 9), 0n, 0n],
    [
      'large sums without loss',
      { prompt: '999999999', completion: '999999999.999999999' },
      usage(2 ** 31, 2 ** 31),
      4_294_967_293_853n,
      4_294_967_293_852_516_349_853n,
    ],
  ])('%s', (_, price, used, cents, nanocents) => {
    expect(costOf(used, priced(price))).toEqual({ cents, nanocents });
  });

  test('nothing where there is no table', () => {
    expect(costOf(usage(1_000, 1_000), undefined)).toEqual({ cents: 0n, nanocents: 0n });
  });

  test.each(['', '-1', '1e3', '01', '.5', '1.', '1,5', '1000000000', '0.0000000001', 'NaN'])(
    'no price as %s',
    (price) => {
      expect(() => priced({ prompt: price, completion: '1' })).toThrow(RangeError);
    },
  );
});

test('a call costs at most what all of its bytes and all of its tokens come to', () => {
  const price = priced({ prompt: '10', completion: '20', cacheWrite: '12.5' });
  expect(worstCost(1_000_000, 1_000_000n, price).nanocents).toBe(32_500_000_000n);
  expect(worstCost(1, 0n, price).cents).toBe(1n);
  expect(worstCost(1_000_000, 2n ** 64n - 1n, undefined).cents).toBe(0n);
});

describe('usage', () => {
  test.each<[string, unknown, unknown, object | undefined]>([
    ['is what was said', 10, 5, usage(10, 5)],
    ['may be nothing', 0, 0, usage(0, 0)],
    ['is not negative', -1, 5, undefined],
    ['is no fraction', 1.5, 5, undefined],
    ['is no text', '10', 5, undefined],
    ['is not missing', undefined, 5, undefined],
    ['is not null', 10, null, undefined],
    ['is not beyond all measure', 10, 2 ** 31 + 1, undefined],
    ['is not without end', Number.POSITIVE_INFINITY, 5, undefined],
  ])('%s', (_, prompt, completion, expected) => {
    expect(usageOf(prompt, completion)).toEqual(expected);
  });

  test('has parts only where they add up', () => {
    expect(usageOf(10, 5, { cacheRead: 4, cacheWrite: 6, reasoning: 5 })).toEqual(
      usage(10, 5, { cacheRead: 4, cacheWrite: 6, reasoning: 5 }),
    );
    expect(usageOf(10, 5, { cacheRead: 11 })).toEqual(usage(10, 5));
    expect(usageOf(10, 5, { reasoning: 6 })).toEqual(usage(10, 5));
    expect(usageOf(10, 5, { cacheRead: -1, reasoning: 'x' })).toEqual(usage(10, 5));
  });

  test('that nobody counted is bounded by bytes and by what was allowed', () => {
    expect(boundUsage(100, 40, 1000n)).toEqual(usage(100, 40));
    expect(boundUsage(100, 40, 7n)).toEqual(usage(100, 7));
    expect(boundUsage(100, 40, 2n ** 64n - 1n)).toEqual(usage(100, 40));
  });
});
