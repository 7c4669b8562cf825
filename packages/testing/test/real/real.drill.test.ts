/**
 * Failures of real parts: processes that are killed, disks that are full, broken or taken away,
 * writers that race, clocks that go back. `npm run drills -- --real` runs them in large numbers.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlePrograms } from './drill-programs.js';
import { reported } from './drill-report.js';
import { changeWriter, runChangeKills } from './kills/change-kills.js';
import { growthWriter, runGrowthKills } from './kills/growth-kills.js';

const LARGE = process.env.AOS_DRILL === 'large';
/** A sample, or the large number. */
const sized = (few: number, many: number) => (LARGE ? many : few);

let root = '';
/** By their places, as bundled. */
let programs: ReadonlyMap<URL, string>;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'aos-real-'));
  programs = await bundlePrograms(root, [growthWriter, changeWriter]);
});
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
      expect(problems).toEqual([]);
      return { count: kills, unit: 'kills', found: `${pruned} prunes, ${collected} collected` };
    });
  });

  it('while they change their definition have one of the two', async () => {
    const kills = sized(2, 150);
    const done = 'SIGKILL while definitions are proposed, approved and applied';
    await reported('kills: governance', done, async () => {
      const program = programOf(changeWriter);
      const { problems, changed } = await runChangeKills(root, program, kills);
      expect(problems).toEqual([]);
      return { count: kills, unit: 'kills', found: `in force after ${changed}` };
    });
  });
});
