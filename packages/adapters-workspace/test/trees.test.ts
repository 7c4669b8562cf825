import {
  buildTree,
  Directories,
  diffTrees,
  EMPTY_ROOT,
  foldName,
  listTree,
  parsePath,
  removePath,
  writeFile,
} from '@aos/adapters-workspace';
import { attempt, type Hash, RefusalError, sha256, toHex, utf8 } from '@aos/canon';
import { encodeTree, MAX_TREE_ENTRIES, type TreeEntry } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { fileOf, filesOf, MemoryTrees, namesOf } from './memory-trees.js';

const file = fileOf('content');
const codeOf = async (run: () => Promise<unknown>): Promise<string> => {
  try {
    await run();
    return 'ok';
  } catch (error) {
    if (error instanceof RefusalError) return error.code;
    throw error;
  }
};

describe('a path', () => {
  it.each([
    ['a'],
    ['a/b.c/d_e-f'],
    ['.hidden'],
    ['with space/and, (more)'],
    ['отчёт.txt'],
    ['日本語/ファイル'],
    ['\u{1f600}'],
    ['a'.repeat(255)],
    [Array(64).fill('a').join('/')],
    [Array(4).fill('a'.repeat(255)).join('/')],
  ])('may be %j', (path) => {
    expect(parsePath(path)).toEqual({ ok: true, value: path.split('/') });
  });

  it.each([
    ['one that leads up', 'a/../b'],
    ['one that stays', './a'],
    ['an absolute one', '/a'],
    ['one that ends in a slash', 'a/'],
    ['one with an empty name', 'a//b'],
    ['one with a zero byte', 'a\0b'],
    ['one with a control character', 'a\nb'],
    ['one with a backslash', 'a\\..\\b'],
    ['one with a division slash', 'a\u2215b'],
    ['one with a fraction slash', 'a\u2044b'],
    ['one with a wide slash', 'a\uff0fb'],
    ['one with wide dots', '\uff0e\uff0e/a'],
    ['one with a one-dot leader', '\u2024\u2024/a'],
    ['one with a zero-width space', 'a\u200bb'],
    ['one that turns its direction', 'a\u202eb'],
    ['one with a soft hyphen', 'a\u00adb'],
    ['one with a no-break space', 'a\u00a0b'],
    ['one in decomposed letters', 'e\u0301'],
    ['one with a Kelvin sign', '\u212a'],
    ['one of two scripts in a word', 'p\u0430ypal'],
    ['one with a space at its end', 'a '],
    ['one with a dot at its end', 'a./b'],
    ['one with half a character', 'a\ud800'],
    ['one with a private character', '\ue000'],
    ['one that is too long', Array(5).fill('a'.repeat(255)).join('/')],
    ['one that is too deep', Array(65).fill('a').join('/')],
    ['one with a name that is too long', 'a'.repeat(256)],
  ])('is never %s', (_, path) => {
    const read = parsePath(path);
    expect(read.ok ? 'ok' : read.refusal.code).toBe('workspace-path-invalid');
  });

  it('looks like others of another case or width', () => {
    const same = [
      ['README', 'readme'],
      ['\u00df', 'SS'],
      ['\ufb01', 'fi'],
      ['\uff21', 'a'],
      ['\u03c3', '\u03c2'],
    ];
    for (const [a = '', b = ''] of same) expect(foldName(a)).toBe(foldName(b));
    expect(foldName('a')).not.toBe(foldName('b'));
  });
});

