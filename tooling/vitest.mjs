// Runs vitest, keeps its counts in a file, and reads them back: shared by `npm test`, conformance,
// drills, matrix and the last line of continuous integration.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, root, toolEnv } from './workspace.mjs';

export const resultsDir = join(cacheDir, 'results');

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */
/**
 * @typedef {object} TestRun
 * @property {string} name          of the results file: `<results>/<name>.json`
 * @property {string[]} [args]      further arguments of vitest: path filters, options
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [node]        binary to run under, this one unless told
 * @property {boolean} [quiet]      keep what vitest prints instead of showing it
 */

/**
 * One vitest run. `failed` is at least 1 when vitest failed, whatever it counted.
 * @param {TestRun} run @returns {Tally & { status: number, seconds: number, output: string }}
 */
export function runVitest({ name, args = [], env = {}, node = process.execPath, quiet = false }) {
  mkdirSync(resultsDir, { recursive: true });
  const results = join(resultsDir, `${name}.json`);
  rmSync(results, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const startedAt = performance.now();
  const child = spawnSync(node, [vitest, 'run', ...reporters, ...args], {
    cwd: root,
    env: { ...toolEnv, ...env },
    stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    encoding: 'utf8',
    maxBuffer: 256 * 2 ** 20,
  });
  const status = child.status ?? 1;
  const tally = readTally(results);
  if (status !== 0 && tally.failed === 0) tally.failed = 1;
  const seconds = (performance.now() - startedAt) / 1000;
  return { ...tally, status, seconds, output: `${child.stdout ?? ''}${child.stderr ?? ''}` };
}

/**
 * Counts of a results file. A test file that could not even load counts as one failed case.
 * @param {string} file @returns {Tally}
 */
export function readTally(file) {
  if (!existsSync(file)) return { passed: 0, failed: 0, skipped: 0 };
  const results = JSON.parse(readFileSync(file, 'utf8'));
  const broken = results.testResults.filter(
    (/** @type {{ status: string, assertionResults: { status: string }[] }} */ suite) =>
      suite.status === 'failed' && suite.assertionResults.every((test) => test.status !== 'failed'),
  );
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + broken.length,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

/** @param {Tally & { seconds: number }} run */
export function summary({ passed, failed, skipped, seconds }) {
  const aside = skipped > 0 ? `, ${skipped} skipped` : '';
  return `${passed} passed, ${failed} failed${aside} in ${seconds.toFixed(1)} s`;
}
