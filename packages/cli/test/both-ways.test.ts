/**
 * One script of commands, lived twice by copies of one world: opened by each command, and had by a
 * daemon. What they say is the same, but for what tells any two runs apart: times, entropy and what
 * is hashed from them.
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aos, json, type Said, serve } from './cli-run.js';
import { writeOrderFolder } from './order-folder.js';

let root = '';
let made = '';
const saved = { home: process.env.AOS_HOME, runtime: process.env.XDG_RUNTIME_DIR };

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'aos-both-'));
  process.env.AOS_HOME = join(root, 'home');
  process.env.XDG_RUNTIME_DIR = root;
  writeOrderFolder(join(root, 'folder'));
  writeFileSync(join(root, 'note'), 'a blob');
  made = join(root, 'made');
  await json('init', made, '--from', join(root, 'folder'));
  await json('-w', made, 'keyring', 'add', 'host', '--role', 'host');
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

const ok = ['--status', 'ok', '--payload', '{"n":2}'];

/** `$open` stands for the intent that opened last, `$first` for the first one. */
const SCRIPT: readonly (readonly string[])[] = [
  ['status'],
  ['event', 'send', 'demo/CounterEvent@1', '{"Start":{"target":3}}', '--dedup', 'once'],
  ['event', 'send', 'demo/CounterEvent@1', '{"Tick":null}', '--dedup', 'once'],
  ['event', 'send', 'demo/CounterEvent@1', '{"Tick":null}', '--wait', 'quiescent'],
  ['event', 'send', 'demo/CounterEvent@1', '{"Tick":7}'],
  ['event', 'send', 'demo/CounterEvent@1', '{"Tick":'],
  ['event', 'send', 'demo/Nothing@1', 'null'],
  ['event', 'send', 'demo/CounterEvent@1', '{"Tick":null}', '--source', 'desk', '--key', '"a"'],
  ['event', 'send', 'demo/CounterEvent@1', '{"Tick":null}', '--source', 'desk', '--key', '7'],
  ['event', 'send', 'demo/Order@1', '{"n":2}'],
  ['event', 'send', 'demo/Dear@1', '{"n":1}'],
  ['plan', 'start', 'demo/pay@1', '{"n":5}'],
  ['plan', 'start', 'demo/none@1', '{"n":5}'],
  ['plan', 'start', 'demo/pay@1', '{"n":"five"}'],
  ['state', 'get', 'demo/CounterSM@1'],
  ['state', 'get', 'demo/CounterSM@1', '--at', 'exact:1'],
  ['state', 'get', 'demo/CounterSM@1', '--at', 'exact:999'],
  ['state', 'get', 'demo/Counters@1', '--key', '"a"'],
  ['state', 'get', 'demo/Counters@1'],
  ['state', 'get', 'demo/None@1'],
  ['cells', 'demo/Counters@1', '--prefix', 'a'],
  ['cells', 'demo/CounterSM@1', '--from', '1'],
  ['intents'],
  ['intents', '--state', 'waiting'],
  ['plans'],
  ['plans', '--plan', 'demo/pay@1', '--limit', '1'],
  ['effects'],
  ['effects', '--standing', 'waiting-approval'],
  ['receipts'],
  ['trace'],
  ['trace', '5'],
  ['trace', '999'],
  ['why', 'state', 'demo/CounterSM@1', '--history', '1'],
  ['why', 'event', '2', '--forward'],
  ['why', 'event', 'two'],
  ['why', 'intent', '$first'],
  ['why', 'instance', '5/0'],
  ['why', 'instance', '5/1'],
  ['approve', '$open'],
  ['reject', '000000000000'],
  ['receipt', 'send', '$first', ...ok],
  ['receipt', 'send', '$first', ...ok],
  ['receipt', 'send', '$first', '--status', 'ok', '--payload', '{"m":2}'],
  ['receipts', '--status', 'ok'],
  ['trace', '$first'],
  ['keyring', 'list'],
  ['keyring', 'add', 'boss', '--role', 'approver'],
  ['keyring', 'add', 'boss', '--role', 'king'],
  ['keyring', 'revoke', 'boss'],
  ['keyring', 'revoke', 'nobody'],
  ['definition', 'list', '--kind', 'defplan'],
  ['definition', 'get', 'demo/pay@1'],
  ['definition', 'get', 'demo/none@1'],
  ['manifest'],
  ['blob', 'put', '$note'],
  ['blob', 'get', '$blob', '--out', '$copy'],
  ['blob', 'get', '$blob', '--out', '$copy'],
  ['obj', 'ls'],
  ['obj', 'register', 'a/b', '$note', '--kind', 'note'],
  ['obj', 'register', 'a/b', '--hash', '$blob', '--kind', 'note', '--tag', 'x'],
  ['obj', 'register', 'a/c', '--kind', 'note'],
  ['obj', 'ls', 'a/', '--versions'],
  ['obj', 'ls', '--depth', '1'],
  ['obj', 'get', 'a/b'],
  ['obj', 'get', 'none'],
  ['obj', 'stat', 'a/b', '--at', '1'],
  ['ws', 'list'],
  ['ws', 'push', 'site', '$files', '-m', 'first'],
  ['ws', 'push', 'site', '$files', '--expect', 'none'],
  ['ws', 'push', 'Site', '$files'],
  ['ws', 'ls', 'site'],
  ['ws', 'cat', 'site', 'more.air.json'],
  ['ws', 'cat', 'site', '../more.air.json'],
  ['ws', 'rm', 'site', 'more.air.json'],
  ['ws', 'diff', 'site'],
  ['ws', 'pull', 'site', '$pulled'],
  ['ws', 'pull', 'none', '$pulled'],
  ['journal', 'head'],
  ['journal', 'tail', '--from', '1', '-n', '3'],
  ['journal', 'tail', '--kind', 'plan-started'],
  ['journal', 'tail', '--from', '999'],
  ['journal', 'tail', '--kind', 'bogus'],
  ['governance', 'list', '--state', 'bogus'],
  ['audit', '--from', '2'],
  ['call', 'journal.head'],
  ['call', 'journal.head', '{"of":1}'],
  ['call', 'journal.hat'],
  ['dead-letters'],
  ['snapshot'],
  ['gc', '--grace', '0'],
  ['prune'],
  ['head'],
  ['head', '--prove', '999'],
  ['control', 'pause'],
  ['event', 'send', 'demo/CounterEvent@1', '{"Tick":null}'],
  ['control', 'resume'],
  ['control', 'drain'],
  ['control', 'halt', '--reason', 'tea-time'],
  ['control', 'clear-halt'],
  ['run', '--until', 'quiescent', '--allow-missing'],
  ['control', 'resume'],
  ['verify', '--from-snapshot'],
  ['status'],
];

