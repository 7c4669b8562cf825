/** The disk of this machine as a bad store would use it: what drills must find out. */
import { nodeFs, type StoreFile, type StoreFs } from '@aos/store';
import { heldFs } from '../effect-kills/held-fs.mjs';
import { Seams } from '../effect-kills/seams.mjs';

/** What a disk says that has no room, or is broken. */
const FAILURES = ['EFBIG', 'EIO', 'ENOSPC', 'EROFS'];

const done = async () => undefined;

/** A file that could not be made, of which nobody was told. */
const NO_FILE: StoreFile = {
  sizeBytes: () => 0,
  readSync: () => 0,
  write: async ({ length }) => length,
  datasync: done,
  sync: done,
  truncate: done,
  close: () => undefined,
};

/** The same with some of its methods replaced. */
function overlaid<T extends object>(target: T, own: Partial<T>): T {
  return new Proxy(target, {
    get: (_, name) => {
      const value = Reflect.get(own, name) ?? Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function expectFailure(error: unknown): void {
  if (!FAILURES.includes((error as { code?: string }).code ?? '')) throw error;
}

/** What `run` answers, or `instead` where the disk says that it failed. */
async function unheard<T>(run: () => Promise<T>, instead: T): Promise<T> {
  try {
    return await run();
  } catch (error) {
    expectFailure(error);
    return instead;
  }
}

const deafFile = (file: StoreFile): StoreFile =>
  overlaid(file, {
    write: async (bytes, position) => {
      await unheard(() => file.write(bytes, position), 0);
      return bytes.length;
    },
    datasync: () => unheard(() => file.datasync(), undefined),
    sync: () => unheard(() => file.sync(), undefined),
    truncate: (sizeBytes) => unheard(() => file.truncate(sizeBytes), undefined),
  });

const deafFs = (below: StoreFs): StoreFs =>
  overlaid(below, {
    open: (path, mode) => {
      try {
        return deafFile(below.open(path, mode));
      } catch (error) {
        expectFailure(error);
        return NO_FILE;
      }
    },
    syncDirectory: (path) => unheard(() => below.syncDirectory(path), undefined),
  });

const WAYS = {
  /** What is written is in memory for ever, and every flush says that it is on the disk. */
  'no-flush': () => heldFs(new Seams('none', 0), { lieAboutFlush: true }),
  /** A failure of the disk is taken for a success. */
  deaf: deafFs,
  /** Whoever asks has the lock. */
  'no-lock': (below: StoreFs) => overlaid(below, { lock: async () => ({ release: done }) }),
  /** Files are never let go of. */
  'no-close': (below: StoreFs) =>
    overlaid(below, {
      open: (path, mode) => overlaid(below.open(path, mode), { close: () => undefined }),
    }),
};

export type BrokenWay = keyof typeof WAYS;

/** The disk of this machine, or `below`, in such a way; unbroken where none is named. */
export function brokenFs(way: BrokenWay | undefined, below: StoreFs = nodeFs): StoreFs {
  return way === undefined ? below : WAYS[way](below);
}
