// Prints `N passed, N failed` over all results files; the last line of continuous integration.
// Usage: node tooling/tally.mjs <exit status of the steps before>
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readTally, resultsDir } from './vitest.mjs';

const stepsFailed = process.argv[2] !== '0';
const files = existsSync(resultsDir) ? readdirSync(resultsDir) : [];
const tallies = files.map((file) => readTally(join(resultsDir, file)));
const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
const counted = tallies.reduce((sum, tally) => sum + tally.failed, 0);
const failed = counted === 0 && (stepsFailed || passed === 0) ? 1 : counted;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
