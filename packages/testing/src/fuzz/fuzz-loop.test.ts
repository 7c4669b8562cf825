import { utf8 } from '@aos/canon';
import { expect, it } from 'vitest';
import type { Feedback } from './block-coverage.js';
import { fuzz } from './fuzz-loop.js';
import { type FuzzTarget, holds } from './target.js';

/** A target that tells itself which of its blocks ran. */
function mazeOf(run: (bytes: Uint8Array, reach: (block: string) => void) => void) {
  let blocks = new Set<string>();
  const feedback: Feedback = {
    take: () => {
      const taken = [...blocks];
      blocks = new Set();
      return taken;
    },
    close: () => undefined,
  };
  const target: FuzzTarget = {
    name: 'maze',
    seeds: () => [utf8('seed')],
    run: (bytes) => run(bytes, (block) => blocks.add(block)),
  };
  return { target, feedback };
}

/** Three bytes, of which each is only looked at when those before it are right. */
const nested = () =>
  mazeOf((bytes, reach) => {
    const right = [0x66, 0x75, 0x7a].findIndex((byte, i) => bytes[i] !== byte);
    reach(`${right}`);
    holds(right !== -1, 'nobody gets to the end', () => `${bytes.length}`);
  });

const options = { seed: 5, seconds: 60, executions: 15_000 };

it('finds its way by coverage, tells it as small as it goes, and does so again', async () => {
  const { target, feedback } = nested();
  const report = await fuzz(target, { ...options, feedback });
  expect(report.findings.map(({ key, input }) => [key, [...input]])).toEqual([
    ['nobody gets to the end', [0x66, 0x75, 0x7a]],
  ]);
  expect(report.blocks).toBeGreaterThan(report.seedBlocks);
  const again = nested();
  const other = await fuzz(again.target, { ...options, feedback: again.feedback });
  expect(other.corpus).toEqual(report.corpus);
  const blind = { take: () => [], close: () => undefined };
  const lost = await fuzz(nested().target, { ...options, feedback: blind });
  expect(lost.findings).toEqual([]);
});

it('tells inputs that are changed, and those that take too long', async () => {
  const { target, feedback } = mazeOf((bytes) => {
    if (bytes[0] === 0) bytes[0] = 1;
    const from = process.cpuUsage().user;
    while (bytes[0] === 0xff && process.cpuUsage().user < from + 20_000);
  });
  const slow: FuzzTarget = { ...target, limitMs: 10 };
  const report = await fuzz(slow, { ...options, executions: 600, feedback });
  expect(report.findings.map(({ key }) => key).sort()).toEqual([
    'an input ends within 10 ms',
    'the input is not changed',
  ]);
});
