/**
 * A disk in memory that loses, tears and reorders what was not flushed.
 *
 * It implements the file system port of the store. One integer seed decides how long operations
 * take relative to each other and what a power loss leaves. Operations that change something are
 * counted from 0; a crash or a failure can be put at any of them. After a crash nothing settles any
 * more, as for a process that is gone: go on with the disk that `crash` or `kill` returns.
 *
 * Content and names: D1 to D3 in sim-content.ts, and sim-tree.ts.
 */
import type { StoreFile, StoreFs, StoreLock } from '@aos/store';
import { Random } from './random.js';
import type { FileOperation, SimContent, TellLoss } from './sim-content.js';
import { SimTree, systemError } from './sim-tree.js';

/** An operation takes less than so many turns of the promise queue. */
const MAX_TURNS = 6;

export type FailureCode = 'EIO' | 'ENOSPC' | 'short-write';

/** Thrown by synchronous operations of a disk that has crashed. */
export class SimCrash extends Error {
  override readonly name = 'SimCrash';
}

/** An operation that is about to begin. */
export interface DiskOperation {
  readonly kind: 'flush' | 'name' | 'read' | 'truncate' | 'write';
  readonly path: string;
  readonly sizeBytes: number;
}

/** How an operation fails; `flip` is a bit that is read as it is not. */
export type DiskFate = FailureCode | 'flip';

export interface SimDiskOptions {
  /** `datasync` succeeds and makes nothing durable: for proving that a test can see loss. */
  readonly lieAboutFlush?: boolean;
  /** Resolves when an operation may go on, in place of turns of the promise queue. */
  readonly pace?: (what: string) => Promise<void>;
  /** Asked of every operation that no failure was put at. */
  readonly fate?: (operation: DiskOperation) => DiskFate | undefined;
  /** Told what a power loss or a kill has made of an operation. */
  readonly told?: TellLoss;
}

interface OpenedFile {
  readonly path: string;
  readonly content: SimContent;
}

export class SimDisk {
  /** Resolves when the operation of `crashAt` is reached. */
  readonly crashed: Promise<void>;
  readonly fs: StoreFs = this.makeFs();
  private readonly random: Random;
  private readonly locks = new Set<string>();
  private readonly failures = new Map<number, FailureCode>();
  private failsFrom = Number.POSITIVE_INFINITY;
  private crashIndex = Number.POSITIVE_INFINITY;
  private count = 0;
  private isDead = false;
  private announceCrash = (): void => undefined;

  constructor(
    seed: number,
    private readonly options: SimDiskOptions = {},
    private readonly tree: SimTree = new SimTree(),
  ) {
    this.random = new Random(seed);
    this.crashed = new Promise((resolve) => {
      this.announceCrash = resolve;
    });
  }

  /** How many operations have begun. */
  get operations(): number {
    return this.count;
  }

  /** Nothing begun on this disk will ever end. */
  get isCrashed(): boolean {
    return this.isDead;
  }

  /** The operation with this number begins and never ends. */
  crashAt(operation: number): void {
    this.crashIndex = operation;
  }

  /** The operation with this number fails; a `short-write` fails only writes. */
  failAt(operation: number, code: FailureCode): void {
    this.failures.set(operation, code);
  }

  /** Every operation from this one on fails with EIO: a dying disk. */
  failFrom(operation: number): void {
    this.failsFrom = operation;
  }

  /** The power fails now. Returns a disk with what survived. */
  crash(options = this.options): SimDisk {
    this.isDead = true;
    const left = this.tree.afterPowerLoss(this.random, this.options.told);
    return new SimDisk(this.random.next(), options, left);
  }

  /** The process is killed now; the cache stays. Returns the disk as the next process finds it. */
  kill(options = this.options): SimDisk {
    this.isDead = true;
    this.tree.loseProcess(this.random);
    return new SimDisk(this.random.next(), options, this.tree);
  }

  /** Another disk with the same on it, and nothing under way. */
  copy(seed: number, options: SimDiskOptions = {}): SimDisk {
    return new SimDisk(seed, options, this.tree.copy());
  }

  /** Turns one bit of all that is in files. Answers with where; `undefined` of an empty disk. */
  flipBit(random: Random): { readonly path: string; readonly at: number } | undefined {
    return this.tree.flipBit(random);
  }

  private makeFs(): StoreFs {
    return {
      open: (path, mode) => {
        this.assertAlive();
        if (mode === 'exclusive' && this.tree.has(path)) throw systemError('EEXIST', path);
        const isMade = mode === 'create' || mode === 'exclusive';
        return this.openFile(path, isMade ? this.createFile(path) : this.tree.file(path));
      },
      list: (path) => {
        this.assertAlive();
        return this.tree.list(path);
      },
      makeDirectory: (path) => {
        this.beginNow(path);
        this.tree.makeDirectory(path);
      },
      has: (path) => {
        this.assertAlive();
        return this.tree.has(path);
      },
      remove: (path) => {
        this.beginNow(path);
        this.tree.remove(path);
      },
      link: (from, to) => {
        this.beginNow(from);
        this.tree.link(from, to);
      },
      rename: (from, to) => {
        this.beginNow(from);
        this.tree.rename(from, to);
      },
      syncDirectory: (path) => this.syncDirectory(path),
      lock: async (path) => this.lock(path),
    };
  }

