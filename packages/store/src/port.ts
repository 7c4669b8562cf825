/**
 * What the segment log asks of a file system, and nothing more. Failures are thrown or rejected
 * with a `code` as Node gives it (`ENOSPC`, `EIO`); the log turns them into faults.
 */

export interface StoreFile {
  sizeBytes(): number;
  /** Fills `target` from `position`; returns how many bytes were there, 0 at the end. */
  readSync(target: Uint8Array, position: number): number;
  /** Resolves with the number of bytes taken, which may be short. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  /** Makes durable what was written before the call, and the size needed to read it. */
  datasync(): Promise<void>;
  /** As datasync, and all metadata: needed after a truncate. */
  sync(): Promise<void>;
  truncate(sizeBytes: number): Promise<void>;
  close(): void;
}

/**
 * `create` makes the file (mode 0600) or empties it, `exclusive` makes it and fails with `EEXIST`
 * when the name is taken; the others expect it.
 */
export type OpenMode = 'read' | 'write' | 'create' | 'exclusive';

export interface StoreLock {
  release(): Promise<void>;
}

export interface StoreFs {
  open(path: string, mode: OpenMode): StoreFile;
  /** Names in a directory; `undefined` when there is no such directory. */
  list(path: string): readonly string[] | undefined;
  /** Mode 0700; the parent is there. `EEXIST` when the name is taken. */
  makeDirectory(path: string): void;
  /** Whether the name is there at this moment, as every process on the file system sees it. */
  has(path: string): boolean;
  /** Takes the name of a file away; `ENOENT` when it is not there. */
  remove(path: string): void;
  /** A second name for a file; fails as `link` does where a file system has none. */
  link(from: string, to: string): void;
  /** At once for all who look, in the place of a file that has the new name. */
  rename(from: string, to: string): void;
  /** Makes the names in a directory durable. */
  syncDirectory(path: string): Promise<void>;
  /** The right to write in a directory, lost with the process; `undefined` when it is taken. */
  lock(path: string): Promise<StoreLock | undefined>;
}
