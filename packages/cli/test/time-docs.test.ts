/** What docs/time.md shows is what runs. */
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aos } from './cli-run.js';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const page = readFileSync(join(REPOSITORY, 'docs/time.md'), 'utf8');
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

/** Commands with the lines that they say. */
function shownCommands(): { readonly command: string; readonly says: string }[] {
  const blocks = [...page.matchAll(/^```console\n(.*?)^```$/gms)].map(([, text = '']) => text);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const [command = '', ...lines] = text.split('\n');
        return { command, says: lines.join('\n') };
      }),
  );
}

/** Names of files are those of the folder in which all is done. */
const FILES = new Set(['shop', 'what-if', 'what-if.bundle', 'elsewhere', 'damaged']);

function wordsOf(command: string): string[] {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word);
  return words.map((word) => {
    const isFile = FILES.has(word as string) || word?.startsWith('examples/');
    return isFile ? join(root, word as string) : (word as string);
  });
}

async function say(command: string): Promise<string> {
  const [program, ...args] = wordsOf(command);
  if (program === 'truncate') {
    const path = args.at(-1) as string;
    truncateSync(path, statSync(path).size - 1);
    return '';
  }
  expect(program).toBe('aos');
  const { out, err } = await aos(...args);
  return `${out}${err}`;
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

it('is so for every command, in order', async () => {
  const commands = shownCommands();
  expect(commands.length).toBeGreaterThan(15);
  for (const { command, says } of commands) {
    const expected = new RegExp(`^${escaped(says.trim()).replaceAll('…', '.*')}$`);
    expect((await say(command)).trim(), command).toMatch(expected);
  }
});
