import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aos, json } from './cli-run.js';

const MAN_PAGE = fileURLToPath(new URL('../../../tooling/aos.1', import.meta.url));

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'aos-help-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Whether a program is there at all. */
const has = (program: string) => spawnSync(program, ['--version']).error === undefined;

describe('the manual page', () => {
  it('is the one in tooling; AOS_WRITE_VECTORS=1 writes that anew', async () => {
    const { out } = await aos('man');
    if (process.env.AOS_WRITE_VECTORS === '1') writeFileSync(MAN_PAGE, out);
    expect(readFileSync(MAN_PAGE, 'utf8')).toBe(out);
    expect(out).toContain('.SS aos event send \\fIschema\\fR \\fIvalue\\fR');
  });

  it.runIf(has('groff'))('is good roff', () => {
    const { stderr, status } = spawnSync('groff', ['-man', '-Tascii', '-ww', '-z', MAN_PAGE]);
    expect(stderr.toString()).toBe('');
    expect(status).toBe(0);
  });
});

describe('completion', () => {
  /** What bash would offer behind this line. */
  async function offered(line: string): Promise<readonly string[]> {
    const script = join(dir, 'completion.bash');
    writeFileSync(script, (await aos('completion', 'bash')).out);
    const words = line.split(' ').map((word) => `'${word}'`);
    const ask = [
      `source '${script}'`,
      `COMP_WORDS=(${words.join(' ')})`,
      `COMP_CWORD=${words.length - 1}`,
      '_aos',
      `printf '%s\\n' "\${COMPREPLY[@]}"`,
    ].join('; ');
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', ask], { cwd: dir });
    expect(stderr.toString()).toBe('');
    return stdout.toString().split('\n').filter(Boolean);
  }

  it.runIf(has('bash')).each([
    ['aos jour', ['journal']],
    ['aos journal ', ['head', 'tail']],
    ['aos --json journal ta', ['tail']],
    ['aos journal tail --fr', ['--from']],
    ['aos receipt send abc --status ', ['ok', 'error', 'timeout', 'cancelled']],
    ['aos completion ', []],
  ])('of bash offers what may follow %j', async (line, words) => {
    const found = await offered(line);
    expect(found).toEqual(expect.arrayContaining(words));
    if (words.length === 1) expect(found).toEqual(words);
  });

  it.runIf(has('zsh'))('of zsh is a script that zsh reads', async () => {
    const script = join(dir, '_aos');
    writeFileSync(script, (await aos('completion', 'zsh')).out);
    expect(spawnSync('zsh', ['-n', script]).stderr.toString()).toBe('');
  });

  it.runIf(has('fish'))('of fish is a script that fish reads', async () => {
    const script = join(dir, 'aos.fish');
    writeFileSync(script, (await aos('completion', 'fish')).out);
    expect(spawnSync('fish', ['-n', script]).stderr.toString()).toBe('');
  });

  it('names every command in every shell', async () => {
    const scripts = await Promise.all(
      ['bash', 'zsh', 'fish'].map(async (shell) => (await json('completion', shell)).data.text),
    );
    for (const script of scripts) {
      for (const word of ['event', 'clear-halt', 'effects', '--dedup', 'dedup']) {
        if (word !== '--dedup' || !script.includes('-l dedup')) expect(script).toContain(word);
      }
    }
  });

  it('refuses another shell, used wrongly', async () => {
    expect((await aos('completion', 'csh')).exitCode).toBe(2);
  });
});

it('the help names the exit codes', async () => {
  expect((await aos('--help')).out).toContain('Exit codes:');
});

it.each([[['--json']], [['--json', 'journal']]])('no command is no answer: %j', async (args) => {
  const { exitCode, out } = await aos(...args);
  expect(exitCode).toBe(2);
  expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code: 'usage' } });
  expect(out).toContain('expected a command');
});
