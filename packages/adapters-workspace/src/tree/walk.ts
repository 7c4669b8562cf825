/**
 * Walks over trees, in the order of paths: name by name, a directory's own files before what comes
 * after it.
 *
 * 1. A walk reads what it tells of and what is on the way there, and nothing else.
 * 2. A walk goes on behind any path, whether there is something at it or not.
 */
import { bytesEqual, type Hash, toHex } from '@aos/canon';
import type { TreeEntry, TreeFile } from '@aos/protocol';
import {
  compareNames,
  type Directories,
  type Directory,
  EMPTY_DIRECTORY,
  refusal,
} from './directory.js';
import { MAX_DEPTH } from './path.js';

export interface Listed {
  readonly names: readonly string[];
  readonly entry: TreeEntry;
}

export interface ListOptions {
  /** All files, instead of the entries of one directory. */
  readonly isRecursive: boolean;
  /** Only what comes behind this path. */
  readonly after?: readonly string[] | undefined;
}

/** What is in a directory, which is at `at`. */
export async function* listTree(
  trees: Directories,
  directory: Hash,
  at: readonly string[],
  options: ListOptions,
): AsyncGenerator<Listed, void, void> {
  const after = options.after && placeBelow(options.after, at);
  if (after === 'behind') return;
  const walk = { trees, isRecursive: options.isRecursive };
  yield* listBelow(walk, directory, at, after === 'before' ? undefined : after);
}

async function* listBelow(
  walk: { readonly trees: Directories; readonly isRecursive: boolean },
  hash: Hash,
  at: readonly string[],
  after: readonly string[] | undefined,
): AsyncGenerator<Listed, void, void> {
  checkDepth(at);
  const directory = await walk.trees.get(hash);
  for (const entry of directory.entries) {
    const names = [...at, entry.name];
    const order = after === undefined ? 1 : compareNames(entry.name, after[0] ?? '');
    if (order < 0) continue;
    const rest = order === 0 ? after?.slice(1) : undefined;
    const isDeep = entry.kind === 'directory' && walk.isRecursive;
    if (isDeep) yield* listBelow(walk, entry.hash, names, rest);
    else if (rest === undefined) yield { names, entry };
  }
}

/**
 * Where a path lies that a walk below `at` goes on behind: `before` all of it, `behind` all of it,
 * or the names that lead on from there, none where it is the same.
 */
function placeBelow(
  after: readonly string[],
  at: readonly string[],
): readonly string[] | 'before' | 'behind' {
  for (const [i, name] of at.entries()) {
    const own = after[i];
    if (own === undefined) return 'before';
    const order = compareNames(own, name);
    if (order !== 0) return order < 0 ? 'before' : 'behind';
  }
  return after.slice(at.length);
}

export interface TreeChange {
  readonly names: readonly string[];
  readonly before: TreeFile | undefined;
  readonly after: TreeFile | undefined;
}

/** What is under one path in two trees. */
export interface Pair {
  readonly before: TreeEntry | undefined;
  readonly after: TreeEntry | undefined;
}

export interface DiffOptions {
  /** Where the two lie. */
  readonly at?: readonly string[];
  /** Only what comes behind this path. */
  readonly after?: readonly string[] | undefined;
}

/** The files that differ; what is shared is not read. */
export async function* diffTrees(
  trees: Directories,
  pair: Pair,
  { at = [], after }: DiffOptions = {},
): AsyncGenerator<TreeChange, void, void> {
  const place = after && placeBelow(after, at);
  if (place === 'behind') return;
  yield* diffEntries(trees, pair, at, place === 'before' ? undefined : place);
}

async function* diffEntries(
  trees: Directories,
  pair: Pair,
  at: readonly string[],
  rest: readonly string[] | undefined,
): AsyncGenerator<TreeChange, void, void> {
  if (isSame(pair)) return;
  const [before, after] = [fileOf(pair.before), fileOf(pair.after)];
  // files come before what is below their path, and are behind nothing that leads through them
  if ((before !== undefined || after !== undefined) && rest === undefined) {
    yield { names: at, before, after };
  }
  if (before !== undefined && after !== undefined) return;
  if (pair.before?.kind !== 'directory' && pair.after?.kind !== 'directory') return;
  checkDepth(at);
  const [left, right] = await Promise.all([
    directoryOf(trees, pair.before),
    directoryOf(trees, pair.after),
  ]);
  for (const name of namesOf(left, right)) {
    const order = rest === undefined ? 1 : compareNames(name, rest[0] ?? '');
    if (order < 0) continue;
    const below = order === 0 ? rest?.slice(1) : undefined;
    const next = { before: left.get(name), after: right.get(name) };
    yield* diffEntries(trees, next, [...at, name], below);
  }
}

function isSame({ before, after }: Pair): boolean {
  if (before === undefined || after === undefined) return before === after;
  if (before.kind !== after.kind || !bytesEqual(before.hash, after.hash)) return false;
  return fileOf(before)?.isExecutable === fileOf(after)?.isExecutable;
}

function fileOf(entry: TreeEntry | undefined): TreeFile | undefined {
  return entry?.kind === 'file' ? entry : undefined;
}

async function directoryOf(trees: Directories, entry: TreeEntry | undefined): Promise<Directory> {
  return entry?.kind === 'directory' ? trees.get(entry.hash) : EMPTY_DIRECTORY;
}

/** The names of both, each once, in their order. */
function namesOf(left: Directory, right: Directory): readonly string[] {
  const names = new Set([...left.entries, ...right.entries].map(({ name }) => name));
  return [...names].sort(compareNames);
}

/** Everything that a tree consists of, each object once: directories, and the blobs of files. */
export async function* closureOf(
  trees: Directories,
  root: Hash,
): AsyncGenerator<{ readonly hash: Hash; readonly kind: TreeEntry['kind'] }, void, void> {
  const seen = new Set<string>([toHex(root)]);
  const waiting: { readonly hash: Hash; readonly depth: number }[] = [{ hash: root, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield { hash: next.hash, kind: 'directory' };
    if (next.depth > MAX_DEPTH) throw tooDeep();
    for (const { kind, hash } of (await trees.get(next.hash)).entries) {
      const key = toHex(hash);
      if (seen.has(key)) continue;
      seen.add(key);
      if (kind === 'file') yield { hash, kind };
      else waiting.push({ hash, depth: next.depth + 1 });
    }
  }
}

function checkDepth(at: readonly string[]): void {
  if (at.length > MAX_DEPTH) throw tooDeep();
}

function tooDeep() {
  const detail = `a directory lies deeper than ${MAX_DEPTH} names: no path leads there`;
  return refusal('workspace-tree-damaged', detail);
}
