/** A world on a disk that is cut: nothing acknowledged is lost, and lived = replayed. */
import { runWorldCutPoints, type WorldDrillSubject } from '@aos/testing';
import { WasmEngine } from '@aos/wasm';
import { describe, expect, it } from 'vitest';
import { foundCounter, operator, start, tick } from './counter-world.js';

/** Three cut points a seed. */
const SEEDS = process.env.AOS_DRILL === 'large' ? 10_000 : 200;

const { genesis, objects } = foundCounter();
const subject: WorldDrillSubject = {
  genesis,
  objects,
  newEngine: () => new WasmEngine(),
  operator,
  event: (count) => (count === 0 ? start : tick),
};

describe('a world on a disk that is cut anywhere', () => {
  it(`keeps every acknowledged event and replays to itself, over ${3 * SEEDS} cuts`, async () => {
    const report = await runWorldCutPoints(subject, { seeds: SEEDS });
    expect(report.problems).toEqual([]);
    expect(report.cuts).toBe(3 * SEEDS);
    expect(report.acknowledged).toBeGreaterThan(SEEDS);
    expect(report.fromSnapshot).toBeGreaterThan(SEEDS / 4);
  });

  it('canary: a disk whose flushes do nothing is found out', async () => {
    const report = await runWorldCutPoints(subject, { seeds: 40, lieAboutFlush: true });
    expect(report.problems.join('\n')).toMatch(/acknowledged record \d+ is gone/);
  });
});
