/** Trees over a map of objects, and the same as a map of paths. */

import {
  Directories,
  type Edited,
  type FileContent,
  listTree,
  parsePath,
} from '@aos/adapters-workspace';
import { type Hash, sha256, toHex, utf8 } from '@aos/canon';

export class MemoryTrees {
  readonly objects = new Map<string, Uint8Array>();
  /** Directories that were asked for. */
  reads = 0;

  /** With nothing in memory but the objects. */
  fresh(): Directories {
    return new Directories(async (hash) => {
      this.reads += 1;
      return this.objects.get(toHex(hash));
    });
  }

  take({ root, objects }: Edited): Hash {
    for (const { hash, bytes } of objects) this.objects.set(toHex(hash), bytes);
    return root;
  }
}

export function fileOf(text: string, isExecutable = false): FileContent {
  const bytes = utf8(text);
  return { hash: sha256(bytes), sizeBytes: bytes.length, isExecutable };
}

export function namesOf(path: string): readonly string[] {
  const names = parsePath(path);
  if (!names.ok) throw new Error(names.refusal.detail);
  return names.value;
}

/** Every file of a tree, as `path → hash, size, mode`. */
export async function filesOf(trees: Directories, root: Hash): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { names, entry } of listTree(trees, root, [], { isRecursive: true })) {
    if (entry.kind === 'file') files.set(names.join('/'), lookOf(entry));
  }
  return files;
}

export const lookOf = ({ hash, sizeBytes, isExecutable }: FileContent): string =>
  `${toHex(hash)} ${sizeBytes} ${isExecutable}`;
