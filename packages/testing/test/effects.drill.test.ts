/** Effects over cuts: none before it is durable, none lost, none twice under another key. */
import { type EffectDrillSubject, runEffectCutPoints } from '@aos/testing';
import { WasmEngine } from '@aos/wasm';
import { describe, expect, it } from 'vitest';
import { answerAsked, foundAsking, order } from './asking-world.js';
import { makeSigner, operator } from './counter-world.js';

/** Four cut points a seed. */
const SEEDS = process.env.AOS_DRILL === 'large' ? 5000 : 100;

const { genesis, objects } = foundAsking();
const subject: EffectDrillSubject = {
  genesis,
  objects,
  newEngine: () => new WasmEngine(),
  operator,
  signer: makeSigner(),
  kinds: ['ask'],
  event: order,
  answer: answerAsked,
};

describe('effects of a world that is cut anywhere', () => {
  it(`are durable first, never lost, and repeated as themselves, ${4 * SEEDS} times`, async () => {
    const report = await runEffectCutPoints(subject, { seeds: SEEDS });
    expect(report.problems).toEqual([]);
    expect(report.cuts).toBe(4 * SEEDS);
    expect(report.starts).toBeGreaterThan(10 * SEEDS);
    expect(report.repeated).toBeGreaterThan(SEEDS / 2);
  });

  it('canary: a disk whose flushes do nothing is found out', async () => {
    const report = await runEffectCutPoints(subject, { seeds: 20, lieAboutFlush: true });
    expect(report.problems.join('\n')).toMatch(/was started and is not there/);
  });
});
