import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeOrderFolder } from './order-folder.js';
import { keptOf, SCRIPT, type Step, wordsOf } from './script.js';
import { quoted, Terminal } from './terminal.js';

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const PROGRAM = fileOf('../dist/main.js');
const SOURCE = fileOf('../../../examples/01-hello-timer/world.mjs');

const ESCAPE = '\u001b';

let root = '';
let terminal: Terminal;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'aos-terminal-'));
  writeOrderFolder(join(root, 'folder'));
  writeOrderFolder(join(root, 'change'), 'demo/More@1');
  writeFileSync(join(root, 'note'), 'a blob');
  for (const part of ['air', 'reducer-ts']) {
    cpSync(join(dirname(SOURCE), part), join(root, 'sources', part), { recursive: true });
  }
  terminal = new Terminal(process.env.AOS_TMUX ?? 'tmux', {
    ...{ AOS_HOME: join(root, 'home'), XDG_RUNTIME_DIR: root, PS1: '', TERM: 'screen-256color' },
    AOS_WORLD: join(root, 'world'),
  });
  await terminal.run(`aos() { ${quoted(process.execPath)} ${quoted(PROGRAM)} "$@"; }`);
});
afterAll(() => {
  terminal?.close();
  rmSync(root, { recursive: true, force: true });
});

describe('at a terminal', () => {
  it('every command is lived through, and shows people what they need', async () => {
    let known: Readonly<Record<string, string>> = {
      $world: join(root, 'world'),
      $folder: join(root, 'folder'),
      $change: join(root, 'change'),
      $note: join(root, 'note'),
      $copy: join(root, 'copy'),
      $pulled: join(root, 'pulled'),
      $fork: join(root, 'fork'),
      $bundle: join(root, 'bundle'),
      $attested: join(root, 'attested'),
      $imported: join(root, 'imported'),
      $source: SOURCE,
      $air: join(root, 'air'),
      $sources: join(root, 'sources'),
    };
    const wrong: string[] = [];
    for (const step of SCRIPT) {
      const line = ['aos', ...wordsOf(step, known).map(quoted)].join(' ');
      const { exitCode, text: said } = await terminal.run(line, () => answer(step));
      const isShown = step.shows?.test(said) ?? true;
      const isHidden = step.typed === undefined || !said.includes(step.typed);
      if (exitCode !== (step.exit ?? 0) || !isShown || !isHidden) {
        wrong.push(`${line}\nshould end with ${step.exit ?? 0} and show ${step.shows}:\n${said}`);
      }
      known = { ...known, ...keptOf(step, said) };
    }
    expect(wrong.join('\n')).toBe('');
  }, 300_000);

  it('how something stands is coloured, unless nobody wants that', async () => {
    const yellow = `${ESCAPE}[33m`;
    expect((await terminal.run('aos status')).coloured).toContain(`${yellow}running`);
    expect((await terminal.run('NO_COLOR=1 aos status')).coloured).not.toContain(yellow);
    expect((await terminal.run('aos status | cat')).coloured).not.toContain(yellow);
  });

  it('the shell completes commands and options', async () => {
    await terminal.run('source <(aos completion bash)');
    terminal.type('aos journ\ttail --fol\t --help');
    await terminal.shows(/-f, --follow/);
  });
});

/** What somebody does while a command runs. */
async function answer({ until, typed }: Step): Promise<void> {
  if (typed !== undefined) {
    await terminal.shows(/(?:value|secret).*:\s*$/im);
    terminal.type(typed);
  }
  if (until !== undefined) {
    await terminal.shows(until);
    terminal.press('C-c');
  }
}
