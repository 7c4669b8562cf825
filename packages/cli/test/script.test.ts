import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aos, start } from './cli-run.js';
import { writeOrderFolder } from './order-folder.js';
import { keptOf, SCRIPT, type Step, wordsOf } from './script.js';

const SOURCE = fileURLToPath(
  new URL('../../../examples/01-hello-timer/world.mjs', import.meta.url),
);

let root = '';
const saved = { home: process.env.AOS_HOME, runtime: process.env.XDG_RUNTIME_DIR };

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'aos-script-'));
  process.env.AOS_HOME = join(root, 'home');
  process.env.XDG_RUNTIME_DIR = root;
  writeOrderFolder(join(root, 'folder'));
  writeOrderFolder(join(root, 'change'), 'demo/More@1');
  writeFileSync(join(root, 'note'), 'a blob');
  for (const part of ['air', 'reducer-ts']) {
    cpSync(join(dirname(SOURCE), part), join(root, 'sources', part), { recursive: true });
  }
});
afterAll(() => {
  for (const [name, value] of [
    ['AOS_HOME', saved.home],
    ['XDG_RUNTIME_DIR', saved.runtime],
  ] as const) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(root, { recursive: true, force: true });
});

it('names every command', async () => {
  const { out } = await aos('man');
  const commands = [...out.matchAll(/^\.SS aos (.*)$/gm)].map(([, words = '']) =>
    words.replace(/ \[?\\f.*$/, '').replaceAll('\\', ''),
  );
  expect(commands.length).toBeGreaterThan(50);
  const lines = SCRIPT.map(({ args }) => args.join(' '));
  expect(commands.filter((command) => !lines.some((line) => line.startsWith(command)))).toEqual([]);
});

/** Steps that ask at a terminal are lived only there. */
const steps = SCRIPT.filter(({ typed, args }) => typed === undefined && args[0] !== 'secret');

it('is lived through --json: each command says one value, ok as its exit code says', async () => {
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
  for (const step of steps) {
    const args = ['-w', join(root, 'world'), '--json', ...wordsOf(step, known)];
    const { exitCode, out } = await live(step, args);
    expect(`${step.args.join(' ')}: ${exitCode}`).toBe(`${step.args.join(' ')}: ${step.exit ?? 0}`);
    const lines = out.trimEnd().split('\n');
    const values = lines.map((line) => JSON.parse(line) as { readonly ok: boolean });
    const isStream = step.until !== undefined || step.args[0] === 'audit';
    if (!isStream) expect(values).toHaveLength(1);
    const isOk = exitCode === 0 || step.args.join(' ').startsWith('air');
    for (const { ok } of values) expect(ok).toBe(isOk);
    known = { ...known, ...keptOf(step, out) };
  }
});

async function live({ until }: Step, args: readonly string[]) {
  if (until === undefined) return aos(...args);
  const going = start(...args);
  for (let count = 1; ; count += 1) {
    const lines = await going.lines(count);
    if (until.test(lines.join('\n'))) break;
    count = lines.length;
  }
  return going.stop();
}
