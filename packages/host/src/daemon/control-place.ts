/**
 * Where a daemon can be found: the socket, and the control file that names it and holds the token.
 *
 * 1. Whoever makes a place has the writer lock of the world, so whatever socket or file stands
 *    in its folder is of a process that is gone. The world may have been deleted and made anew,
 *    though, while its daemon lives: no two daemons have a socket of the same name, since the
 *    system removes by name what a process that ends has listened on.
 * 2. The folder of the store is closed to others before the socket is there; the control file is
 *    never readable by others, and is replaced in one step.
 * 3. The system cuts paths of sockets silently: a long one goes to the runtime folder.
 */
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type ControlFile, controlFilePath, readControlFile, storeIdentity } from '@aos/client';
import { CONTROL_VERSION } from '@aos/protocol';
import { findRuntimeFolder, runtimeFolder } from './runtime-folder.js';

/** The system takes 107 bytes; what is longer than this goes elsewhere. */
const MAX_PATH_BYTES = 100;
const SOCKET_NAME = 'control';
const SOCKET_END = '.sock';
/** What is random of the name of a socket. */
const TAG_BYTES = 4;
const TOKEN_BYTES = 32;
const NAME_CHARS = 24;

export class ControlPlace {
  readonly token = randomBytes(TOKEN_BYTES).toString('hex');
  readonly socketPath: string;
  readonly #filePath: string;
  #identity: ReturnType<typeof storeIdentity> | undefined;
  /** Where the list of daemons has this one; none where there is no folder for it. */
  readonly #entryPath: string | undefined;

  /** `world` is the id, as text. */
  constructor(
    readonly directory: string,
    readonly world: string,
  ) {
    this.#filePath = controlFilePath(directory);
    const real = realpathSync(directory);
    const name = createHash('sha256').update(real).digest('hex').slice(0, NAME_CHARS);
    const end = `.${randomBytes(TAG_BYTES).toString('hex')}${SOCKET_END}`;
    const near = join(dirname(this.#filePath), `${SOCKET_NAME}${end}`);
    const isNear = Buffer.byteLength(near) <= MAX_PATH_BYTES;
    this.socketPath = isNear ? near : join(runtimeFolder(), `${name}${end}`);
    const list = findRuntimeFolder();
    this.#entryPath = list && join(list, `${name}.json`);
  }

  /** Makes room for the socket: those that processes before left for this world are removed. */
  prepare(): void {
    chmodSync(dirname(this.#filePath), 0o700);
    const folder = dirname(this.socketPath);
    const [name = ''] = basename(this.socketPath).split('.');
    for (const each of readdirSync(folder)) {
      if (!each.startsWith(`${name}.`) || !each.endsWith(SOCKET_END)) continue;
      rmSync(join(folder, each), { force: true });
    }
  }

  /** Tells the world where the socket is, once it listens. */
  publish(): void {
    chmodSync(this.socketPath, 0o600);
    const { socketPath: path, token, world, directory } = this;
    const { pid } = process;
    const folder = storeIdentity(directory);
    this.#identity = folder;
    const file: ControlFile = { v: CONTROL_VERSION, path, token, world, pid, ...folder };
    replaceFile(this.#filePath, file);
    const entry = { directory: realpathSync(directory) };
    if (this.#entryPath !== undefined) replaceFile(this.#entryPath, entry);
  }

  /** Whether the folder of the store is still there, and no other one in its place. */
  get isThere(): boolean {
    try {
      const { device, inode } = storeIdentity(this.directory);
      return device === this.#identity?.device && inode === this.#identity.inode;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      return !['ENOENT', 'ENOTDIR'].includes(code);
    }
  }

  /** Whether the control file is still the one that was published here. */
  get isPublished(): boolean {
    try {
      return readControlFile(this.directory).token === this.token;
    } catch {
      return false;
    }
  }

  /**
   * Removes the socket, and what was published unless another daemon has its own by now. On a disk
   * that takes no more writes they stay, as after a kill: nobody answers there.
   */
  remove(): void {
    const published = this.isPublished ? [this.#filePath, this.#entryPath] : [];
    for (const path of [this.socketPath, ...published]) removeIfPossible(path);
  }
}

function removeIfPossible(path: string | undefined): void {
  if (path === undefined) return;
  try {
    rmSync(path, { force: true });
  } catch {
    // the next daemon of the world removes what it finds
  }
}

function replaceFile(path: string, content: object): void {
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(draft, path);
}
