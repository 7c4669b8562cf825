/** Disks of our own: small ones in memory, and file systems in a file, as far as we may. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

function run(program: string, ...args: readonly string[]): string | undefined {
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (error !== undefined) return `${program}: ${error.message}`;
  return status === 0 ? undefined : `${program}: ${stderr.trim() || `exit code ${status}`}`;
}

/** What keeps us from it; undefined when it was done. */
export type Hindrance = string | undefined;

/** A disk that is mounted somewhere, until it is released. */
export class Mount {
  constructor(
    readonly path: string,
    private readonly type: readonly string[],
  ) {}

  /** In memory: `size=…,nr_inodes=…`. */
  static tmpfs(path: string, options: string): Mount {
    return new Mount(path, ['-t', 'tmpfs', '-o', options, 'tmpfs']);
  }

  /** An ext4 in a file, made by {@link makeExt4}. */
  static image(path: string, file: string, options: string): Mount {
    return new Mount(path, ['-o', `loop,${options}`, file]);
  }

  mount(): Hindrance {
    mkdirSync(this.path, { recursive: true });
    return run('mount', ...this.type, this.path);
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

/** Makes a sparse file a file system of so many mebibytes. */
export function makeExt4(file: string, sizeMib: number, features: string): Hindrance {
  return (
    run('truncate', '-s', `${sizeMib}M`, file) ??
    run('mkfs.ext4', '-q', '-F', '-b', '1024', '-O', features, '-E', 'nodiscard', file)
  );
}

/** As an operator does before a disk that had errors is used again. */
export function repairExt4(file: string): void {
  run('e2fsck', '-f', '-y', file);
}
