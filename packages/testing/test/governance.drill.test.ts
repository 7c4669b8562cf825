/**
 * Worlds that change their own definition while everything else goes on.
 *
 * `AOS_SEEDS=<first>+<count>` picks the seeds.
 */
import { describe, expect, it } from 'vitest';
import { runGovernedDrill } from '../src/governed/governed-drill.js';

const [first = 0, count = process.env.AOS_DRILL === 'large' ? 20_000 : 300] = (
  process.env.AOS_SEEDS?.split('+') ?? []
).map(Number);

/** A machine that has other things to do takes several times as long as a quiet one. */
const TIMEOUT_MS = Math.max(600_000, count * 1000);

describe('a world that changes its own definition', () => {
  it(
    `keeps to every law, over ${count} seeds`,
    () => {
      const { problems, coverage, records } = runGovernedDrill({ firstSeed: first, seeds: count });
      console.log(`${records} records\n${coverage.histogram()}`);
      expect(problems).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
