/**
 * A folder for one run, on the disk that holds the working copy: the system's temporary folder may
 * be memory, where a flush costs nothing.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Below the folder that the command runs in: npm makes that the root. */
const parent = join(process.cwd(), 'node_modules/.cache/aos-bench');

/** Removes the folder when `use` is done, also when it fails. */
export async function withScratchDir<T>(use: (dir: string) => T | Promise<T>): Promise<T> {
  mkdirSync(parent, { recursive: true });
  const dir = mkdtempSync(join(parent, 'run-'));
  try {
    return await use(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}
