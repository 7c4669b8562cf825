/**
 * The files of one program, in memory: all there is of a file system.
 *
 * T1 A node is counted from when it is made until nothing names it and nothing has it open; so are
 *    its bytes. Whoever wants more than the disk has is stopped.
 * T2 Nothing here has a name outside: no path leads out of the tree, since nothing is behind it.
 */
import { fail } from './errno.js';
import { ProgramStopped } from './program-end.js';

export interface DiskLimits {
  readonly diskBytes: number;
  /** Files and directories. */
  readonly fileCount: number;
}

interface NodeState {
  readonly ino: bigint;
  mtimeNs: bigint;
  /** Whether a directory has it. */
  isNamed: boolean;
  /** Descriptors that have it open. */
  opens: number;
}

export interface DirectoryNode extends NodeState {
  readonly kind: 'directory';
  readonly entries: Map<string, TreeNode>;
}

export interface FileNode extends NodeState {
  readonly kind: 'file';
  /** At least as long as the file is. */
  bytes: Uint8Array;
  size: number;
  /** Where it was when the program began, as long as nothing has written to it. */
  origin: string | undefined;
}

export type TreeNode = DirectoryNode | FileNode;

const MAX_NAME_BYTES = 255;
const MAX_PATH_LENGTH = 4096;

export class FileTree {
  readonly root: DirectoryNode;
  #usedBytes = 0;
  #nodes = 0;
  #nextIno = 1n;

  constructor(
    private readonly limits: DiskLimits,
    private readonly now: () => bigint,
  ) {
    this.root = { ...this.#node(), kind: 'directory', entries: new Map(), isNamed: true };
  }

  makeDirectory(parent: DirectoryNode, name: string): DirectoryNode {
    return this.#enter(parent, name, { ...this.#node(), kind: 'directory', entries: new Map() });
  }

  makeFile(parent: DirectoryNode, name: string): FileNode {
    const bytes = new Uint8Array();
    const node: FileNode = { ...this.#node(), kind: 'file', bytes, size: 0, origin: undefined };
    return this.#enter(parent, name, node);
  }

  /** A file that is there when the program begins, with the directories that lead to it. */
  place(path: readonly string[], bytes: Uint8Array): void {
    let parent = this.root;
    for (const name of path.slice(0, -1)) {
      const node = parent.entries.get(name) ?? this.makeDirectory(parent, name);
      if (node.kind !== 'directory') throw fail('notDirectory');
      parent = node;
    }
    const name = path.at(-1) ?? '';
    if (parent.entries.has(name)) throw fail('exists');
    const file = this.makeFile(parent, name);
    this.write(file, 0, bytes);
    file.origin = path.join('/');
  }

  /** Moves a node to a name that is free. */
  move(from: DirectoryNode, name: string, parent: DirectoryNode, newName: string): void {
    const node = from.entries.get(name);
    if (node === undefined) throw fail('notFound');
    from.entries.delete(name);
    this.#enter(parent, newName, node);
  }

  remove(parent: DirectoryNode, name: string): void {
    const node = parent.entries.get(name);
    if (node === undefined) throw fail('notFound');
    parent.entries.delete(name);
    node.isNamed = false;
    parent.mtimeNs = this.now();
    this.#forget(node);
  }

  open(node: TreeNode): void {
    node.opens += 1;
  }

  close(node: TreeNode): void {
    node.opens -= 1;
    this.#forget(node);
  }

  /** Fills as much of a buffer as there is; answers how much. */
  read({ bytes, size }: FileNode, at: number, buffer: Uint8Array): number {
    const count = Math.max(0, Math.min(buffer.length, size - at));
    if (count > 0) buffer.set(bytes.subarray(at, at + count));
    return count;
  }

  /** Bytes between the end of a file and where it is written are zero. */
  write(file: FileNode, at: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (at + bytes.length > file.size) this.resize(file, at + bytes.length);
    file.bytes.set(bytes, at);
    this.#touch(file);
  }

  resize(file: FileNode, size: number): void {
    this.#charge(size - file.size);
    if (size > file.bytes.length) {
      const grown = new Uint8Array(Math.min(Math.max(size, 2 * file.size), this.limits.diskBytes));
      grown.set(file.bytes.subarray(0, file.size));
      file.bytes = grown;
    } else if (2 * size < file.bytes.length) file.bytes = file.bytes.slice(0, size);
    else if (size < file.size) file.bytes.fill(0, size, file.size);
    file.size = size;
    this.#touch(file);
  }

  /** Files that the program made, moved or wrote to, by path, in the order of directories. */
  changes(): Map<string, Uint8Array> {
    const found = new Map<string, Uint8Array>();
    collect(this.root, '', found);
    return found;
  }

  #node(): NodeState {
    if (this.#nodes === this.limits.fileCount) {
      const message = `it may have ${this.limits.fileCount} files and directories`;
      throw new ProgramStopped('wasi-files-limit', message);
    }
    this.#nodes += 1;
    const ino = this.#nextIno;
    this.#nextIno += 1n;
    return { ino, mtimeNs: this.now(), isNamed: false, opens: 0 };
  }

  #enter<N extends TreeNode>(parent: DirectoryNode, name: string, node: N): N {
    if (new TextEncoder().encode(name).length > MAX_NAME_BYTES) throw fail('nameTooLong');
    if (name === '' || name.includes('\0')) throw fail('invalid');
    parent.entries.set(name, node);
    parent.mtimeNs = this.now();
    node.isNamed = true;
    return node;
  }

  #forget(node: TreeNode): void {
    if (node.isNamed || node.opens > 0) return;
    this.#nodes -= 1;
    if (node.kind === 'file') this.#usedBytes -= node.size;
  }

  #touch(file: FileNode): void {
    file.origin = undefined;
    file.mtimeNs = this.now();
  }

  #charge(bytes: number): void {
    if (this.#usedBytes + bytes > this.limits.diskBytes) {
      const message = `its files may have ${this.limits.diskBytes} bytes`;
      throw new ProgramStopped('wasi-disk-limit', message);
    }
    this.#usedBytes += bytes;
  }
}

function collect(directory: DirectoryNode, prefix: string, found: Map<string, Uint8Array>): void {
  if (prefix.length > MAX_PATH_LENGTH) {
    const message = `its paths may be ${MAX_PATH_LENGTH} characters long`;
    throw new ProgramStopped('wasi-files-limit', message);
  }
  for (const [name, node] of directory.entries) {
    const path = `${prefix}${name}`;
    if (node.kind === 'directory') collect(node, `${path}/`, found);
    else if (node.origin !== path) found.set(path, node.bytes.slice(0, node.size));
  }
}
