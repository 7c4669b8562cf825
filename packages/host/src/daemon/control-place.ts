/**
 * Where a daemon can be found: the socket, and the control file that names it and holds the token.
 *
 * 1. Whoever makes a place has the writer lock of the world, so whatever socket or file stands
 *    there is of a process that is gone.
 * 2. The folder of the store is closed to others before the socket is there; the control file is
 *    never readable by others, and is replaced in one step.
 * 3. The system cuts paths of sockets silently: a long one goes to the runtime folder.
 */
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ControlFile, controlFilePath } from '@aos/client';
import { CONTROL_VERSION } from '@aos/protocol';
import { findRuntimeFolder, runtimeFolder } from './runtime-folder.js';

/** The system takes 107 bytes; what is longer than this goes elsewhere. */
const MAX_PATH_BYTES = 100;
const SOCKET_FILE = 'control.sock';
const TOKEN_BYTES = 32;
const NAME_CHARS = 24;

export class ControlPlace {
  readonly token = randomBytes(TOKEN_BYTES).toString('hex');
  readonly socketPath: string;
  readonly #filePath: string;
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
    const near = join(dirname(this.#filePath), SOCKET_FILE);
    const isNear = Buffer.byteLength(near) <= MAX_PATH_BYTES;
    this.socketPath = isNear ? near : join(runtimeFolder(), `${name}.sock`);
    const list = findRuntimeFolder();
    this.#entryPath = list && join(list, `${name}.json`);
  }

  /** Makes room for the socket: what another process left there is removed. */
  prepare(): void {
    chmodSync(dirname(this.#filePath), 0o700);
    rmSync(this.socketPath, { force: true });
  }

  /** Tells the world where the socket is, once it listens. */
  publish(): void {
    chmodSync(this.socketPath, 0o600);
    const { socketPath: path, token, world, directory } = this;
    const file: ControlFile = { v: CONTROL_VERSION, path, token, world, pid: process.pid };
    replaceFile(this.#filePath, file);
    const entry = { directory: realpathSync(directory) };
    if (this.#entryPath !== undefined) replaceFile(this.#entryPath, entry);
  }

  /** Whether the control file is still the one that was published here. */
  get isPublished(): boolean {
    try {
      const file = JSON.parse(readFileSync(this.#filePath, 'utf8')) as Partial<ControlFile>;
      return file.token === this.token;
    } catch {
      return false;
    }
  }

  /** Removes what was published, unless another daemon has its own there by now. */
  remove(): void {
    if (!this.isPublished) return;
    for (const path of [this.#filePath, this.#entryPath, this.socketPath]) {
      if (path !== undefined) rmSync(path, { force: true });
    }
  }
}

function replaceFile(path: string, content: object): void {
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(draft, path);
}
