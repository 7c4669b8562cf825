/** What docs/time.md shows is what runs. */
import { cpSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asShown, REPOSITORY, runShown, shownCommands } from './shown-commands.js';

const saved = { home: process.env.AOS_HOME, cwd: process.cwd() };
let root = '';

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'aos-time-docs-'));
  process.env.AOS_HOME = join(root, 'home');
  cpSync(join(REPOSITORY, 'examples/00-counter'), join(root, 'examples/00-counter'), {
    recursive: true,
  });
});
afterAll(() => {
  if (saved.home === undefined) delete process.env.AOS_HOME;
  else process.env.AOS_HOME = saved.home;
  rmSync(root, { recursive: true, force: true });
});

/** Names of files are those of the folder in which all is done. */
const FILES = new Set(['shop', 'what-if', 'what-if.bundle', 'elsewhere', 'damaged']);

const stage = () => ({
  root,
  isFile: (word: string) => FILES.has(word) || word.startsWith('examples/'),
  programs: {
    truncate: (words: readonly string[]) => {
      const path = words.at(-1) as string;
      truncateSync(path, statSync(path).size - 1);
    },
  },
});

it('is so for every command, in order', async () => {
  const commands = shownCommands('docs/time.md');
  expect(commands.length).toBeGreaterThan(15);
  for (const { command, says } of commands) {
    const { text } = await runShown(command, stage());
    expect(text.trim(), command).toMatch(asShown(says));
  }
});
