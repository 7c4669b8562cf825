import { utf8 } from '@aos/canon';
import { expect, it } from 'vitest';
import { fuzz } from './fuzz-loop.js';
import { type FuzzTarget, holds } from './target.js';

/** A target that tells itself which of its blocks ran. */
function mazeOf(run: (bytes: Uint8Array, reach: (block: string) => void) => void) {
  const reached = new Set<string>();
  const target: FuzzTarget = {
    name: 'maze',
    seeds: () => [utf8('seed')],
    run: (bytes) => run(bytes, (block) => reached.add(block)),
  };
  return { target, blocks: () => reached.size };
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
  const { target, blocks } = nested();
  const report = await fuzz(target, { ...options, blocks });
  expect(report.findings.map(({ key, input }) => [key, [...input]])).toEqual([
    ['nobody gets to the end', [0x66, 0x75, 0x7a]],
  ]);
  expect(report.blocks).toBeGreaterThan(report.seedBlocks);
  const again = nested();
  const other = await fuzz(again.target, { ...options, blocks: again.blocks });
  expect(other.corpus).toEqual(report.corpus);
  const lost = await fuzz(nested().target, { ...options, blocks: () => 0 });
  expect(lost.findings).toEqual([]);
});

it('tells inputs that are changed, and those that take too long', async () => {
  const { target, blocks } = mazeOf((bytes) => {
    if (bytes[0] === 0) bytes[0] = 1;
    const from = process.cpuUsage().user;
    while (bytes[0] === 0xff && process.cpuUsage().user < from + 20_000);
  });
  const slow: FuzzTarget = { ...target, limitMs: 10 };
  const report = await fuzz(slow, { ...options, executions: 300, blocks });
  expect(report.findings.map(({ key }) => key).sort()).toEqual([
    'an input ends within 10 ms',
    'the input is not changed',
  ]);
});
