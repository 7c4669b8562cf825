/**
 * Failures of real parts: processes that are killed, disks that are full, broken or taken away,
 * writers that race, clocks that go back. `npm run drills -- --real` runs them in large numbers.
 * Each has canaries: parts that are broken, which it must find out.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { runFailingDisk } from './disks/failing-disk.js';
import {
  type DiskDrill,
  daemonProgram,
  drillFileLimit,
  drillFullDisk,
  drillNoNames,
  drillReadOnly,
  drillThinDisk,
} from './disks/full-disks.js';
import { BUNDLING_MS, bundlePrograms } from './drill-programs.js';
import { canary, drill, expectNone, LARGE } from './drill-report.js';
import { changeWriter, runChangeKills } from './kills/change-kills.js';
import { growthWriter, runGrowthKills } from './kills/growth-kills.js';
import { runClocks } from './times/clocks.js';
import { runShiftedDaemon } from './times/shifted-daemon.js';
import { judgeDay, runTimerDay, timerHost } from './times/timer-day.js';
import { racingWriter, runRaces } from './writers/races.js';

/** A sample, or the large number. */
const sized = (few: number, many: number) => (LARGE ? many : few);

let root = '';
let folders = 0;
/** By their places, as bundled. */
let programs: ReadonlyMap<URL, string>;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'aos-real-'));
  programs = await bundlePrograms(root, [
    ...[growthWriter, changeWriter, daemonProgram, racingWriter, timerHost],
  ]);
}, BUNDLING_MS);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder of its own, and a program as it was bundled. */
function stage(url: URL) {
  const own = join(root, `${folders++}`);
  mkdirSync(own);
  return { root: own, program: programs.get(url) as string };
}
const isLarge = true;
const lied = 'flushes do nothing';

describe('writers that are killed', () => {
  const growing = 'SIGKILL while a world is fed, snapshotted, pruned and collected';
  drill('kills: growth', 'clearing away loses nothing', growing, async () => {
    const kills = sized(3, 150);
    const { problems, pruned, collected } = await runGrowthKills({ ...stage(growthWriter), kills });
    expectNone(problems);
    return { count: kills, unit: 'kills', found: `${pruned} prunes, ${collected} collected` };
  });
  canary(
    { of: 'kills: growth', broken: lied, says: /acknowledged record \d+ is gone/, isLarge },
    () => runGrowthKills({ ...stage(growthWriter), kills: 2, broken: 'no-flush' }),
  );

  const changing = 'SIGKILL while definitions are proposed, approved and applied';
  drill('kills: governance', 'one of two definitions is in force', changing, async () => {
    const kills = sized(2, 180);
    const { problems, changed } = await runChangeKills({ ...stage(changeWriter), kills });
    expectNone(problems);
    return { count: kills, unit: 'kills', found: `in force after ${changed}` };
  });
  canary(
    { of: 'kills: governance', broken: lied, says: /is not the acknowledged one/, isLarge },
    () => runChangeKills({ ...stage(changeWriter), kills: 2, broken: 'no-flush' }),
  );
});

describe('a disk under a daemon', () => {
  const cases: readonly (readonly [drill: string, done: string, DiskDrill])[] = [
    ['disk: full', 'a tmpfs is filled, made read-only, emptied', drillFullDisk],
    ['disk: names', 'a tmpfs has no inodes left', drillNoNames],
    ['disk: read-only', 'an ext4 finds errors and turns read-only', drillReadOnly],
    ['disk: lost writes', 'an ext4 on a thin disk loses what is flushed', drillThinDisk],
    ['disk: file size', 'no file may grow (RLIMIT_FSIZE)', drillFileLimit],
  ];
  const broken = 'failures of the disk are taken for success';
  const says = /nobody was told anything|opening: (?!store-failed)/;

  for (const [name, done, run] of cases) {
    drill(name, 'stops the world with advice, and loses nothing', done, () =>
      run({ ...stage(daemonProgram), rounds: sized(1, 4) }),
    );
    canary({ of: name, broken, says, isLarge }, () =>
      run({ ...stage(daemonProgram), rounds: 1, broken: 'deaf' }),
    );
  }
});

