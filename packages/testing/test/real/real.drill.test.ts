/**
 * Failures of real parts: processes that are killed, disks that are full, broken or taken away,
 * writers that race, clocks that go back. `npm run drills -- --real` runs them in large numbers.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DiskOrdeal } from './disks/disk-ordeal.js';
import { runFailingDisk } from './disks/failing-disk.js';
import {
  type DiskSetting,
  daemonProgram,
  drillFileLimit,
  drillFullDisk,
  drillNoNames,
  drillReadOnly,
  drillThinDisk,
} from './disks/full-disks.js';
import { BUNDLING_MS, bundlePrograms } from './drill-programs.js';
import { type Drilled, expectNone, reported, type Skipped } from './drill-report.js';
import { changeWriter, runChangeKills } from './kills/change-kills.js';
import { growthWriter, runGrowthKills } from './kills/growth-kills.js';
import { runClocks } from './times/clocks.js';
import { runTimerDay, timerHost } from './times/timer-day.js';
import { racingWriter, runRaces } from './writers/races.js';

const LARGE = process.env.AOS_DRILL === 'large';
const shiftedClock = new URL('./times/shifted-clock.mjs', import.meta.url);
/** A sample, or the large number. */
const sized = (few: number, many: number) => (LARGE ? many : few);

let root = '';
/** By their places, as bundled. */
let programs: ReadonlyMap<URL, string>;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'aos-real-'));
  programs = await bundlePrograms(root, [
    ...[growthWriter, changeWriter, daemonProgram, racingWriter, timerHost],
  ]);
}, BUNDLING_MS);
const programOf = (url: URL) => programs.get(url) as string;
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('writers that are killed', () => {
  it('while they take snapshots, prune and collect lose nothing', async () => {
    const kills = sized(3, 150);
    const done = 'SIGKILL while a world is fed, snapshotted, pruned and collected';
    await reported('kills: growth', done, async () => {
      const { problems, pruned, collected } = await runGrowthKills(
        root,
        programOf(growthWriter),
        kills,
      );
      expectNone(problems);
      return { count: kills, unit: 'kills', found: `${pruned} prunes, ${collected} collected` };
    });
  });

  it('while they change their definition have one of the two', async () => {
    const kills = sized(2, 180);
    const done = 'SIGKILL while definitions are proposed, approved and applied';
    await reported('kills: governance', done, async () => {
      const program = programOf(changeWriter);
      const { problems, changed } = await runChangeKills(root, program, kills);
      expectNone(problems);
      return { count: kills, unit: 'kills', found: `in force after ${changed}` };
    });
  });
});

describe('a disk under a daemon', () => {
  type DiskDrill = (setting: DiskSetting) => Promise<Drilled | Skipped>;
  const cases: readonly (readonly [drill: string, done: string, DiskDrill])[] = [
    ['disk: full', 'a tmpfs is filled, made read-only, emptied', drillFullDisk],
    ['disk: names', 'a tmpfs has no inodes left', drillNoNames],
    ['disk: read-only', 'an ext4 finds errors and turns read-only', drillReadOnly],
    ['disk: lost writes', 'an ext4 on a thin disk loses what is flushed', drillThinDisk],
    ['disk: file size', 'no file may grow (RLIMIT_FSIZE)', drillFileLimit],
  ];

  it.each(cases)('%s: %s', async (drill, done, run) => {
    const program = programOf(daemonProgram);
    await reported(drill, done, () => run({ root, program, rounds: sized(1, 4) }));
  });
});

describe('a disk of which one operation fails', () => {
  it('stops the world with a clear fault, and loses nothing', async () => {
    const stride = sized(43, 1);
    const done = 'each operation of opening, writing, clearing, closing fails once';
    await reported('disk: EIO', done, async () => {
      const { cases, failed, problems } = await runFailingDisk(root, stride);
      expectNone(problems);
      const kinds = [...failed].map(([name, count]) => `${name} ${count}`);
      return { count: cases, unit: 'failures', found: kinds.join(', ') };
    });
  });
});

describe('writers that race', () => {
  it('are one at a time, whoever was killed', async () => {
    const races = sized(2, 90);
    const done = 'three processes open one world, the winner is killed or closes';
    await reported('writers: races', done, async () => {
      const { kills, refused, problems } = await runRaces(root, programOf(racingWriter), races);
      expectNone(problems);
      return { count: races, unit: 'races', found: `${kills} killed, ${refused} refused` };
    });
  });
});

describe('clocks and timers', () => {
  it('a wall clock that is set changes nothing of what has passed', async () => {
    const done = 'the wall clock is set by up to 2^65 ns, while timers are set';
    await reported('clock: set back', done, async () => {
      const { jumps, alarms, problems } = await runClocks(root, sized(1, 10));
      expectNone(problems);
      return { count: jumps, unit: 'jumps', found: `${alarms} timers in time` };
    });
  });

  it('a daemon puts up with a clock that is set all the time', async () => {
    const done = 'the clock of a daemon under load goes back by an hour, ten times a second';
    await reported('clock: daemon', done, async () => {
      const ordeal = new DiskOrdeal(join(root, 'shifted'), programOf(daemonProgram));
      const rounds = sized(6, 100);
      await ordeal.found();
      await ordeal.start({ options: ['--import', shiftedClock.href] });
      expect([...(await ordeal.load(rounds))]).toEqual([]);
      await ordeal.finish();
      expectNone(ordeal.problems);
      return { count: ordeal.acknowledged, unit: 'events' };
    });
  });

  it('a day of timers fires once, in order', async () => {
    const [timers, kills] = [sized(300, 86_400), sized(1, 8)];
    const done = `timers a second apart in virtual time, over ${kills} SIGKILLs of their host`;
    await reported('timers: a day', done, async () => {
      const program = programOf(timerHost);
      const { problems } = await runTimerDay(root, { program, timers, kills });
      expectNone(problems);
      return { count: timers, unit: 'timers', found: 'each once, none early or late' };
    });
  });
});
