// `npm run drills`: tests in *.drill.test.ts with their large counts of kills, cuts and seeds.
// `npm test` runs the same files with a fixed sample.
// `-- --real`: only those on real processes, disks and clocks. What they tell of themselves is
// printed as a table and kept as drills.json and drills.md in the cache.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runVitest, summary } from './vitest.mjs';
import { cacheDir, ready } from './workspace.mjs';

/** Drills on real parts. */
const REAL = ['testing/test/real/', 'kill.drill', 'daemon-kills', 'effect-kills'];

/**
 * @typedef {object} Told
 * @property {string} drill
 * @property {string} done
 * @property {'passed' | 'failed' | 'skipped'} result
 * @property {number} [count]
 * @property {string} [unit]
 * @property {string} [found]    what was found beside
 * @property {string} [skipped]  why
 * @property {number} seconds
 */

/** @param {string} file @returns {Told[]} */
function readTold(file) {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

/** @param {readonly Told[]} told */
function tableOf(told) {
  const rows = told.map(({ drill, done, count = 0, unit = '', result, ...more }) => {
    const { found, skipped, seconds } = more;
    const why = skipped ?? found?.split('\n')[0]?.replaceAll('|', '/');
    const counted = unit === '' ? '' : `${count} ${unit}`;
    return [drill, done, counted, why ? `${result}: ${why}` : result, seconds.toFixed(1)];
  });
  const all = [['drill', 'what is done', 'count', 'result', 'seconds'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((n) => Math.max(...all.map((row) => row[n]?.length ?? 0)));
  const lines = all.map(
    (row) => `| ${row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(' | ')} |`,
  );
  const ruler = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [lines[0], ruler, ...lines.slice(1)].join('\n');
}

const args = process.argv.slice(2).filter((each) => each !== '--real');
const files = process.argv.includes('--real') ? REAL : ['.drill.test.ts'];
ready();
const lines = join(cacheDir, 'drills.jsonl');
rmSync(lines, { force: true });
const run = runVitest({
  name: 'drills',
  args: [...files, '--no-file-parallelism', ...args],
  env: {
    ...{ AOS_DRILL: 'large', AOS_DRILL_REPORT: lines },
    AOS_PROPERTY_SEED: process.env.AOS_PROPERTY_SEED ?? 'random',
  },
});
const told = readTold(lines);
const line = `drills: ${summary(run)}`;
if (told.length > 0) {
  const table = tableOf(told);
  const kills = told.reduce((sum, { unit, count = 0 }) => sum + (unit === 'kills' ? count : 0), 0);
  console.log(`\n${table}\n\n${kills} processes were killed with SIGKILL.`);
  const { passed, failed, skipped, seconds } = run;
  const report = { node: process.version, kills, passed, failed, skipped, seconds, drills: told };
  writeFileSync(join(cacheDir, 'drills.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(cacheDir, 'drills.md'), `${table}\n`);
  rmSync(lines);
}
console.log(line);
process.exitCode = run.status;
