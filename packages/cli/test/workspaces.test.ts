import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aos, json, refused } from './cli-run.js';
import { writeOrderFolder } from './order-folder.js';

let root = '';
let world = '';
const saved = process.env.AOS_HOME;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'aos-workspaces-'));
  world = join(root, 'world');
  process.env.AOS_HOME = join(root, 'home');
  writeOrderFolder(join(root, 'folder'));
  await json('init', world, '--from', join(root, 'folder'));
});
afterAll(() => {
  if (saved === undefined) delete process.env.AOS_HOME;
  else process.env.AOS_HOME = saved;
  rmSync(root, { recursive: true, force: true });
});

const ws = (...args: string[]) => json('-w', world, 'ws', ...args);

/** A new folder with these files; those that end in `*` may be run. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(root, 'files-'));
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name.replace('*', ''));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    if (name.endsWith('*')) chmodSync(path, 0o755);
  }
  return folder;
}

/** What is in a folder, written as {@link folderOf} takes it. */
function filesIn(folder: string, below = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(folder, below)).sort()) {
    const path = join(below, name);
    const stat = statSync(join(folder, path));
    if (stat.isDirectory()) Object.assign(found, filesIn(folder, path));
    else
      found[(stat.mode & 0o100) === 0 ? path : `${path}*`] = readFileSync(
        join(folder, path),
        'utf8',
      );
  }
  return found;
}

const changed = (answer: { data: { changes: { path: string; change: string }[] } }) =>
  answer.data.changes.map(({ path, change }) => `${change} ${path}`);

describe('aos ws', () => {
  const files = { 'a.md': 'one', 'run.sh*': '#!/bin/sh\n', 'skills/x/y.md': 'deep', 'z/1': '' };

  it('pushes a folder, shows it, and pulls it again as it was', async () => {
    const folder = folderOf(files);
    mkdirSync(join(folder, 'nothing'));
    const pushed = await aos('-w', world, 'ws', 'push', 'site', folder, '-m', 'first');
    expect([pushed.exitCode, pushed.out.split('\n').length]).toEqual([0, 6]);
    expect(pushed.err).toMatch(/1 folders without files/);
    expect((await ws('list')).data.workspaces).toMatchObject([
      { workspace: 'site', version: 1, message: 'first', author: 'operator' },
    ]);
    expect((await ws('ls', 'site', '-r')).data.entries).toMatchObject([
      { path: 'a.md', size: 3, executable: false },
      { path: 'run.sh', executable: true },
      { path: 'skills/x/y.md' },
      { path: 'z/1', size: 0 },
    ]);
    expect((await aos('-w', world, 'ws', 'cat', 'site', 'skills/x/y.md')).out).toBe('deep\n');
    const target = join(root, 'pulled');
    expect(await ws('pull', 'site', target)).toMatchObject({ data: { files: 4, written: 4 } });
    expect(filesIn(target)).toEqual(files);
    expect(await ws('pull', 'site', target)).toMatchObject({ data: { files: 4, written: 0 } });
    const again = await ws('push', 'site', target);
    expect(again.data).toMatchObject({ version: 1, record: null, changes: [] });
  });

  it('commits what differs, from the head that is expected', async () => {
    const folder = folderOf({ 'a.md': 'two', 'skills/new': 'n' });
    expect(changed(await ws('diff', 'site', folder))).toEqual([
      'changed a.md',
      'removed run.sh',
      'added skills/new',
      'removed skills/x/y.md',
      'removed z/1',
    ]);
    expect(await ws('push', 'site', folder, '--expect', 'none')).toMatchObject(
      refused('workspace-head-stale'),
    );
    expect((await ws('log', 'site')).data.versions).toHaveLength(1);
    await ws('push', 'site', folder, '--expect', '1', '--author', 'me');
    const into = folderOf({ 'deep/1': '1' });
    expect(changed(await ws('push', 'site', into, '--into', 'skills/x'))).toEqual([
      'added skills/x/deep/1',
    ]);
    expect(changed(await ws('rm', 'site', 'skills/new'))).toEqual(['removed skills/new']);
    const { versions } = (await ws('log', 'site')).data;
    expect(versions.map(({ version }: { version: number }) => version)).toEqual([4, 3, 2, 1]);
    expect(changed(await ws('diff', 'site'))).toEqual(['removed skills/new']);
    expect(changed(await ws('diff', 'site', '--from', '1', '--to', '4'))).toHaveLength(5);
    expect((await ws('cat', 'site', 'a.md', '--at', '1')).data.text).toBe('one');
  });

  it.each([
    ['workspace-unknown', ['ls', 'none']],
    ['workspace-version-unknown', ['ls', 'site', '--at', '9']],
    ['workspace-path-unknown', ['cat', 'site', 'none']],
    ['workspace-path-invalid', ['cat', 'site', '../a.md']],
    ['workspace-not-a-file', ['cat', 'site', 'skills']],
    ['workspace-not-a-directory', ['ls', 'site', 'a.md']],
    ['workspace-path-unknown', ['rm', 'site', 'none']],
    ['workspace-path-invalid', ['rm', 'site', '/a.md']],
  ])('refuses with %s: %j', async (code, args) => {
    expect(await ws(...args)).toMatchObject(refused(code));
  });
});

