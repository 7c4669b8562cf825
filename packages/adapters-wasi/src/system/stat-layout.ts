/** What is told of a node, in the layout of WASI preview 1. */
import { utf8 } from '@aos/canon';
import type { DirectoryNode, TreeNode } from './file-tree.js';
import type { GuestMemory } from './guest-memory.js';

export const FILE_TYPE = { unknown: 0, directory: 3, file: 4 } as const;

const STAT_BYTES = 64;
const ENTRY_BYTES = 24;
const HERE = ['.', '..'];

/** A stream has no node. */
export function writeStat(memory: GuestMemory, pointer: number, node: TreeNode | undefined): void {
  const stat = memory.view(pointer, STAT_BYTES);
  const mtimeNs = node?.mtimeNs ?? 0n;
  stat.setBigUint64(0, 0n, true);
  stat.setBigUint64(8, node?.ino ?? 0n, true);
  stat.setBigUint64(
    16,
    BigInt(node === undefined ? FILE_TYPE.unknown : FILE_TYPE[node.kind]),
    true,
  );
  stat.setBigUint64(24, 1n, true);
  stat.setBigUint64(32, BigInt(node?.kind === 'file' ? node.size : 0), true);
  for (const at of [40, 48, 56]) stat.setBigUint64(at, mtimeNs, true);
}

/** The names of a directory as they are now. */
export function directoryListing({ entries }: DirectoryNode): readonly string[] {
  return [...HERE, ...entries.keys()];
}

/**
 * Writes an entry of a listing, cut where the buffer ends, which tells the program to ask again;
 * answers how much of it was written. What is gone by now is told of as unknown.
 */
export function writeEntry(
  buffer: Uint8Array,
  directory: DirectoryNode,
  name: string,
  next: number,
): number {
  const node = HERE.includes(name) ? directory : directory.entries.get(name);
  const text = utf8(name);
  const entry = new Uint8Array(ENTRY_BYTES + text.length);
  const view = new DataView(entry.buffer);
  view.setBigUint64(0, BigInt(next), true);
  view.setBigUint64(8, node?.ino ?? 0n, true);
  view.setUint32(16, text.length, true);
  view.setUint8(20, node === undefined ? FILE_TYPE.unknown : FILE_TYPE[node.kind]);
  entry.set(text, ENTRY_BYTES);
  const part = entry.subarray(0, buffer.length);
  buffer.set(part);
  return part.length;
}
