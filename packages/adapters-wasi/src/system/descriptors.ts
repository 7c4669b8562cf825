/** What a program has open: its streams, and files and directories of its tree. */
import { fail } from './errno.js';
import type { DirectoryNode, FileNode, FileTree } from './file-tree.js';
import { ProgramStopped } from './program-end.js';

export const RIGHTS = { read: 1n << 1n, write: 1n << 6n, all: (1n << 30n) - 1n } as const;
export const DESCRIPTOR_FLAGS = { append: 1 } as const;

/** Standard input. */
export interface InputStream {
  readonly kind: 'input';
  readonly bytes: Uint8Array;
  at: number;
}

const FIRST_BYTES = 1 << 10;

/** Standard output, or standard error. */
export class OutputStream {
  readonly kind = 'output';
  /** At least as long as what was said. */
  #bytes = new Uint8Array(FIRST_BYTES);
  #size = 0;

  constructor(private readonly limitBytes: number) {}

  write(bytes: Uint8Array): void {
    const size = this.#size + bytes.length;
    if (size > this.limitBytes) {
      const message = `it may say ${this.limitBytes} bytes on standard output, and on error`;
      throw new ProgramStopped('wasi-output-limit', message);
    }
    if (size > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(Math.max(size, 2 * this.#size), this.limitBytes));
      grown.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#size);
    this.#size = size;
  }

  said(): Uint8Array {
    return this.#bytes.slice(0, this.#size);
  }
}

export interface OpenFile {
  readonly kind: 'file';
  readonly node: FileNode;
  readonly rights: bigint;
  flags: number;
  at: number;
}

export interface OpenDirectory {
  readonly kind: 'directory';
  readonly node: DirectoryNode;
  /** Under what name the program finds it from the start. */
  readonly preopen?: string;
  /** Names as they were when their listing began. */
  listing?: readonly string[];
}

export type Descriptor = InputStream | OutputStream | OpenFile | OpenDirectory;

const MAX_DESCRIPTORS = 1024;

export class DescriptorTable {
  readonly #open = new Map<number, Descriptor>();

  constructor(
    private readonly tree: FileTree,
    first: readonly Descriptor[],
  ) {
    for (const descriptor of first) this.add(descriptor);
  }

  /** Under the lowest number that is free. */
  add(descriptor: Descriptor): number {
    if (this.#open.size === MAX_DESCRIPTORS) throw fail('tooManyOpen');
    let number = 0;
    while (this.#open.has(number)) number += 1;
    this.#open.set(number, descriptor);
    if ('node' in descriptor) this.tree.open(descriptor.node);
    return number;
  }

  get(number: number): Descriptor {
    const descriptor = this.#open.get(number);
    if (descriptor === undefined) throw fail('badDescriptor');
    return descriptor;
  }

  directory(number: number): OpenDirectory {
    const descriptor = this.get(number);
    if (descriptor.kind !== 'directory') throw fail('notDirectory');
    return descriptor;
  }

  /** A file with all these rights. */
  file(number: number, rights = 0n): OpenFile {
    const descriptor = this.get(number);
    if (descriptor.kind === 'directory') throw fail('isDirectory');
    if (descriptor.kind !== 'file') throw fail('notSeekable');
    if ((descriptor.rights & rights) !== rights) throw fail('badDescriptor');
    return descriptor;
  }

  close(number: number): void {
    const descriptor = this.get(number);
    this.#open.delete(number);
    if ('node' in descriptor) this.tree.close(descriptor.node);
  }

  /** Gives what is under one number another one; what was under that is closed. */
  renumber(from: number, to: number): void {
    const descriptor = this.get(from);
    this.get(to);
    if (from === to) return;
    this.close(to);
    this.#open.delete(from);
    this.#open.set(to, descriptor);
  }
}
