/** Calls on what has a path. Links are not supported: a tree has one way to everything. */
import { RIGHTS } from './descriptors.js';
import { fail } from './errno.js';
import { changedTime } from './file-calls.js';
import type { TreeNode } from './file-tree.js';
import { find, isWithin, type Place, resolve, resolveEntry } from './paths.js';
import { writeStat } from './stat-layout.js';
import type { Calls, WasiSystem } from './wasi-system.js';

const OPEN = { create: 1, directory: 2, exclusive: 4, truncate: 8 } as const;

export function pathCalls(system: WasiSystem): Calls {
  return { ...lookingCalls(system), ...changingCalls(system), path_open: openCall(system) };
}

function lookingCalls(system: WasiSystem): Calls {
  const { memory, descriptors } = system;
  const nodeAt = (fd: number, path: number, length: number) =>
    find(descriptors.directory(fd).node, memory.path(path, length));
  return {
    path_filestat_get(
      ...[fd, , path, length, stat]: [
        ...[fd: number, lookup: number, path: number, length: number, stat: number],
      ]
    ) {
      writeStat(memory, stat, nodeAt(fd, path, length));
    },
    path_filestat_set_times(
      ...[fd, , path, length, , mtim, flags]: [
        ...[fd: number, lookup: number, path: number, length: number],
        ...[atim: bigint, mtim: bigint, flags: number],
      ]
    ) {
      const node = nodeAt(fd, path, length);
      node.mtimeNs = changedTime(system, node.mtimeNs, mtim, flags);
    },
    path_readlink(fd: number, path: number, length: number) {
      nodeAt(fd, path, length);
      throw fail('invalid');
    },
    path_link() {
      throw fail('notSupported');
    },
    path_symlink() {
      throw fail('notSupported');
    },
  };
}

function changingCalls({ memory, descriptors, tree }: WasiSystem): Calls {
  const entryAt = (fd: number, path: number, length: number) =>
    resolveEntry(descriptors.directory(fd).node, memory.path(path, length));
  return {
    path_create_directory(fd: number, path: number, length: number) {
      const place = resolve(descriptors.directory(fd).node, memory.path(path, length));
      if (place.node !== undefined || place.kind === 'passed') throw fail('exists');
      tree.makeDirectory(place.parent, place.name);
    },
    path_remove_directory(fd: number, path: number, length: number) {
      const { parent, name, node } = entryAt(fd, path, length);
      if (node === undefined) throw fail('notFound');
      if (node.kind !== 'directory') throw fail('notDirectory');
      if (node.entries.size > 0) throw fail('notEmpty');
      tree.remove(parent, name);
    },
    path_unlink_file(fd: number, path: number, length: number) {
      const { parent, name, node } = entryAt(fd, path, length);
      if (node === undefined) throw fail('notFound');
      if (node.kind === 'directory') throw fail('isDirectory');
      tree.remove(parent, name);
    },
    path_rename(
      ...[fd, path, length, newFd, newPath, newLength]: [
        ...[fd: number, path: number, length: number],
        ...[newFd: number, newPath: number, newLength: number],
      ]
    ) {
      const from = entryAt(fd, path, length);
      const to = entryAt(newFd, newPath, newLength);
      if (from.node === undefined) throw fail('notFound');
      if (to.node === from.node) return;
      checkReplacement(from.node, to.node);
      if (to.isDirectory && from.node.kind === 'file') throw fail('notDirectory');
      if (isWithin(to.parent, from.node)) throw fail('invalid');
      if (to.node !== undefined) tree.remove(to.parent, to.name);
      tree.move(from.parent, from.name, to.parent, to.name);
    },
  };
}

function openCall({ memory, descriptors, tree }: WasiSystem) {
  const make = (place: Place) => {
    if (place.kind === 'passed' || place.isDirectory) throw fail('isDirectory');
    return tree.makeFile(place.parent, place.name);
  };
  return (
    ...[fd, , path, length, how, rights, , flags, opened]: [
      ...[fd: number, lookup: number, path: number, length: number, how: number],
      ...[rights: bigint, inherited: bigint, flags: number, opened: number],
    ]
  ) => {
    const place = resolve(descriptors.directory(fd).node, memory.path(path, length));
    const has = (flag: keyof typeof OPEN) => (how & OPEN[flag]) !== 0;
    if (place.node === undefined && !has('create')) throw fail('notFound');
    if (has('create') && has('directory')) throw fail('invalid');
    if (has('create') && has('exclusive') && place.node !== undefined) throw fail('exists');
    memory.writeU32(opened, 0);
    const node = place.node ?? make(place);
    const isWriting = (rights & RIGHTS.write) !== 0n || has('truncate');
    if (node.kind === 'directory') {
      if (isWriting) throw fail('isDirectory');
      memory.writeU32(opened, descriptors.add({ kind: 'directory', node }));
    } else {
      if (has('directory')) throw fail('notDirectory');
      const file = { kind: 'file', node, rights: rights & RIGHTS.all, flags, at: 0 } as const;
      memory.writeU32(opened, descriptors.add(file));
      if (has('truncate')) tree.resize(node, 0);
    }
  };
}

/** A file takes the place of a file, a directory that of an empty directory. */
function checkReplacement(node: TreeNode, old: TreeNode | undefined): void {
  if (old === undefined) return;
  if (old.kind === 'file' && node.kind === 'directory') throw fail('notDirectory');
  if (old.kind === 'directory' && node.kind === 'file') throw fail('isDirectory');
  if (old.kind === 'directory' && old.entries.size > 0) throw fail('notEmpty');
}
