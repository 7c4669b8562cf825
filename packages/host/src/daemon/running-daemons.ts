/** Which worlds of this user have a daemon. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ControlFile, readControlFile } from '@aos/client';
import { AosFault } from '@aos/protocol';
import { findRuntimeFolder } from './runtime-folder.js';

export interface RunningDaemon {
  readonly directory: string;
  readonly world: string;
  readonly pid: number;
  readonly path: string;
}

/** In the order of their directories. What daemons left behind that are gone is removed. */
export function listDaemons(): readonly RunningDaemon[] {
  const folder = findRuntimeFolder();
  const found: RunningDaemon[] = [];
  if (folder === undefined) return found;
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.json')) continue;
    const path = join(folder, name);
    const running = readEntry(path);
    if (running !== undefined) found.push(running);
    else rmSync(path, { force: true });
  }
  return found.sort((a, b) => (a.directory < b.directory ? -1 : 1));
}

function readEntry(path: string): RunningDaemon | undefined {
  try {
    const { directory } = JSON.parse(readFileSync(path, 'utf8')) as { directory: string };
    const file: ControlFile = readControlFile(directory);
    if (!isAlive(file.pid)) return undefined;
    return { directory, world: file.world, pid: file.pid, path: file.path };
  } catch (error) {
    if (error instanceof AosFault || error instanceof SyntaxError || error instanceof TypeError) {
      return undefined;
    }
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
