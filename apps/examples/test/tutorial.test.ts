/**
 * The tutorial, lived through as it is written: every file and command of its chapters, in their
 * order, in an empty folder, with the command `aos` as it is built. What commands show is compared.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isShown, type Step, stepsOf } from './tutorial-steps.js';

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const ROOT = fileOf('../../..').replace(/\/$/, '');
const TUTORIAL = join(ROOT, 'docs/tutorial');

const chapters = readdirSync(TUTORIAL)
  .filter((file) => /^\d\d-.*\.md$/.test(file))
  .sort()
  .map((file) => ({ file, steps: stepsOf(readFileSync(join(TUTORIAL, file), 'utf8')) }));

interface Outcome {
  readonly exitCode: number;
  readonly said: string;
}

let home = '';
let shell: ChildProcess;
let answers: AsyncIterator<string>;
/** Other ports than the tutorial's, which may be taken. */
let ports: readonly (readonly [written: string, port: string])[] = [];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'aos-tutorial-'));
  ports = [
    ['4711', await freePort()],
    ['4712', await freePort()],
  ];
  const folder = join(home, 'first');
  // as the reader was told to install it
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(join(ROOT, 'packages'), join(folder, 'node_modules/@aos'));
  const { AOS_WORLD: _, ...env } = process.env;
  const runtime = { XDG_RUNTIME_DIR: home, NO_COLOR: '1' };
  shell = spawn(process.execPath, [fileOf('tutorial-shell.mjs')], {
    ...{ cwd: folder, env: { ...env, ...runtime, AOS_HOME: join(folder, 'home') } },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (shell.stdout === null) throw new Error('the shell says nothing');
  answers = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
});

afterAll(async () => {
  // where a chapter broke off, its daemons would live on
  for (const world of ['world', 'agent']) {
    await take({ kind: 'command', command: `aos -w ${world} down`, shows: '' });
  }
  shell.stdin?.end();
  await new Promise((resolve) => shell.once('exit', resolve));
  rmSync(home, { recursive: true, force: true });
});

async function take(step: Step): Promise<Outcome> {
  shell.stdin?.write(`${JSON.stringify(step)}\n`);
  const { value } = await answers.next();
  return JSON.parse(value) as Outcome;
}

/** The step on this machine: where the project is, and which ports are free. */
function onThisMachine(step: Step): Step {
  let text = JSON.stringify(step).replaceAll('~/aos', ROOT);
  for (const [written, port] of ports) text = text.replaceAll(written, port);
  return JSON.parse(text) as Step;
}

describe.each(chapters)('$file', ({ steps }) => {
  it.each(steps.map((step) => [nameOf(step), step] as const))('%s', async (_, written) => {
    const step = onThisMachine(written);
    const { exitCode, said } = await take(step);
    if (step.kind === 'file') expect(said).toBe('');
    else if (!isShown(step.shows, said)) expect(said).toBe(step.shows);
    const isRefused = step.kind === 'command' && /^error \[/m.test(step.shows);
    expect(exitCode).toBe(isRefused ? 1 : 0);
  });
});

const nameOf = (step: Step) => (step.kind === 'file' ? step.path : `$ ${step.command}`);

function freePort(): Promise<string> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(String((address as AddressInfo).port)));
    });
  });
}
