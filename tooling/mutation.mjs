// `npm run mutation`: changes the code of the targets in small ways, one at a time, and counts the
// changes that their tests notice. `-- gate` for one target, `-- gate --mutate <file>` for a file.
// Ends with 1 where a target has less than the share of tooling/mutation/targets.mjs.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TARGET_VARIABLE, targets } from './mutation/targets.mjs';
import { cacheDir, installed, root, toolEnv } from './workspace.mjs';

const LEAST_PERCENT = 85;
const folder = join(cacheDir, 'mutation');

/** All that the tests of a target may read; everything else stays out of the copy. */
const copied = [
  ...['*.json', '*.ts', 'tooling/*.mjs', 'tooling/mutation/**', 'spec/{vectors,journals}/**'],
  ...['{packages,apps}/*/package.json', 'packages/{canon,air,protocol,kernel}/{src,test}/**'],
];

/** @param {string} name @param {import('./mutation/targets.mjs').Target} target */
function strykerOptions(name, { mutate }) {
  return {
    plugins: ['@stryker-mutator/vitest-runner', join(root, 'tooling/mutation/texts.mjs')],
    ignorers: ['texts'],
    testRunner: 'vitest',
    vitest: { configFile: 'tooling/mutation/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    mutate: [...mutate, '!**/*.test.ts'],
    ignorePatterns: ['**', ...copied.map((glob) => `!${glob}`), '**/node_modules'],
    // What runs when a module is loaded would need a process of its own for every mutant.
    ignoreStatic: true,
    concurrency: 2,
    timeoutMS: 120_000,
    dryRunTimeoutMinutes: 30,
    incremental: true,
    incrementalFile: join(folder, `${name}.incremental.json`),
    tempDirName: join(tmpdir(), `aos-mutation-${process.pid}`),
    reporters: ['clear-text', 'progress-append-only', 'json'],
    clearTextReporter: { logTests: false, reportTests: false },
    jsonReporter: { fileName: join(folder, `${name}.json`) },
    thresholds: { high: 95, low: LEAST_PERCENT, break: LEAST_PERCENT },
    // Vitest strips types without a look at them, and needs no tsconfig for that.
    disableTypeChecks: false,
    tsconfigFile: 'none.json',
  };
}

/** @param {string} name @param {string[]} options */
function run(name, options) {
  const target = targets[name];
  if (target === undefined) {
    console.error(`mutation: ${name} is none of ${Object.keys(targets).join(', ')}`);
    return 1;
  }
  mkdirSync(folder, { recursive: true });
  const config = join(folder, `${name}.config.json`);
  writeFileSync(config, JSON.stringify(strykerOptions(name, target), null, 2));
  const stryker = join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  const { status } = spawnSync(process.execPath, [stryker, 'run', config, ...options], {
    cwd: root,
    env: { ...toolEnv, [TARGET_VARIABLE]: name },
    stdio: 'inherit',
  });
  return status ?? 1;
}

installed();
const [first, ...rest] = process.argv.slice(2);
const isNamed = first !== undefined && !first.startsWith('-');
const names = isNamed ? [first] : Object.keys(targets);
const options = isNamed ? rest : process.argv.slice(2);
process.exitCode = Math.max(...names.map((name) => run(name, options)));
