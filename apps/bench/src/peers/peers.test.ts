import { describe, expect, it } from 'vitest';
import { aosInProcess } from '../systems/aos-in-process.js';
import type { Running, System } from '../systems/system.js';
import { compare } from './compare.js';
import { type Effort, QUICK } from './effort.js';
import { drawReport } from './picture.js';
import { FIGURES, Figures } from './rows.js';

const TINY: Effort = {
  ...QUICK,
  concurrency: [8],
  tryMs: 15,
  warmUpMs: 5,
  runMs: 40,
  killed: 3,
  killedStepMs: 1,
  grownEvents: 20,
  grownMs: 50,
};

const ports = { absent: new Map<string, string>(), tell: () => undefined };
const facts = { packages: [], durability: 'none', client: 'none' };

/** A system in memory; `lost` events are acknowledged and forgotten. */
function sketched(lost = 0): System {
  const counts = new Map<string, number>();
  const begun = new Set<string>();
  let left = lost;
  const running: Running = {
    pids: [process.pid],
    add: async (key) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (left > 0) left -= 1;
      else counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    count: async (key) => counts.get(key) ?? 0,
    run: async (_id, steps) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return steps === 1 ? 1 : 6;
    },
    begin: async (id) => {
      begun.add(id);
    },
    finished: async (_prefix, count) => Math.min(count, begun.size - 1),
    untilFinished: async () => {
      begun.add('the last');
    },
    stop: async () => undefined,
    kill: async () => undefined,
  };
  const found = async (directory: string) => {
    counts.clear();
    begun.clear();
    return { data: directory, start: async () => running };
  };
  return { name: 'sketch', keeps: true, facts, found };
}

describe('the comparison', () => {
  it('measures every work of a system, in order', async () => {
    const [figures] = await compare([sketched()], TINY, ports);
    const rows = figures?.rows() ?? [];
    expect(rows.map(({ name }) => name)).toEqual(
      Object.keys(FIGURES).map((figure) => `${figure}.sketch`),
    );
    expect(rows.filter(({ value }) => value === null)).toEqual([]);
    expect(rows[0]).toMatchObject({ unit: '1/s', runs: 1, concurrency: 8 });
    expect(rows.find(({ name }) => name === 'resume-after-kill.sketch')?.count).toBe(1);
  });

  it('gives up a system that forgets what it acknowledged, and says so', async () => {
    const [figures] = await compare([sketched(1)], TINY, ports);
    expect(figures?.failure).toMatch(/were acknowledged, \d+ counted/);
    expect(figures?.rows().every(({ reason }) => reason === figures.failure)).toBe(true);
  });

  it('tells a system that is absent with its reason, and goes on with the others', async () => {
    const absent = new Map([['sketch', 'not installed: no network']]);
    const [gone, there] = await compare([sketched(), { ...sketched(), name: 'other' }], TINY, {
      ...ports,
      absent,
    });
    expect(gone?.rows()[0]).toMatchObject({ value: null, reason: 'not installed: no network' });
    expect(there?.rows()[0]?.value).toBeGreaterThan(0);
  });

  it('runs our own host in this process', async () => {
    const [figures] = await compare([aosInProcess], TINY, ports);
    expect(figures?.failure).toBeUndefined();
    const rows = figures?.rows() ?? [];
    expect(rows.slice(0, 4).every(({ value }) => (value ?? 0) > 0)).toBe(true);
    expect(rows.slice(4).every(({ value, reason }) => value === null && reason)).toBe(true);
  });
});

describe('rows', () => {
  it('are medians with their extremes', () => {
    const figures = new Figures('sketch');
    for (const value of [5, 1, 3, 2, 4]) figures.add('cold-start', value, { count: 7 });
    const row = figures.rows().find(({ name }) => name === 'cold-start.sketch');
    expect(row).toMatchObject({ value: 3, min: 1, max: 5, runs: 5, unit: 'ms', count: 7 });
  });
});

describe('the picture', () => {
  it('has a bar for what was measured and words for what was not', () => {
    const figures = new Figures('restate');
    figures.add('counter-1-key', 1234);
    figures.fail('not installed: a < b');
    const svg = drawReport({
      machine: { cpu: 'a processor', cores: 2, memory_gib: 4, node: 'v20' },
      effort: TINY,
      systems: [{ name: 'restate', durability: '', client: '', versions: {} }],
      rows: figures.rows(),
    });
    expect(svg).toContain('1,234');
    expect(svg).toContain('not installed: a &lt; b');
    expect(svg).toContain('prefers-color-scheme: dark');
  });
});
