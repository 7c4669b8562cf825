/** A store on a disk that is cut at any operation: nothing acknowledged is lost. */
import { runStoreCutPoints } from '@aos/testing';
import { describe, expect, it } from 'vitest';

const SEEDS = process.env.AOS_DRILL === 'large' ? 5000 : 80;
const CASES_PER_SEED = 4;
/** A case ends early only when it has found a problem. */
const CUTS_PER_CASE = 3;
const CUTS = SEEDS * CASES_PER_SEED * CUTS_PER_CASE;
const LARGE_DRILL_MS = 1_800_000;

describe('a store on a disk that is cut anywhere', () => {
  it(`keeps what it acknowledged, over ${CUTS} cuts`, { timeout: LARGE_DRILL_MS }, async () => {
    const report = await runStoreCutPoints({ seeds: SEEDS, cutsPerSeed: CASES_PER_SEED });
    expect(report.problems).toEqual([]);
    expect(report.cuts).toBe(CUTS);
    expect(report.acknowledged).toBeGreaterThan(CUTS);
  });

  it('canary: a disk whose flushes do nothing is found out', async () => {
    const report = await runStoreCutPoints({ seeds: 20, lieAboutFlush: true });
    expect(report.problems.join('\n')).toMatch(/\d+ records acknowledged, \d+ there/);
    expect(report.problems.length).toBeGreaterThan(20);
  });

  it('is decided by the seeds of the drill', async () => {
    const options = { firstSeed: 7, seeds: 3, lieAboutFlush: true };
    expect(await runStoreCutPoints(options)).toEqual(await runStoreCutPoints(options));
  });
});