/** Lives the script in one copy. Lines for people are made of the same data. */
async function live(world: string): Promise<readonly string[]> {
  const told: string[] = [];
  let words: Readonly<Record<string, string>> = {
    $note: join(root, 'note'),
    $copy: join(world, 'copy'),
    $files: join(root, 'folder', 'air'),
    $pulled: join(world, 'pulled'),
  };
  for (const command of SCRIPT) {
    if (command.some((word) => /^\$(?:first|open)$/.test(word))) {
      words = { ...words, ...(await wordsOf(world)) };
    }
    const args = command.map((word) => words[word] ?? word);
    const said = await aos('-w', world, '--json', ...args);
    const [blob] = command[1] === 'put' ? (/sha256:[0-9a-f]{64}/.exec(said.out) ?? []) : [];
    if (blob !== undefined) words = { ...words, $blob: blob };
    told.push(`${command.join(' ')}\n${sameText(said, world)}`);
  }
  return told;
}

async function wordsOf(world: string): Promise<Readonly<Record<string, string>>> {
  const { data } = await json('-w', world, 'effects');
  const [first] = data.effects;
  return { $first: first?.intent ?? 'none', $open: data.effects.at(-1)?.intent ?? 'none' };
}

/** What two runs have in common. */
function sameText({ exitCode, out, err }: Said, world: string): string {
  return (
    `${exitCode}\n${out}${err}`
      .replaceAll(world, '<world>')
      .replaceAll(/sha256:[0-9a-f]{64}/g, '<hash>')
      .replaceAll(/("(?:entropy|nonce|sig)":)"[0-9a-f]+"/g, '$1"…"')
      .replaceAll(/("(?:[a-z_]*_ns|created_at|at)":)\d+/g, '$1<time>')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
      .replaceAll(/"replayed":\d+/g, '"replayed":<n>')
      .replaceAll(/"opened_from":(?:"genesis"|\{[^}]*\})/g, '"opened_from":<place>')
      .replaceAll(/"clean":(?:true|false)/g, '"clean":<end>')
      // only a living host knows where its effects stand, and what became of a closing journal
      .replaceAll(/"standing":(?:null|"adapter-missing")/g, '"standing":<host>')
      .replaceAll(/"reason":"(?:left|adapter-missing)"/g, '"reason":<host>')
  );
}

it('every command says the same with and without a daemon', async () => {
  const [alone, served] = ['alone', 'served'].map((name) => {
    const world = join(root, name);
    cpSync(made, world, { recursive: true });
    return world;
  }) as [string, string];
  const said = await live(alone);
  const daemon = await serve(served, '--allow-missing');
  const saidByDaemon = await live(served);
  expect(await daemon.stop()).toMatchObject({ exitCode: 0, err: '' });
  for (const [i, text] of said.entries()) expect(saidByDaemon[i]).toBe(text);
});
