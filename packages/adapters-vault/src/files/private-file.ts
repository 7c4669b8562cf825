/**
 * Files that only their owner may use: read only when that holds, replaced as a whole or not at
 * all.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AosFault } from '@aos/protocol';
import { makePrivateFolder } from './private-folder.js';

/** Permissions of group and others. */
const SHARED_MODE = 0o077;

/**
 * The bytes of a file, undefined when it is not there. Faults: `secret-file-shared` when others
 * than its owner may use it or it is not ours, `secret-file-unreadable`.
 */
export async function readPrivate(
  path: string,
  limitBytes: number,
): Promise<Uint8Array | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw unreadable(path, `${codeOf(cause) ?? cause}`);
  }
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw unreadable(path, 'it is no file');
    assertPrivate(path, stat);
    if (stat.size > limitBytes) throw unreadable(path, `it has more than ${limitBytes} bytes`);
    return new Uint8Array(await file.readFile());
  } catch (cause) {
    if (cause instanceof AosFault) throw cause;
    throw unreadable(path, `${codeOf(cause) ?? cause}`);
  } finally {
    await file.close();
  }
}

/** Windows has no such permissions: every file there says 0666. */
function assertPrivate(path: string, { mode, uid }: { mode: number; uid: number }): void {
  if (process.platform === 'win32') return;
  const own = process.getuid?.();
  const isOurs = own === undefined || uid === own;
  if (isOurs && (mode & SHARED_MODE) === 0) return;
  const message = isOurs
    ? `others than its owner may use '${path}'; run chmod 600 '${path}'`
    : `'${path}' belongs to somebody else; have its owner run this, or make a file of your own`;
  throw new AosFault('secret-file-shared', message, { retry: 'never' });
}

/**
 * Replaces a file by these bytes, durably; a reader sees the old ones or the new ones. Fault:
 * `secret-file-not-written`; the old ones are there then.
 */
export async function replacePrivate(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  const draft = join(folder, `.${basename(path)}.${process.pid}.draft`);
  try {
    makePrivateFolder(folder);
    await rm(draft, { force: true });
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
    await syncFolder(folder);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw notWritten(path, cause);
  }
}

export function notWritten(path: string, cause: unknown): AosFault {
  const message = `cannot write '${path}' (${codeOf(cause) ?? cause}); see to disk and rights`;
  return new AosFault('secret-file-not-written', message, { retry: 'later', cause });
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function codeOf(cause: unknown): string | undefined {
  return (cause as NodeJS.ErrnoException | undefined)?.code;
}

function unreadable(path: string, why: string): AosFault {
  const message = `cannot read '${path}': ${why}; repair its rights, or restore a copy`;
  return new AosFault('secret-file-unreadable', message, { retry: 'never' });
}
