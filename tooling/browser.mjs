// `npm run test:browser`: tests in *.browser.test.ts, in the Chromium at $AOS_BROWSER or on the
// PATH. Without one they are skipped, and that is said; in continuous integration it is a failure.
import { findProgram } from './find-program.mjs';
import { runVitest, summary } from './vitest.mjs';
import { ready } from './workspace.mjs';

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const browser = process.env.AOS_BROWSER || findProgram(programs);
if (browser !== undefined) {
  ready();
  const args = ['.browser.test.ts', ...process.argv.slice(2)];
  const run = runVitest({ name: 'browser', args, env: { AOS_BROWSER: browser } });
  console.log(`test:browser: ${summary(run)}`);
  process.exitCode = run.status;
} else {
  console.log('test:browser: skipped: no chromium on the PATH, and AOS_BROWSER names none');
  process.exitCode = process.env.CI ? 1 : 0;
}
