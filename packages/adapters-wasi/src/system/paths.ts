/** Paths of a program: from a directory that it has open, to what is below that, never above. */
import { fail } from './errno.js';
import type { DirectoryNode, TreeNode } from './file-tree.js';

/** Where a path leads. */
export type Place =
  | {
      readonly kind: 'entry';
      readonly parent: DirectoryNode;
      readonly name: string;
      /** Undefined where nothing is. */
      readonly node: TreeNode | undefined;
      /** It ends in a slash. */
      readonly isDirectory: boolean;
    }
  /** The directory where it begins, or one that it passed through. */
  | { readonly kind: 'passed'; readonly node: DirectoryNode };

/** Fails where the way is no directory, or would leave the one where it begins. */
export function resolve(base: DirectoryNode, path: string): Place {
  if (path === '') throw fail('notFound');
  if (path.startsWith('/')) throw fail('notCapable');
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  const way = [base];
  for (const [i, name] of names.entries()) {
    const parent = way.at(-1) as DirectoryNode;
    if (name === '..') {
      if (way.length === 1) throw fail('notCapable');
      way.pop();
      continue;
    }
    const node = parent.entries.get(name);
    if (i === names.length - 1) {
      const isDirectory = /(^|\/)\.?$/.test(path);
      if (isDirectory && node?.kind === 'file') throw fail('notDirectory');
      return { kind: 'entry', parent, name, node, isDirectory };
    }
    if (node === undefined) throw fail('notFound');
    if (node.kind !== 'directory') throw fail('notDirectory');
    way.push(node);
  }
  return { kind: 'passed', node: way.at(-1) as DirectoryNode };
}

/** What is at a path. */
export function find(base: DirectoryNode, path: string): TreeNode {
  const { node } = resolve(base, path);
  if (node === undefined) throw fail('notFound');
  return node;
}

export type Entry = Extract<Place, { readonly kind: 'entry' }>;

/** A path that ends in a name; nothing can be made or removed under another one. */
export function resolveEntry(base: DirectoryNode, path: string): Entry {
  const place = resolve(base, path);
  if (place.kind !== 'entry') throw fail('busy');
  return place;
}

/** Whether a node is a directory or in it, at whatever depth. */
export function isWithin(node: TreeNode, directory: TreeNode): boolean {
  if (node === directory) return true;
  if (directory.kind !== 'directory') return false;
  for (const entry of directory.entries.values()) if (isWithin(node, entry)) return true;
  return false;
}