describe('a disk of which one operation fails', () => {
  const stride = sized(43, 1);
  const done = 'each operation of opening, writing, clearing, closing fails once';
  drill('disk: EIO', 'stops the world with a clear fault, and loses nothing', done, async () => {
    const { cases, failed, problems } = await runFailingDisk(stage(timerHost).root, stride);
    expectNone(problems);
    const kinds = [...failed].map(([name, count]) => `${name} ${count}`);
    return { count: cases, unit: 'failures', found: kinds.join(', ') };
  });
  const deaf = 'failures of the disk are taken for success';
  const gone = /is gone|damage in segment|does not verify|another \d+/;
  canary({ of: 'disk: EIO', broken: deaf, says: gone, isLarge }, () =>
    runFailingDisk(stage(timerHost).root, 7, 'deaf'),
  );
  const left = /files are left open/;
  canary({ of: 'disk: EIO', broken: 'files are never let go of', says: left }, () =>
    runFailingDisk(stage(timerHost).root, 43, 'no-close'),
  );
});

describe('writers that race', () => {
  const done = 'three processes open one world, the winner is killed or closes';
  drill('writers: races', 'one has the world, whoever was killed', done, async () => {
    const races = sized(2, 90);
    const { kills, refused, problems } = await runRaces({ ...stage(racingWriter), races });
    expectNone(problems);
    return { count: races, unit: 'races', found: `${kills} killed, ${refused} refused` };
  });
  const says = /[23] have the world|writer-fenced/;
  canary({ of: 'writers: races', broken: 'the lock locks nothing', says, isLarge }, () =>
    runRaces({ ...stage(racingWriter), races: 1, broken: 'no-lock' }),
  );
});

describe('clocks', () => {
  const setting = 'the wall clock is set by up to 2^65 ns, while timers are set';
  drill('clock: set back', 'nothing changes of what has passed', setting, async () => {
    const { jumps, alarms, problems } = await runClocks(stage(timerHost).root, sized(1, 10));
    expectNone(problems);
    return { count: jumps, unit: 'jumps', found: `${alarms} timers in time` };
  });
  const stands = 'what is measured follows the wall clock';
  canary({ of: 'clock: set back', broken: stands, says: /^fired: / }, () =>
    runClocks(stage(timerHost).root, 1, 'wall-only'),
  );
  const young = 'what is young is collected';
  canary({ of: 'clock: set back', broken: young, says: /what nobody has named yet is gone/ }, () =>
    runClocks(stage(timerHost).root, 1, 'no-grace'),
  );

  const shifting = 'the clock of a daemon under load goes back by an hour, ten times a second';
  drill('clock: daemon', 'its time goes on by what has passed', shifting, async () => {
    const { problems, events } = await runShiftedDaemon(stage(daemonProgram), sized(6, 100));
    expectNone(problems);
    return { count: events, unit: 'events' };
  });
  const still = /of the world passed in/;
  canary({ of: 'clock: daemon', broken: stands, says: still, isLarge }, () =>
    runShiftedDaemon(stage(daemonProgram), 12, 'wall-only'),
  );
});

describe('timers', () => {
  const [timers, kills] = [sized(300, 86_400), sized(1, 8)];
  const done = `timers a second apart in virtual time, over ${kills} SIGKILLs of their host`;
  drill('timers: a day', 'each fires once, in order, none early', done, async () => {
    const { problems } = await runTimerDay({ ...stage(timerHost), timers, kills });
    expectNone(problems);
    return { count: timers, unit: 'timers', found: 'each once, none early or late' };
  });

  const day = { timers: 30, kills: 0 };
  const of = 'timers: a day';
  const hangs = /SIGALRM behind 'fired \d+'/;
  canary({ of, broken: 'one never fires', says: hangs, isLarge }, () =>
    runTimerDay({ ...stage(timerHost), ...day, broken: 'mute', patienceMs: 8000 }),
  );
  canary({ of, broken: 'one fires early', says: /fired (?:early|out of turn)/, isLarge }, () =>
    runTimerDay({ ...stage(timerHost), ...day, broken: 'early' }),
  );
  canary({ of, broken: 'one fires late', says: hangs, isLarge }, () =>
    runTimerDay({ ...stage(timerHost), ...day, broken: 'late', patienceMs: 8000 }),
  );
  canary({ of, broken: 'one fires twice', says: /one fired twice/, isLarge }, async () => {
    const { records } = await runTimerDay({ ...stage(timerHost), ...day });
    return { problems: judgeDay([...records, ...records.slice(-1)], day) };
  });
  canary({ of, broken: 'time goes back', says: /time goes back at \d+/, isLarge }, async () => {
    const { records } = await runTimerDay({ ...stage(timerHost), ...day });
    return { problems: judgeDay([...records].reverse(), day) };
  });
});
