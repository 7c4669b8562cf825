/** A store that is cleared and pruned on a disk that is cut anywhere keeps what something needs. */
import { runGrowthCutPoints } from '@aos/testing';
import { describe, expect, it } from 'vitest';

const SEEDS = process.env.AOS_DRILL === 'large' ? 4000 : 30;
const LARGE_DRILL_MS = 1_800_000;

describe('a store that is cleared and pruned', () => {
  it('keeps what records and snapshots reach', { timeout: LARGE_DRILL_MS }, async () => {
    const report = await runGrowthCutPoints({ seeds: SEEDS });
    expect(report.problems).toEqual([]);
    expect(report.cuts).toBe(3 * SEEDS);
    expect(report.collected).toBeGreaterThan(SEEDS);
    expect(report.pruned).toBeGreaterThan(SEEDS / 5);
    expect(report.reached).toBeGreaterThan(100 * SEEDS);
  });

  it('canary: snapshots that are not named are found to be gone', async () => {
    const report = await runGrowthCutPoints({ seeds: 20, forgetSnapshots: true });
    expect(report.problems.join('\n')).toMatch(/is gone/);
  });
});