  private openFile(path: string, content: SimContent): StoreFile {
    const file = { path, content };
    return {
      sizeBytes: () => content.sizeBytes,
      readSync: (target, position) => this.read(file, target, position),
      write: (bytes, position) => this.write(file, bytes, position),
      datasync: () => (this.options.lieAboutFlush ? this.lie(file) : this.flush(file)),
      sync: () => this.flush(file),
      truncate: (sizeBytes) => this.truncate(file, sizeBytes),
      close: () => undefined,
    };
  }

  private createFile(path: string): SimContent {
    this.beginNow(path);
    const content = this.tree.makeFile(path);
    if (content.sizeBytes > 0) content.complete({ kind: 'truncate', sizeBytes: 0 });
    return content;
  }

  private read({ path, content }: OpenedFile, target: Uint8Array, position: number): number {
    this.assertAlive();
    const taken = content.read(target, position);
    const fate = this.options.fate?.({ kind: 'read', path, sizeBytes: taken });
    if (fate === 'flip' && taken > 0) {
      const at = this.random.below(taken);
      target[at] = (target[at] as number) ^ (1 << this.random.below(8));
    } else if (fate !== undefined) throw systemError('EIO', path);
    return taken;
  }

  private async write(file: OpenedFile, bytes: Uint8Array, position: number): Promise<number> {
    const { path, content } = file;
    if (this.isDead) await never();
    const failure = this.begin({ kind: 'write', path, sizeBytes: bytes.length });
    const taken = failure ? this.random.below(bytes.length) : bytes.length;
    const operation = { kind: 'write', position, bytes: bytes.subarray(0, taken) } as const;
    await this.carryOut(content, operation, `write ${path}`);
    if (failure && failure !== 'short-write') throw systemError(failure, 'write');
    return taken;
  }

  private async truncate({ path, content }: OpenedFile, sizeBytes: number): Promise<void> {
    if (this.isDead) await never();
    const failure = this.begin({ kind: 'truncate', path, sizeBytes });
    if (failure) throw systemError('EIO', 'truncate');
    await this.carryOut(content, { kind: 'truncate', sizeBytes }, `truncate ${path}`);
  }

  private async carryOut(content: SimContent, done: FileOperation, what: string): Promise<void> {
    content.begin(done);
    await this.takeTurns(what);
    content.complete(done);
  }

  private async flush({ path, content }: OpenedFile): Promise<void> {
    if (this.isDead) await never();
    const failure = this.begin({ kind: 'flush', path, sizeBytes: 0 });
    const covered = content.covered();
    await this.takeTurns(`flush ${path}`);
    if (failure) {
      content.flushFailed(covered);
      throw systemError('EIO', 'flush');
    }
    content.flushed(covered);
  }

  private async lie({ path }: OpenedFile): Promise<void> {
    this.begin({ kind: 'flush', path, sizeBytes: 0 });
    await this.takeTurns(`flush ${path}`);
  }

  private async syncDirectory(path: string): Promise<void> {
    const failure = this.begin({ kind: 'flush', path, sizeBytes: 0 });
    const covered = this.tree.covered(path);
    await this.takeTurns(`flush ${path}`);
    if (failure) throw systemError('EIO', path);
    this.tree.flushed(covered);
  }

  private lock(path: string): StoreLock | undefined {
    this.assertAlive();
    if (this.locks.has(path)) return undefined;
    this.locks.add(path);
    return {
      release: async () => {
        this.locks.delete(path);
      },
    };
  }

  /** Counts an operation and says how it will fail, if it will. */
  private begin(operation: DiskOperation): DiskFate | undefined {
    const index = this.count++;
    if (index >= this.crashIndex) {
      this.isDead = true;
      this.announceCrash();
    }
    if (index >= this.failsFrom) return 'EIO';
    return this.failures.get(index) ?? this.options.fate?.(operation);
  }

  /** As begin, for an operation that is done when it returns. */
  private beginNow(path: string): void {
    this.assertAlive();
    const failure = this.begin({ kind: 'name', path, sizeBytes: 0 });
    this.assertAlive();
    if (failure) throw systemError(failure === 'ENOSPC' ? failure : 'EIO', path);
  }

  /** Lets others go first for a while; there is no way back from a crash. */
  private async takeTurns(what: string): Promise<void> {
    if (this.options.pace !== undefined) await this.options.pace(what);
    else for (let turns = this.random.below(MAX_TURNS); turns > 0; turns--) await undefined;
    if (this.isDead) await never();
  }

  private assertAlive(): void {
    if (this.isDead) throw new SimCrash('this disk has crashed');
  }
}

/** What a dead process waits for: what it begins then never reaches the disk. */
const never = () => new Promise<never>(() => undefined);
