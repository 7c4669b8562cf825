import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aos, json, refused } from './cli-run.js';
import { writeOrderFolder } from './order-folder.js';

let root = '';
let world = '';
const saved = process.env.AOS_HOME;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'aos-objects-'));
  world = join(root, 'world');
  process.env.AOS_HOME = join(root, 'home');
  writeOrderFolder(join(root, 'folder'));
  await json('init', world, '--from', join(root, 'folder'));
  const objects = [
    ['notes/a/one', 'first', 'note', 'x'],
    ['notes/a/one', 'second', 'note', 'y'],
    ['notes/b', 'other', 'note', 'x'],
    ['pages/b/c/d', 'page', 'page', 'x'],
    ['binary', 'a\u0000b', 'bytes', 'x'],
  ] as const;
  for (const [name, text, kind, tag] of objects) {
    const file = join(root, 'file');
    writeFileSync(file, text);
    expect(await obj('register', name, file, '--kind', kind, '--tag', tag)).toMatchObject({
      ok: true,
    });
  }
});
afterAll(() => {
  if (saved === undefined) delete process.env.AOS_HOME;
  else process.env.AOS_HOME = saved;
  rmSync(root, { recursive: true, force: true });
});

const obj = (...args: string[]) => json('-w', world, 'obj', ...args);

/** Names and versions of objects, and names and counts of groups. */
async function listed(...args: string[]) {
  const { data } = await obj('ls', ...args);
  return [
    ...data.objects.map(
      ({ name, version }: { name: string; version: number }) => `${name} ${version}`,
    ),
    ...data.groups.map(({ name, count }: { name: string; count: number }) => `${name} ×${count}`),
    ...(data.is_cut ? ['…'] : []),
  ];
}

describe('aos obj ls', () => {
  const all = ['binary 1', 'notes/a/one 2', 'notes/b 1', 'pages/b/c/d 1'];
  it.each<[readonly string[], readonly string[]]>([
    [[], all],
    [['notes/'], ['notes/a/one 2', 'notes/b 1']],
    [['no'], ['notes/a/one 2', 'notes/b 1']],
    [['none'], []],
    [['--versions'], ['binary 1', 'notes/a/one 1', 'notes/a/one 2', 'notes/b 1', 'pages/b/c/d 1']],
    [['--kind', 'page'], ['pages/b/c/d 1']],
    [
      ['--tag', 'x'],
      ['binary 1', 'notes/b 1', 'pages/b/c/d 1'],
    ],
    [
      ['--tag', 'x', '--versions'],
      ['binary 1', 'notes/a/one 1', 'notes/b 1', 'pages/b/c/d 1'],
    ],
    [
      ['--limit', '2'],
      ['binary 1', 'notes/a/one 2', '…'],
    ],
    [['--limit', '4'], all],
    [
      ['--limit', '2', '--versions'],
      ['binary 1', 'notes/a/one 1', '…'],
    ],
    [
      ['--depth', '1'],
      ['binary 1', 'notes/ ×2', 'pages/ ×1'],
    ],
    [
      ['--depth', '2'],
      ['binary 1', 'notes/b 1', 'notes/a/ ×1', 'pages/b/ ×1'],
    ],
    [
      ['notes/', '--depth', '1'],
      ['notes/b 1', 'notes/a/ ×1'],
    ],
    [
      ['--depth', '1', '--limit', '2'],
      ['binary 1', 'notes/ ×2', '…'],
    ],
  ])('%j', async (args, expected) => {
    expect(await listed(...args)).toEqual(expected);
  });
});

describe('aos obj get', () => {
  it('shows the latest version, or the one that is asked for', async () => {
    expect(await obj('get', 'notes/a/one')).toMatchObject({ data: { text: 'second', version: 2 } });
    const first = await obj('get', 'notes/a/one', '--at', '1');
    expect(first).toMatchObject({ data: { text: 'first', version: 1, tags: ['x'], size: 5 } });
    expect((await aos('-w', world, 'obj', 'get', 'notes/b')).out).toBe('other\n');
  });

  it('writes what is no text to a new file', async () => {
    expect(await obj('get', 'binary')).toMatchObject(refused('object-not-text'));
    const out = join(root, 'out');
    expect(await obj('get', 'binary', '--out', out)).toMatchObject({ data: { size: 3, out } });
    expect(readFileSync(out, 'utf8')).toBe('a\u0000b');
    expect(await obj('get', 'binary', '--out', out)).toMatchObject(refused('file-unwritable'));
  });

  it('refuses what is not there', async () => {
    expect(await obj('get', 'notes')).toMatchObject(refused('object-unknown'));
    expect(await obj('stat', 'notes/b', '--at', '2')).toMatchObject(
      refused('object-version-unknown'),
    );
  });
});

describe('aos obj register', () => {
  it('takes a file or a stored object, and nothing else', async () => {
    const { data } = await obj('stat', 'notes/b');
    const again = await obj('register', 'again', '--hash', data.hash, '--kind', 'note');
    expect(again).toMatchObject({ data: { object: { version: 1, hash: data.hash } } });
    const none = `sha256:${'0'.repeat(63)}1`;
    expect(await obj('register', 'x', '--hash', none, '--kind', 'k')).toMatchObject(
      refused('blob-unknown'),
    );
    expect(await obj('register', 'x', '--kind', 'k')).toMatchObject(refused('usage'));
    const both = ['x', join(root, 'file'), '--hash', data.hash, '--kind', 'k'];
    expect(await obj('register', ...both)).toMatchObject(refused('usage'));
  });

  it('counts what has one id once', async () => {
    const once = ['once', join(root, 'file'), '--kind', 'k', '--dedup', 'id'];
    expect(await obj('register', ...once)).toMatchObject({ data: { object: { version: 1 } } });
    expect(await obj('register', ...once)).toMatchObject({ data: { object: { version: 1 } } });
  });
});

it('replays what was registered', async () => {
  expect(await json('-w', world, 'verify', '--explain')).toMatchObject({ ok: true });
});
