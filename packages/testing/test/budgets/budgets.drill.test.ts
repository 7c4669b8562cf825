/** Budgets over cuts: what is charged is what was billed, whatever happens in between. */
import { Random } from '@aos/testing';
import { describe, expect, test } from 'vitest';
import { BudgetOrdeal, type OrdealOptions } from './budget-ordeal.js';

/** Three cuts a seed. */
const SEEDS = process.env.AOS_DRILL === 'large' ? 2000 : 12;

async function runOrdeals(seeds: number, options: OrdealOptions = {}) {
  const total = { cuts: 0, denials: 0, duplicates: 0, starts: 0, billed: 0 };
  const problems: string[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const ordeal = new BudgetOrdeal(new Random(seed), options);
    await ordeal.run();
    total.cuts += ordeal.cuts;
    total.denials += ordeal.denials;
    total.duplicates += ordeal.duplicates;
    total.starts += ordeal.starts;
    total.billed += ordeal.books.size;
    problems.push(...ordeal.problems.map((text) => `seed ${seed}: ${text}`));
  }
  return { ...total, problems };
}

describe('budgets', () => {
  test(`agree with the books outside to the cent, over ${3 * SEEDS} cuts`, async () => {
    const { problems, ...total } = await runOrdeals(SEEDS);
    expect(problems).toEqual([]);
    expect(total.cuts).toBe(3 * SEEDS);
    expect(total.denials).toBeGreaterThan(SEEDS);
    expect(total.duplicates).toBeGreaterThan(5 * SEEDS);
    expect(total.starts).toBeGreaterThan(total.billed);
  });

  test('canary: an outside that charges more than it says is found out', async () => {
    const { problems } = await runOrdeals(2, { isCheating: true });
    expect(problems.join('\n')).toMatch(/cents are charged/);
  });
});
