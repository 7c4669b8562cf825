// `npm run test:browser`: tests in *.browser.test.ts, in the Chromium at $AOS_BROWSER or on the
// PATH. Without one they are skipped, and that is said; in continuous integration it is a failure.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runVitest, summary } from './vitest.mjs';
import { ready } from './workspace.mjs';

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The first of these programs that stands on the PATH. */
function findBrowser() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const paths = programs.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find(isProgram);
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

const browser = process.env.AOS_BROWSER || findBrowser();
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
