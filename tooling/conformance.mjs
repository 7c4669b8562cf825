// `npm run conformance`: tests in *conformance.test.ts, against data that is kept elsewhere:
// in $AOS_CONFORMANCE, or else in ../shared/conformance beside it.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { runVitest, summary } from './vitest.mjs';
import { ready, root } from './workspace.mjs';

const told = process.env.AOS_CONFORMANCE;
const data = resolve(root, told || '../shared/conformance');

if (existsSync(data)) {
  ready();
  const args = ['conformance.test.ts', ...process.argv.slice(2)];
  const run = runVitest({ name: 'conformance', args, env: { AOS_CONFORMANCE: data } });
  console.log(`conformance: ${summary(run)}`);
  process.exitCode = run.status;
} else if (told) {
  console.error(`conformance: AOS_CONFORMANCE names ${data}, which does not exist`);
  process.exitCode = 1;
} else {
  console.log('conformance: not checked');
}
