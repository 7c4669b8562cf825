/**
 * Worlds of all kinds, lived, broken off and replayed: live = replay from genesis = replay from each
 * snapshot, byte for byte. `AOS_SEEDS=<first>+<count>` picks the seeds.
 */

import { describe, expect, it } from 'vitest';
import { runKernelDrill } from '../src/kernel/kernel-drill.js';

const [first, count] = (process.env.AOS_SEEDS ?? '').split('+').map(Number);
const isLarge = process.env.AOS_DRILL === 'large';
const FIRST = first || 0;
const SEEDS = count || (isLarge ? 100_000 : 1000);

describe('a world lived from a seed', () => {
  it(`replays to itself from genesis and each snapshot, over ${SEEDS} seeds`, () => {
    const { problems, coverage, records } = runKernelDrill({ firstSeed: FIRST, seeds: SEEDS });
    console.log(`${records} records\n${coverage.histogram()}`);
    expect(problems).toEqual([]);
  });
});
