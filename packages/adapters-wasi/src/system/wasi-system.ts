/**
 * WASI preview 1 for one run of one program: everything that a program can reach.
 *
 * S1 Nothing here leads to the machine: files are a tree in memory, time and chance are made of the
 *    run's own seed, there are no environment, sockets or other processes.
 * S2 A program is a function of its input: what a run answers can be had again by running it again.
 * S3 A run has ended when it was ended: a program that catches the end and calls again is told so
 *    again.
 */
import { concatBytes, sha256, utf8 } from '@aos/canon';
import { type Descriptor, DescriptorTable, type InputStream, OutputStream } from './descriptors.js';
import { CallError } from './errno.js';
import { type DiskLimits, FileTree } from './file-tree.js';
import { GuestMemory } from './guest-memory.js';
import { ProgramExit, ProgramStopped } from './program-end.js';

export interface ProgramLimits extends DiskLimits {
  /** Of standard output, and of standard error. */
  readonly outputBytes: number;
}

/** What a program is given. */
export interface ProgramInput {
  /** What it finds as its name, before its arguments. */
  readonly name: string;
  readonly args: readonly string[];
  readonly stdin: Uint8Array;
  /** By path from the root. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Whatever is random in it follows from this. */
  readonly seed: Uint8Array;
}

/** Answers nothing when all is well; throws {@link CallError} otherwise. Numbers are 32 bits. */
// biome-ignore lint/suspicious/noExplicitAny: each call has its own arguments, 32 or 64 bits wide
export type Call = (...args: any[]) => void;
export type Calls = Readonly<Record<string, Call>>;

/** A clock moves on by this whenever it is looked at, so that who waits for it gets there. */
const TICK_NS = 1000n;

export class WasiSystem {
  readonly memory = new GuestMemory();
  readonly tree: FileTree;
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly descriptors: DescriptorTable;
  /** Zero-terminated. */
  readonly args: readonly Uint8Array[];
  #nowNs = 0n;
  #randomBlocks = 0;
  #end: ProgramExit | ProgramStopped | undefined;

  constructor(
    private readonly input: ProgramInput,
    limits: ProgramLimits,
  ) {
    this.tree = new FileTree(limits, () => this.#nowNs);
    this.stdin = { kind: 'input', bytes: input.stdin, at: 0 };
    this.stdout = new OutputStream(limits.outputBytes);
    this.stderr = new OutputStream(limits.outputBytes);
    const root: Descriptor = { kind: 'directory', node: this.tree.root, preopen: '/' };
    const first = [this.stdin, this.stdout, this.stderr, root];
    this.descriptors = new DescriptorTable(this.tree, first);
    this.args = [input.name, ...input.args].map((text) => utf8(`${text}\0`));
    for (const [path, bytes] of input.files) this.tree.place(path.split('/'), bytes);
  }

  /** How the run was ended from within; undefined while it was not. */
  get end(): ProgramExit | ProgramStopped | undefined {
    return this.#end;
  }

  /** Time since the program began, for the program the time since 1970. */
  readClock(): bigint {
    this.#nowNs += TICK_NS;
    return this.#nowNs;
  }

  /** Lets time pass; nobody waits for it. */
  passTime(toNs: bigint): void {
    if (toNs > this.#nowNs) this.#nowNs = toNs;
  }

  /** Fills a buffer with what follows from the seed. */
  fillRandom(buffer: Uint8Array): void {
    for (let at = 0; at < buffer.length; ) {
      const count = utf8(`${this.#randomBlocks}`);
      const block = sha256(concatBytes(utf8('aos/wasi-random/0\0'), this.input.seed, count));
      this.#randomBlocks += 1;
      buffer.set(block.subarray(0, buffer.length - at), at);
      at += block.length;
    }
  }

  /** What a call answers its program with: zero, or why it fails. */
  answer(call: Call, args: readonly unknown[]): number {
    if (this.#end !== undefined) throw this.#end;
    try {
      call(...args);
      return 0;
    } catch (cause) {
      if (cause instanceof CallError) return cause.errno;
      if (cause instanceof ProgramExit || cause instanceof ProgramStopped) this.#end = cause;
      throw cause;
    }
  }
}
