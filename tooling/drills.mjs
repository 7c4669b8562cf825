// `npm run drills`: tests in *.drill.test.ts with their large counts of kills, cuts and seeds.
// `npm test` runs the same files with a fixed sample.
import { runVitest, summary } from './vitest.mjs';
import { ready } from './workspace.mjs';

ready();
const run = runVitest({
  name: 'drills',
  args: ['.drill.test.ts', '--no-file-parallelism', ...process.argv.slice(2)],
  env: { AOS_DRILL: 'large', AOS_PROPERTY_SEED: process.env.AOS_PROPERTY_SEED ?? 'random' },
});
console.log(`drills: ${summary(run)}`);
process.exitCode = run.status;