it('goes along with an export, every version that is kept', async () => {
  const first = folderOf({ 'a/b': 'first', c: '' });
  await ws('push', 'taken', first);
  await ws('push', 'taken', folderOf({ d: 'second' }));
  const bundle = join(root, 'taken.bundle');
  expect(await json('-w', world, 'export', bundle)).toMatchObject({ ok: true });
  const copy = join(root, 'copy');
  expect(await json('import', bundle, copy)).toMatchObject({ ok: true });
  const target = join(root, 'taken');
  expect(await json('-w', copy, 'ws', 'pull', 'taken', target, '--at', '1')).toMatchObject({
    ok: true,
  });
  expect(filesIn(target)).toEqual(filesIn(first));
});

describe('a folder that is pushed', () => {
  it.each<[string, (folder: string) => void]>([
    ['workspace-link', (folder) => symlinkSync('/etc/hostname', join(folder, 'link'))],
    ['workspace-link', (folder) => symlinkSync('/etc', join(folder, 'link'))],
    ['workspace-path-invalid', (folder) => writeFileSync(join(folder, 'a\\b'), '')],
    ['workspace-path-invalid', (folder) => writeFileSync(join(folder, 'e\u0301'), '')],
    [
      'workspace-path-invalid',
      (folder) => writeFileSync(Buffer.from(`${folder}/\xff`, 'latin1'), ''),
    ],
    ['workspace-name-collision', (folder) => writeFileSync(join(folder, 'A'), '')],
    [
      'workspace-file-too-large',
      (folder) => writeFileSync(join(folder, 'l'), Buffer.alloc(2 ** 24 + 1)),
    ],
    ['workspace-content-is-tree', (folder) => writeFileSync(join(folder, 't'), 'aos/tree/0\0\x80')],
  ])('is refused with %s, and nothing is committed', async (code, spoil) => {
    const folder = folderOf({ a: '' });
    spoil(folder);
    expect(await ws('push', 'spoiled', folder)).toMatchObject(refused(code));
    expect(await ws('log', 'spoiled')).toMatchObject(refused('workspace-unknown'));
  });

  it('goes to no workspace of an impossible name', async () => {
    const folder = folderOf({ a: '' });
    for (const name of ['/mem', '../x', 'Upper', 'a b']) {
      expect(await ws('push', name, folder)).toMatchObject(refused('workspace-name-invalid'));
    }
    expect(await ws('push', 'x', join(folder, 'none'))).toMatchObject(refused('folder-unreadable'));
  });

  it('may be committed by hand, and shows where it is not whole', async () => {
    const tree = `sha256:${'0'.repeat(64)}`;
    const commit = {
      workspace: 'hollow',
      expected_head: null,
      tree,
      author: '',
      message: '',
      at: 0,
    };
    await json('-w', world, 'event', 'send', 'sys/WorkspaceCommitted@1', JSON.stringify(commit));
    expect(await ws('ls', 'hollow')).toMatchObject(refused('workspace-object-missing'));
    const target = join(root, 'hollow');
    expect(await ws('pull', 'hollow', target)).toMatchObject(refused('workspace-object-missing'));
    expect(existsSync(target)).toBe(false);
    expect(await ws('push', 'hollow', folderOf({ a: '' }))).toMatchObject(
      refused('workspace-object-missing'),
    );
  });

  it('may have files of several pieces', async () => {
    const folder = folderOf({});
    const bytes = Buffer.alloc(5 * 2 ** 20, 'large ');
    writeFileSync(join(folder, 'large'), bytes);
    await ws('push', 'large', folder);
    const target = join(root, 'large');
    await ws('pull', 'large', target);
    expect(readFileSync(join(target, 'large')).equals(bytes)).toBe(true);
  });
});

