import { runStoreCutPoints } from '@aos/testing';
import { expect, it } from 'vitest';

it('whatever a store acknowledged is there after the disk is cut at any operation', async () => {
  const report = await runStoreCutPoints({ seeds: 80 });
  expect(report.problems).toEqual([]);
  expect(report.cuts).toBeGreaterThanOrEqual(500);
  expect(report.acknowledged).toBeGreaterThan(5000);
});

it('canary: the same drill sees the loss when flushes do nothing', async () => {
  const report = await runStoreCutPoints({ seeds: 5, lieAboutFlush: true });
  expect(report.problems.length).toBeGreaterThan(5);
});

it('the drill is decided by its seeds', async () => {
  const options = { firstSeed: 7, seeds: 3, lieAboutFlush: true };
  expect(await runStoreCutPoints(options)).toEqual(await runStoreCutPoints(options));
});
