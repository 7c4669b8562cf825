/**
 * Worlds that are simulated from their seeds: schedule, faults and people. More of them:
 * `npm run sim -- --seeds 10000`.
 */
import { describeFailure, faultsMissing, runSimulations, simulate } from '@aos/testing';
import { describe, expect, it } from 'vitest';
import kept from './seeds.json' with { type: 'json' };

const SEEDS = 200;

/** A machine that has other things to do takes several times as long as a quiet one. */
const TIMEOUT_MS = 600_000;

describe('a simulated world', () => {
  it(
    `keeps to every rule, over ${SEEDS} seeds with every kind of fault`,
    async () => {
      const { events, failed } = await runSimulations({ from: 0, seeds: SEEDS });
      expect(failed.map(describeFailure)).toEqual([]);
      expect(faultsMissing(events)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it.each(kept)('keeps to every rule in seed $seed: $found', async ({ seed }) => {
    const { problems } = await simulate(seed);
    expect(problems).toEqual([]);
  });

  it('is the same, line by line, whenever its seed is', async () => {
    for (let seed = 0; seed < 5; seed++) {
      const first = await simulate(seed);
      const second = await simulate(seed);
      expect(second.trace.lines).toEqual(first.trace.lines);
      expect(second.hash).toBe(first.hash);
    }
  });

  it('is another one under another seed', async () => {
    expect((await simulate(1)).hash).not.toBe((await simulate(2)).hash);
  });
});
