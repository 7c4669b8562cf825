/**
 * Authoring folders on their way into a world's directory.
 * 1. A folder appears there whole or not at all: it is copied aside, then renamed.
 * 2. A folder that is there already and holds the same files stays as it is, so that an
 *    interrupted copy can be repeated.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { CliError } from '../output.js';
import { storePath } from './world-path.js';

const AUTHORING_FOLDERS = ['air', 'modules'];

/**
 * The folders of `source` that `world` lacks; none when both are one directory. Codes:
 * `folder-overlap`, `folder-exists`.
 */
export function findMissing(source: string, world: string): readonly string[] {
  const [from, to] = [realPath(source), realPath(world)];
  if (from === to) return [];
  if (isInside(to, from)) {
    const message = `a world in '${to}' would stand in the folder it is made from, '${from}'`;
    throw new CliError('folder-overlap', `${message}; choose another directory`);
  }
  if (isInside(from, realPath(storePath(world)))) {
    const message = `'${from}' stands where the world would keep its files`;
    throw new CliError('folder-overlap', `${message}; move it to another directory`);
  }
  return AUTHORING_FOLDERS.filter((name) => isMissing(join(from, name), join(to, name)));
}

/** Copies these folders of `source` into the directory of a world, which is made if need be. */
export function copyFolders(source: string, world: string, names: readonly string[]): void {
  if (names.length === 0) return;
  mkdirSync(world, { recursive: true });
  const aside = mkdtempSync(join(world, '.aos-copy-'));
  try {
    for (const name of names) cpSync(join(source, name), join(aside, name), { recursive: true });
    for (const name of names) renameSync(join(aside, name), join(world, name));
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function isMissing(from: string, to: string): boolean {
  if (!existsSync(from)) return false;
  if (!existsSync(to)) return true;
  if (isFolder(from) && isFolder(to) && holdSame(from, to)) return false;
  const message = `'${to}' is there already and differs; remove it, or leave --from out`;
  throw new CliError('folder-exists', message);
}

function holdSame(from: string, to: string): boolean {
  const [ours, theirs] = [filesOf(from), filesOf(to)];
  if (ours.length !== theirs.length) return false;
  return ours.every((path, index) => {
    if (path !== theirs[index]) return false;
    return readFileSync(join(from, path)).equals(readFileSync(join(to, path)));
  });
}

function filesOf(root: string): readonly string[] {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return paths.filter((path) => !isFolder(join(root, path))).sort();
}

const isFolder = (path: string): boolean => statSync(path).isDirectory();

/** Links resolved as far as the path is there; the rest of it is yet to be made. */
function realPath(path: string): string {
  if (existsSync(path)) return realpathSync.native(path);
  return join(realPath(dirname(path)), basename(path));
}

function isInside(inner: string, outer: string): boolean {
  const way = relative(outer, inner);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
