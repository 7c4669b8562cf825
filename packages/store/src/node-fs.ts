/** The file system port on node:fs. Flushes and large writes leave the event loop free. */
import {
  closeSync,
  fdatasync,
  fstatSync,
  fsync,
  ftruncate,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  write,
  writeSync,
} from 'node:fs';
import { lockDirectory } from './lock.js';
import type { OpenMode, StoreFile, StoreFs } from './port.js';

const FLAGS: Readonly<Record<OpenMode, string>> = {
  read: 'r',
  write: 'r+',
  create: 'w+',
  exclusive: 'wx+',
};
const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;

/** Copying so much to the cache takes less than handing it to another thread does. */
const SMALL_BYTES = 2 ** 16;

type Done = (error: Error | null) => void;

/** Node's callback form as a promise, without the cost of the promise API's file handles. */
function completed(run: (done: Done) => void): Promise<void> {
  return new Promise((resolve, reject) => run((error) => (error ? reject(error) : resolve())));
}

class NodeFile implements StoreFile {
  /** A write meanwhile waits for the disk, so it must not be made on this thread. */
  private flushes = 0;

  constructor(private readonly fd: number) {}

  sizeBytes(): number {
    return fstatSync(this.fd).size;
  }

  readSync(target: Uint8Array, position: number): number {
    return readSync(this.fd, target, 0, target.length, position);
  }

  async write(bytes: Uint8Array, position: number): Promise<number> {
    const { length } = bytes;
    const isQuick = length <= SMALL_BYTES && this.flushes === 0;
    if (isQuick) return writeSync(this.fd, bytes, 0, length, position);
    return new Promise((resolve, reject) => {
      write(this.fd, bytes, 0, length, position, (error, count) => {
        if (error) reject(error);
        else resolve(count);
      });
    });
  }

  async datasync(): Promise<void> {
    this.flushes += 1;
    try {
      await completed((done) => fdatasync(this.fd, done));
    } finally {
      this.flushes -= 1;
    }
  }

  sync(): Promise<void> {
    return completed((done) => fsync(this.fd, done));
  }

  truncate(sizeBytes: number): Promise<void> {
    return completed((done) => ftruncate(this.fd, sizeBytes, done));
  }

  close(): void {
    closeSync(this.fd);
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** The disk of this machine. */
export const nodeFs: StoreFs = {
  open(path, mode) {
    return new NodeFile(openSync(path, FLAGS[mode], FILE_MODE));
  },
  list(path) {
    try {
      return readdirSync(path);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  },
  makeDirectory(path) {
    mkdirSync(path, { mode: DIRECTORY_MODE });
  },
  has(path) {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  },
  remove(path) {
    unlinkSync(path);
  },
  link(from, to) {
    linkSync(from, to);
  },
  rename(from, to) {
    renameSync(from, to);
  },
  async syncDirectory(path) {
    const fd = openSync(path, 'r');
    try {
      await completed((done) => fsync(fd, done));
    } finally {
      closeSync(fd);
    }
  },
  lock: lockDirectory,
};