describe('a tree', () => {
  it('refuses names of one directory that look the same', async () => {
    const trees = new MemoryTrees();
    const root = trees.take(await writeFile(trees.fresh(), EMPTY_ROOT, ['a', 'Read'], file));
    const write = (path: string) => () => writeFile(trees.fresh(), root, namesOf(path), file);
    expect(await codeOf(write('a/read'))).toBe('workspace-name-collision');
    expect(await codeOf(write('A/x'))).toBe('workspace-name-collision');
    expect(await codeOf(write('b/read'))).toBe('ok');
    const built = attempt(() =>
      buildTree([
        { names: ['a'], ...file },
        { names: ['A'], ...file },
      ]),
    );
    expect(built.ok ? 'ok' : built.refusal.code).toBe('workspace-name-collision');
  });

  it('has no file where a directory is, and no directory where a file is', async () => {
    const trees = new MemoryTrees();
    const root = trees.take(await writeFile(trees.fresh(), EMPTY_ROOT, ['a', 'b'], file));
    const write = (path: string) => () => writeFile(trees.fresh(), root, namesOf(path), file);
    expect(await codeOf(write('a'))).toBe('workspace-not-a-file');
    expect(await codeOf(write(''))).toBe('workspace-not-a-file');
    expect(await codeOf(write('a/b/c'))).toBe('workspace-not-a-directory');
    const remove = (path: string) => () => removePath(trees.fresh(), root, namesOf(path));
    expect(await codeOf(remove('a/c'))).toBe('workspace-path-unknown');
    expect(await codeOf(remove('a/b/c'))).toBe('workspace-path-unknown');
    expect((await removePath(trees.fresh(), root, ['a', 'b'])).root).toEqual(EMPTY_ROOT);
    expect((await removePath(trees.fresh(), root, [])).root).toEqual(EMPTY_ROOT);
  });

  it('has a bound on the entries of one directory', async () => {
    const files = Array.from({ length: MAX_TREE_ENTRIES }, (_, i) => ({
      names: [`${i}`],
      ...file,
    }));
    const trees = new MemoryTrees();
    const root = trees.take(buildTree(files));
    const write = () => writeFile(trees.fresh(), root, ['more'], file);
    expect(await codeOf(write)).toBe('workspace-directory-full');
  });

  it('is not read where objects are missing, damaged, or hold what no path can name', async () => {
    const entries: readonly (readonly TreeEntry[])[] = [
      [{ kind: 'file', name: 'a\u200b', ...file }],
      [
        { kind: 'file', name: 'A', ...file },
        { kind: 'file', name: 'a', ...file },
      ],
    ];
    for (const bytes of [...entries.map(encodeTree), utf8('no tree')]) {
      const trees = new Directories(async () => bytes);
      expect(await codeOf(() => filesOf(trees, sha256(bytes)))).toBe('workspace-tree-damaged');
    }
    const none = new Directories(async () => undefined);
    expect(await codeOf(() => filesOf(none, sha256(utf8('x'))))).toBe('workspace-object-missing');
  });

  it('is not walked deeper than paths go', async () => {
    const trees = new MemoryTrees();
    let hash: Hash = EMPTY_ROOT;
    for (let depth = 0; depth < 70; depth++) {
      const bytes = encodeTree([
        depth === 0 ? { kind: 'file', name: 'a', ...file } : { kind: 'directory', name: 'a', hash },
      ]);
      hash = sha256(bytes);
      trees.objects.set(toHex(hash), bytes);
    }
    const walked = async () => {
      for await (const _ of listTree(trees.fresh(), hash, [], { isRecursive: true }));
    };
    expect(await codeOf(walked)).toBe('workspace-tree-damaged');
  });

  it('reads only the way to a change, and only what differs', async () => {
    const trees = new MemoryTrees();
    const paths = Array.from({ length: 2000 }, (_, i) => `${i % 20}/${i % 10}/${i}`);
    const root = trees.take(buildTree(paths.map((path) => ({ names: namesOf(path), ...file }))));
    trees.reads = 0;
    const edited = await writeFile(trees.fresh(), root, namesOf('7/7/7'), fileOf('new'));
    expect([trees.reads, edited.objects.length]).toEqual([3, 3]);
    trees.take(edited);
    trees.reads = 0;
    const pair = {
      before: { kind: 'directory', name: '', hash: root },
      after: { kind: 'directory', name: '', hash: edited.root },
    } as const;
    const changed: string[] = [];
    for await (const { names } of diffTrees(trees.fresh(), pair)) changed.push(names.join('/'));
    expect([changed, trees.reads]).toEqual([['7/7/7'], 6]);
  });
});