describe('a folder that is pulled into', () => {
  const files = { 'a/b': 'inside', c: 'plain' };
  const pull = (folder: string, ...more: string[]) => ws('pull', 'safe', folder, ...more);

  beforeAll(async () => {
    await ws('push', 'safe', folderOf(files));
  });

  it('is never left by a link', async () => {
    const outside = folderOf({});
    const folder = folderOf({});
    symlinkSync(outside, join(folder, 'a'));
    expect(await pull(folder, '--force')).toMatchObject(refused('workspace-target-unsafe'));
    expect([filesIn(outside), existsSync(join(folder, 'c'))]).toEqual([{}, false]);
    const second = folderOf({});
    symlinkSync(join(outside, 'new'), join(second, 'c'));
    expect(await pull(second, '--force')).toMatchObject(refused('workspace-target-unsafe'));
    expect([filesIn(outside), readdirSync(second)]).toEqual([{}, ['c']]);
  });

  it('keeps files that are other ones, unless it is forced', async () => {
    const folder = folderOf({ c: 'mine', d: 'mine' });
    expect(await pull(folder)).toMatchObject(refused('file-exists'));
    expect(filesIn(folder)).toEqual({ c: 'mine', d: 'mine' });
    expect(await pull(folder, '--force')).toMatchObject({ ok: true });
    expect(filesIn(folder)).toEqual({ ...files, d: 'mine' });
  });

  it('has no two names that a disk may take for one', async () => {
    for (const name of ['A/x', 'C']) {
      const folder = folderOf({ [name]: '' });
      expect(await pull(folder, '--force')).toMatchObject(refused('workspace-name-collision'));
      expect(filesIn(folder)).toEqual({ [name]: '' });
    }
  });

  it('has folders where folders must be', async () => {
    expect(await pull(folderOf({ a: 'file' }))).toMatchObject(refused('workspace-target-unsafe'));
    expect(await pull(folderOf({ 'c/d': '' }))).toMatchObject(refused('workspace-target-unsafe'));
    expect(await pull(join(root, 'no', 'such'))).toMatchObject(refused('folder-unwritable'));
    const only = join(root, 'only');
    expect(await pull(only, '--from', 'a')).toMatchObject({ ok: true });
    expect(filesIn(only)).toEqual({ b: 'inside' });
  });

  it('gets nothing that a tool would act on', async () => {
    for (const name of ['.git', 'sub/.GIT', 'git~1', '.aos']) {
      await ws('push', 'tools', folderOf({ [`${name}/hooks/pre-commit`]: 'run me', ok: 'ok' }));
      for (const folder of [folderOf({}), join(root, 'no-tools')]) {
        const pulled = await ws('pull', 'tools', folder, '--force');
        expect(pulled, name).toMatchObject(refused('workspace-target-unsafe'));
      }
      expect(existsSync(join(root, 'no-tools'))).toBe(false);
    }
  });
});
