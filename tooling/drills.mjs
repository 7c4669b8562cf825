// `npm run drills`: tests in *.drill.test.ts with their large counts of kills, cuts and seeds.
// `npm test` runs the same files with a fixed sample.
// `-- --real`: only those on real processes, disks and clocks. What they tell of themselves is
// printed as a report and kept as drills.json and drills.md in the cache. However it ends, no
// process, mount or folder is left.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, type } from 'node:os';
import { join } from 'node:path';
import { killsIn, readTold, reportOf } from './drill-report.mjs';
import { guardedFolder } from './guard.mjs';
import { runVitest, summary } from './vitest.mjs';
import { cacheDir, capture, ready } from './workspace.mjs';

/** Drills on real parts. */
const REAL = ['testing/test/real/', 'kill.drill', 'daemon-kills', 'effect-kills'];

function commit() {
  const { stdout } = capture('git', ['describe', '--always', '--dirty', '--exclude=*']);
  return stdout.trim() || 'unknown';
}

const load = () => (loadavg()[0] ?? 0).toFixed(1);

const args = process.argv.slice(2).filter((each) => each !== '--real');
const files = process.argv.includes('--real') ? REAL : ['.drill.test.ts'];
ready();
const [began, loadBefore] = [new Date().toISOString(), load()];
const { folder, release: clear } = guardedFolder('aos-drills');
const lines = join(folder, 'drills.jsonl');
const run = runVitest({
  name: 'drills',
  args: [...files, '--no-file-parallelism', ...args],
  env: {
    ...{ AOS_DRILL: 'large', AOS_DRILL_REPORT: lines, TMPDIR: folder },
    AOS_PROPERTY_SEED: process.env.AOS_PROPERTY_SEED ?? 'random',
  },
});
const told = existsSync(lines) ? readTold(readFileSync(lines, 'utf8')) : [];
if (told.length > 0) {
  const { passed, failed, skipped, seconds } = run;
  const machine = {
    ...{ node: process.version, system: `${type()} ${release()}` },
    ...{ cores: availableParallelism(), cpu: cpus()[0]?.model ?? 'unknown' },
  };
  const loads = [loadBefore, load()];
  const report = { commit: commit(), began, seconds, machine, loads, kills: killsIn(told) };
  const about = [
    ...[`Commit ${report.commit}`, began, `${seconds.toFixed(0)} s`],
    ...[`Node ${machine.node}`, machine.system, `${machine.cores} × ${machine.cpu}`],
    `load ${loads.join(' to ')}`,
  ];
  const text = reportOf(told, about);
  console.log(`\n${text}`);
  const whole = { ...report, passed, failed, skipped, drills: told };
  writeFileSync(join(cacheDir, 'drills.json'), `${JSON.stringify(whole, null, 2)}\n`);
  writeFileSync(join(cacheDir, 'drills.md'), text);
}
await clear();
console.log(`drills: ${summary(run)}`);
process.exitCode = run.status;
