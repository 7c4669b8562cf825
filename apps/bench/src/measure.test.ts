import { describe, expect, it } from 'vitest';
import { type Measure, median, runMeasures } from './measure.js';

function scripted(name: string, values: number[], log: string[] = []): Measure {
  const left = [...values];
  const run = () => {
    log.push(name);
    return left.shift() ?? 0;
  };
  return { name, unit: '1/s', run };
}

describe('runMeasures', () => {
  it('answers with median, extremes and count of the runs, without the warm-up', async () => {
    const [row] = await runMeasures([scripted('a', [999, 5, 1, 3, 2, 4])], 5);
    expect(row).toMatchObject({ name: 'a', unit: '1/s', value: 3, min: 1, max: 5, runs: 5 });
    expect(row?.load).toBeGreaterThanOrEqual(0);
  });

  it('lets measures take turns', async () => {
    const log: string[] = [];
    await runMeasures([scripted('a', [], log), scripted('b', [], log)], 5);
    expect(log.join('')).toBe('ab'.repeat(6));
  });

  it('never runs fewer than five times', async () => {
    const rows = await runMeasures([scripted('a', [])], 1);
    expect(rows[0]?.runs).toBe(5);
  });

  it('runs once and last what takes minutes', async () => {
    const log: string[] = [];
    const long: Measure = { ...scripted('long', [7], log), repeat: 'once' };
    const rows = await runMeasures([long, scripted('a', [], log)], 5);
    expect(rows.at(-1)).toMatchObject({ name: 'long', value: 7, runs: 1 });
    expect(log.join('')).toBe(`${'a'.repeat(6)}long`);
  });

  it('rejects when a measure fails', async () => {
    const run = () => Promise.reject(new Error('no disk'));
    await expect(runMeasures([{ name: 'a', unit: 'ms', run }], 5)).rejects.toThrow('no disk');
  });
});

describe('median', () => {
  it.each([
    [[1], 1],
    [[1, 2], 1.5],
    [[1, 2, 9], 2],
  ])('of %j is %d', (sorted, expected) => {
    expect(median(sorted)).toBe(expected);
  });
});
