// `npm test`: every test of the workspace except those that need data from outside it, a
// browser or a terminal.
// Arguments go to vitest: npm test -- packages/canon
import { runVitest, summary } from './vitest.mjs';
import { ready } from './workspace.mjs';

ready();
const run = runVitest({
  name: 'test',
  args: process.argv.slice(2),
  env: {
    ...{ AOS_CONFORMANCE: undefined, AOS_DRILL: undefined },
    ...{ AOS_BROWSER: undefined, AOS_TMUX: undefined },
  },
});
console.log(`npm test: ${summary(run)}`);
process.exitCode = run.status;
