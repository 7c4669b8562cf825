import {
  buildTree,
  closureOf,
  type Directories,
  diffTrees,
  EMPTY_ROOT,
  type FileContent,
  listTree,
  lookUp,
  removePath,
  writeFile,
} from '@aos/adapters-workspace';
import { type Hash, RefusalError, toHex } from '@aos/canon';
import { objectLinks, type TreeEntry } from '@aos/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileOf, filesOf, lookOf, MemoryTrees, namesOf } from './memory-trees.js';

const name = fc.constantFrom('a', 'b', 'a.b', 'a-b', 'ж', '\u{1f600}', 'B2', '0');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
const content = fc.constantFrom('', 'one', 'two').map((text) => text);
const edit = fc.oneof(
  fc.record({ kind: fc.constant('write'), path, content, mode: fc.boolean() }),
  fc.record({ kind: fc.constant('remove'), path, content, mode: fc.boolean() }),
);
const edits = fc.array(edit, { maxLength: 30 });
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

/** What trees are compared with: files by their paths. */
type Oracle = Map<string, FileContent>;

const isBelow = (path: string, folder: string) => path.startsWith(`${folder}/`);

/** The same edit on a map; undefined where a tree must refuse it. */
function onMap(files: Oracle, { kind, path, content, mode }: Edit): Oracle | undefined {
  const next = new Map(files);
  if (kind === 'remove') {
    for (const known of files.keys()) {
      if (known === path || isBelow(known, path)) next.delete(known);
    }
    return next.size === files.size ? undefined : next;
  }
  const clash = [...files.keys()].some((known) => isBelow(known, path) || isBelow(path, known));
  return clash ? undefined : next.set(path, fileOf(content, mode));
}

async function onTree(trees: MemoryTrees, root: Hash, edit: Edit): Promise<Hash | undefined> {
  const names = namesOf(edit.path);
  try {
    return trees.take(
      await (edit.kind === 'remove'
        ? removePath(trees.fresh(), root, names)
        : writeFile(trees.fresh(), root, names, fileOf(edit.content, edit.mode))),
    );
  } catch (error) {
    if (error instanceof RefusalError) return undefined;
    throw error;
  }
}

async function applyAll(trees: MemoryTrees, list: readonly Edit[]) {
  let root = EMPTY_ROOT;
  let files: Oracle = new Map();
  for (const each of list) {
    const expected = onMap(files, each);
    const found = await onTree(trees, root, each);
    expect([each, found === undefined]).toEqual([each, expected === undefined]);
    root = found ?? root;
    files = expected ?? files;
  }
  return { root, files };
}

const looks = (files: Oracle) => new Map([...files].map(([path, file]) => [path, lookOf(file)]));
const asDirectory = (hash: Hash): TreeEntry => ({ kind: 'directory', name: '', hash });

/** Both orders of paths are those of their names, one after the other. */
function compareByNames(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = Buffer.compare(Buffer.from(left[i] ?? ''), Buffer.from(right[i] ?? ''));
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

async function collect<T, R>(items: AsyncIterable<T>, of: (item: T) => R): Promise<R[]> {
  const found: R[] = [];
  for await (const item of items) found.push(of(item));
  return found;
}

test('a tree holds what a map of paths holds, whatever was written and removed', async () => {
  await fc.assert(
    fc.asyncProperty(edits, async (list) => {
      const trees = new MemoryTrees();
      const { root, files } = await applyAll(trees, list);
      expect(await filesOf(trees.fresh(), root)).toEqual(looks(files));
      const built = buildTree([...files].map(([path, f]) => ({ names: namesOf(path), ...f })));
      expect(toHex(built.root)).toBe(toHex(root));
      for (const [path, file] of files) {
        const found = await lookUp(trees.fresh(), root, namesOf(path));
        expect(found?.kind === 'file' && lookOf(found)).toBe(lookOf(file));
      }
    }),
    { numRuns: 100 },
  );
});

test('two trees differ as the maps do, in the order of paths, and from any path on', async () => {
  await fc.assert(
    fc.asyncProperty(edits, edits, path, async (list, more, after) => {
      const trees = new MemoryTrees();
      const [a, b] = [await applyAll(trees, list), await applyAll(trees, more)];
      const expected = [...new Set([...a.files.keys(), ...b.files.keys()])]
        .filter((path) => looks(a.files).get(path) !== looks(b.files).get(path))
        .sort(compareByNames);
      const pair = { before: asDirectory(a.root), after: asDirectory(b.root) };
      const paths = ({ names }: { readonly names: readonly string[] }) => names.join('/');
      expect(await collect(diffTrees(trees.fresh(), pair), paths)).toEqual(expected);
      const rest = diffTrees(trees.fresh(), pair, { after: namesOf(after) });
      const behind = expected.filter((path) => compareByNames(path, after) > 0);
      expect(await collect(rest, paths)).toEqual(behind);
    }),
    { numRuns: 100 },
  );
});

test('a directory is listed in pages as it is at once', async () => {
  await fc.assert(
    fc.asyncProperty(edits, path, async (list, after) => {
      const trees = new MemoryTrees();
      const { root, files } = await applyAll(trees, list);
      const listed = (from: Directories, options: object, at: string) =>
        lookUp(from, root, namesOf(at)).then((entry) =>
          entry?.kind === 'directory'
            ? collect(
                listTree(from, entry.hash, namesOf(at), { isRecursive: true, ...options }),
                ({ names }) => names.join('/'),
              )
            : [],
        );
      const all = [...files.keys()].sort(compareByNames);
      expect(await listed(trees.fresh(), {}, '')).toEqual(all);
      const behind = all.filter((path) => compareByNames(path, after) > 0);
      expect(await listed(trees.fresh(), { after: namesOf(after) }, '')).toEqual(behind);
      const below = behind.filter((path) => isBelow(path, 'a'));
      expect(await listed(trees.fresh(), { after: namesOf(after) }, 'a')).toEqual(below);
      const flat = await listed(trees.fresh(), { isRecursive: false }, '');
      expect(flat).toEqual([...new Set(all.map((path) => path.split('/')[0]))]);
    }),
    { numRuns: 100 },
  );
});

test('what a tree consists of is found by links alone, and nothing of it is missing', async () => {
  await fc.assert(
    fc.asyncProperty(edits, async (list) => {
      const trees = new MemoryTrees();
      const { root } = await applyAll(trees, list);
      const objects = await collect(closureOf(trees.fresh(), root), ({ hash }) => toHex(hash));
      const linked = new Set([toHex(root)]);
      for (const key of linked) {
        for (const link of objectLinks(trees.objects.get(key) ?? new Uint8Array())) {
          linked.add(toHex(link));
        }
      }
      expect(new Set(objects)).toEqual(linked);
      expect(objects.length).toBe(linked.size);
    }),
    { numRuns: 50 },
  );
});
