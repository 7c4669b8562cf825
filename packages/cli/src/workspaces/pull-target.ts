/**
 * A folder of this machine that files of a tree are written into.
 *
 * 1. All is looked at before anything is written, and all is read before anything takes its place:
 *    what is refused has changed nothing.
 * 2. No link is followed, and nothing is written but below the folder, whatever it holds.
 * 3. No name comes to stand beside one that a disk may take for it.
 * 4. Nothing is written where a tool would run it or take it for its own: who has made the tree is
 *    not who pulls it.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { foldName } from '@aos/adapters-workspace';
import { type Hash, toHashText } from '@aos/canon';
import type { TreeFile } from '@aos/protocol';
import { CliError } from '../output.js';
import { blobHash } from './folder-files.js';

export interface PulledFile {
  readonly names: readonly string[];
  readonly file: TreeFile;
}

/** Reads a blob bit by bit. */
export type ReadBlob = (hash: Hash) => AsyncIterable<Uint8Array>;

type Kind = 'none' | 'file' | 'folder' | 'other';

/** Folders of tools that act on what is in them, as disks may spell them. */
const OWNED: ReadonlySet<string> = new Set(['.git', 'git~1', '.aos']);

const FILE_MODE = 0o644;
const EXECUTABLE_MODE = 0o755;

export class PullTarget {
  readonly folder: string;
  readonly #isNew: boolean;
  /** Names in the folders that are there, by what they look like. */
  readonly #names = new Map<string, ReadonlyMap<string, string>>();

  /** Codes: `folder-unwritable`, `workspace-target-unsafe`. */
  constructor(folder: string) {
    const path = resolve(folder);
    this.#isNew = kindOf(path) === 'none';
    try {
      const above = realpathSync(dirname(path));
      this.folder = this.#isNew ? join(above, basename(path)) : realpathSync(path);
    } catch (error) {
      throw unwritable(folder, error);
    }
    if (!this.#isNew) assertFolder(this.folder);
  }

  /**
   * The files that have to be written. Codes: `workspace-target-unsafe` for links and what is no
   * folder where one must be, and for files of tools; `workspace-name-collision`, `file-exists`.
   */
  plan(files: readonly PulledFile[], over: 'force' | 'keep'): readonly PulledFile[] {
    for (const { names } of files) assertUnowned(names);
    return this.#isNew ? files : files.filter((each) => this.#isDue(each, over));
  }

  /** Writes what was planned. */
  async write(files: readonly PulledFile[], read: ReadBlob): Promise<void> {
    if (files.length === 0 && !this.#isNew) return;
    const staging = this.#stage();
    try {
      for (const [i, { file }] of files.entries()) {
        await writeNew(join(staging, String(i)), file, read(file.hash));
      }
      const top = this.#isNew ? join(staging, 'folder') : this.folder;
      if (this.#isNew) mkdirSync(top);
      for (const [i, { names }] of files.entries()) {
        renameSync(join(staging, String(i)), join(makeFolders(top, names), names.at(-1) ?? ''));
      }
      if (this.#isNew) renameSync(top, this.folder);
    } finally {
      rmSync(staging, { recursive: true, force: true });
    }
  }

  /** On the disk of the folder, so that a file moves at once. */
  #stage(): string {
    const place = this.#isNew ? dirname(this.folder) : this.folder;
    try {
      return mkdtempSync(join(place, '.aos-pull-'));
    } catch (error) {
      throw unwritable(place, error);
    }
  }

  #isDue({ names, file }: PulledFile, over: 'force' | 'keep'): boolean {
    let folder = this.folder;
    for (const name of names.slice(0, -1)) {
      this.#assertName(folder, name);
      folder = join(folder, name);
      if (kindOf(folder) === 'none') return true;
      assertFolder(folder);
    }
    const name = names.at(-1) ?? '';
    this.#assertName(folder, name);
    const path = join(folder, name);
    const kind = kindOf(path);
    if (kind === 'none') return true;
    if (kind !== 'file') throw unsafe(path, 'no file');
    const isOther = !holds(path, file);
    if (!isOther || over === 'force') return isOther;
    const message = `'${path}' is another file; --force writes over it`;
    throw new CliError('file-exists', message);
  }

  #assertName(folder: string, name: string): void {
    let names = this.#names.get(folder);
    if (names === undefined) {
      names = new Map(readdirSync(folder).map((each) => [foldName(each), each]));
      this.#names.set(folder, names);
    }
    const alike = names.get(foldName(name));
    if (alike === undefined || alike === name) return;
    const message = `'${alike}' in '${folder}' would be one name with '${name}' on some disks`;
    throw new CliError('workspace-name-collision', `${message}; rename it`);
  }
}

function assertUnowned(names: readonly string[]): void {
  const owned = names.find((name) => OWNED.has(foldName(name)));
  if (owned === undefined) return;
  const message = `'${names.join('/')}' would be in a folder '${owned}' that tools act on`;
  const advice = 'pull another directory with --from, or remove it from the tree';
  throw new CliError('workspace-target-unsafe', `${message}; ${advice}`);
}

/** Makes what is missing on the way to a file; what is there must be folders still. */
function makeFolders(top: string, names: readonly string[]): string {
  let folder = top;
  for (const name of names.slice(0, -1)) {
    folder = join(folder, name);
    if (kindOf(folder) === 'none') mkdirSync(folder);
    assertFolder(folder);
  }
  return folder;
}

async function writeNew(path: string, file: TreeFile, chunks: AsyncIterable<Uint8Array>) {
  const written = openSync(path, 'wx', file.isExecutable ? EXECUTABLE_MODE : FILE_MODE);
  let sizeBytes = 0;
  try {
    for await (const chunk of chunks) {
      writeSync(written, chunk);
      sizeBytes += chunk.length;
    }
  } finally {
    closeSync(written);
  }
  if (sizeBytes === file.sizeBytes) return;
  const blob = toHashText(file.hash);
  const message = `expected ${file.sizeBytes} bytes of ${blob}, found ${sizeBytes}`;
  throw new CliError('workspace-tree-damaged', message);
}

/** Whether a file on the disk is that of the tree. */
function holds(path: string, { hash, sizeBytes, isExecutable }: TreeFile): boolean {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(file);
    const isLike = stat.size === sizeBytes && ((stat.mode & 0o100) !== 0) === isExecutable;
    return isLike && toHashText(blobHash(new Uint8Array(readFileSync(file)))) === toHashText(hash);
  } finally {
    closeSync(file);
  }
}

/** A link is nothing that it leads to. */
function kindOf(path: string): Kind {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 'none';
  if (stat.isFile()) return 'file';
  return stat.isDirectory() ? 'folder' : 'other';
}

function assertFolder(path: string): void {
  if (kindOf(path) !== 'folder') throw unsafe(path, 'no folder');
}

function unsafe(path: string, what: string): CliError {
  const message = `'${path}' is ${what}, and nothing is written through it; move it away`;
  return new CliError('workspace-target-unsafe', message);
}

function unwritable(folder: string, cause: unknown): CliError {
  const message = `cannot write into '${folder}': ${(cause as Error).message}`;
  return new CliError('folder-unwritable', message);
}
