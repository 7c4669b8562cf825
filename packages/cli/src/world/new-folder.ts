/** Folders that are to become worlds. */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { CliError } from '../output.js';
import { isWorld, storePath } from './world-path.js';

/** What a bundle is unpacked to until it is judged; a leftover of an import that was broken off. */
export const IMPORTING = '.aos.importing';

/**
 * The folder, which is not there or has nothing in it, and is not in the store of `world`. Codes:
 * `world-exists`, `folder-not-empty`, `folder-overlap`.
 */
export function newWorldFolder(named: string, world?: string): string {
  const folder = resolve(named);
  if (isWorld(folder)) {
    throw new CliError('world-exists', `'${folder}' is a world already; choose another directory`);
  }
  if (isTaken(folder)) {
    const message = `expected a folder that is empty or not there, found '${folder}'`;
    throw new CliError('folder-not-empty', `${message}; choose another one`);
  }
  if (world !== undefined) assertOutside(folder, world);
  return folder;
}

/** Whatever is made of a world is not made among its own files. Code: `folder-overlap`. */
export function assertOutside(path: string, world: string): void {
  if (!isInside(path, storePath(world))) return;
  const message = `'${path}' is in the store of the world itself; choose another directory`;
  throw new CliError('folder-overlap', message);
}

function isTaken(folder: string): boolean {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return false;
  return !found.isDirectory() || readdirSync(folder).some((name) => name !== IMPORTING);
}

function isInside(folder: string, parent: string): boolean {
  const way = relative(realpathSync(parent), realOf(folder));
  return way !== '..' && !way.startsWith(`..${sep}`);
}

/** Where a folder is, through all links, or would be. */
function realOf(folder: string): string {
  if (existsSync(folder)) return realpathSync(folder);
  const above = dirname(folder);
  return above === folder ? folder : resolve(realOf(above), relative(above, folder));
}
