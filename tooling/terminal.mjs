// `npm run test:terminal`: tests in *.terminal.test.ts, which type at a real terminal, that of tmux
// at $AOS_TMUX or on the PATH. Without one they are skipped, and that is said; in continuous
// integration it is a failure.
import { findProgram } from './find-program.mjs';
import { runVitest, summary } from './vitest.mjs';
import { ready } from './workspace.mjs';

const tmux = process.env.AOS_TMUX || findProgram(['tmux']);
if (tmux !== undefined) {
  ready();
  const args = ['.terminal.test.ts', ...process.argv.slice(2)];
  const run = runVitest({ name: 'terminal', args, env: { AOS_TMUX: tmux } });
  console.log(`test:terminal: ${summary(run)}`);
  process.exitCode = run.status;
} else {
  console.log('test:terminal: skipped: no tmux on the PATH, and AOS_TMUX names none');
  process.exitCode = process.env.CI ? 1 : 0;
}
