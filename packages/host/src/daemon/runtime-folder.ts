/**
 * A folder of this user for what lives as long as processes do: sockets whose own path would be too
 * long, and who is running. Nobody else may look into it, or could put a socket there.
 */
import { lstatSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { AosFault } from '@aos/protocol';
import { makePrivateFolder } from '../keys/private-folder.js';

const FOR_OTHERS = 0o077;

/** `$XDG_RUNTIME_DIR/aos`, or `aos-<user id>` among temporary files; made if need be. */
export function runtimeFolder(env: NodeJS.ProcessEnv = process.env): string {
  const { uid } = userInfo();
  const given = env.XDG_RUNTIME_DIR;
  const folder = given ? join(given, 'aos') : join(tmpdir(), `aos-${uid}`);
  makePrivateFolder(folder);
  const found = lstatSync(folder);
  const isOwn = uid < 0 || found.uid === uid;
  if (found.isDirectory() && isOwn && (found.mode & FOR_OTHERS) === 0) return folder;
  const message =
    `expected '${folder}' to be a folder of this user that nobody else may enter; ` +
    'remove it, or name another place in $XDG_RUNTIME_DIR';
  throw new AosFault('runtime-folder-unsafe', message, { retry: 'never' });
}

/** The same, or `undefined` where there is none that can be used. */
export function findRuntimeFolder(): string | undefined {
  try {
    return runtimeFolder();
  } catch {
    return undefined;
  }
}
