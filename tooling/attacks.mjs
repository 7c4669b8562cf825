// `npm run attacks`: what is tried without a grant, and what came of it, as a table by entry point.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runVitest, summary } from './vitest.mjs';
import { cacheDir, ready } from './workspace.mjs';

ready();
const table = join(cacheDir, 'attacks.txt');
mkdirSync(cacheDir, { recursive: true });
rmSync(table, { force: true });
const args = [
  'attacks.test.ts',
  'cli/test/compile.test.ts',
  '--no-file-parallelism',
  ...process.argv.slice(2),
];
const run = runVitest({ name: 'attacks', args, env: { AOS_ATTACKS: table }, quiet: true });
if (run.status !== 0) console.log(run.output);
if (existsSync(table)) console.log(readFileSync(table, 'utf8'));
console.log(`attacks: ${summary(run)}`);
process.exitCode = run.status;
