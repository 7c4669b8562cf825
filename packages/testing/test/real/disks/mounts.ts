/** Disks of our own: small ones in memory, and file systems in a file, as far as we may. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';

function run(program: string, ...args: readonly string[]): string | undefined {
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (error !== undefined) return `${program}: ${error.message}`;
  return status === 0 ? undefined : `${program}: ${stderr.trim() || `exit code ${status}`}`;
}

/** What keeps us from it; undefined when it was done. */
export type Hindrance = string | undefined;

interface Ext4 {
  readonly sizeMib: number;
  /** Of the file system: `has_journal`, `^has_journal`. */
  readonly features: string;
  /** With which it is mounted. */
  readonly options: string;
}

/** A disk that is mounted somewhere, until it is released. */
export class Mount {
  private constructor(
    readonly path: string,
    private readonly type: readonly string[],
    private readonly make: () => Hindrance = () => undefined,
  ) {}

  /** In memory: `size=…,nr_inodes=…`. */
  static tmpfs(path: string, options: string): Mount {
    return new Mount(path, ['-t', 'tmpfs', '-o', options, 'tmpfs']);
  }

  /** A file system in a sparse file, which is made when it is mounted first. */
  static ext4(path: string, file: string, { sizeMib, features, options }: Ext4): Mount {
    const mkfs = ['-q', '-F', '-b', '1024', '-O', features, '-E', 'nodiscard', file];
    const make = () => run('truncate', '-s', `${sizeMib}M`, file) ?? run('mkfs.ext4', ...mkfs);
    return new Mount(path, ['-o', `loop,${options}`, file], () =>
      existsSync(file) ? undefined : make(),
    );
  }

  mount(): Hindrance {
    mkdirSync(this.path, { recursive: true });
    return this.make() ?? run('mount', ...this.type, this.path);
  }

  remount(options: string): Hindrance {
    return run('mount', '-o', `remount,${options}`, this.path);
  }

  unmount(): Hindrance {
    return run('umount', this.path);
  }

  /** Whatever is still open on it. */
  release(): void {
    run('umount', '-l', this.path);
  }
}

/** As an operator does before a disk that had errors is used again. */
export function repairExt4(file: string): void {
  run('e2fsck', '-f', '-y', file);
}
