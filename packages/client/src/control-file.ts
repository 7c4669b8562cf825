/**
 * Where the daemon of a world is: `control.json` in the folder of the world's store, readable by
 * its owner alone, names the socket and holds the token of the hello. It also names the folder it
 * was written for, since in a copy of a world it would lead to the world that was copied.
 */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { daemonAbsent } from './faults.js';

const STORE_FOLDER = '.aos';
const CONTROL_FILE = 'control.json';

export interface ControlPlace {
  /** Path of the socket. */
  readonly path: string;
  readonly token: string;
  /** Id of the world, as text. */
  readonly world: string;
}

/** A folder as the system knows it, whatever its path is. */
export interface FolderIdentity {
  /** Number of the device, as text. */
  readonly device: string;
  /** Number on that device, as text. */
  readonly inode: string;
}

/** What the file holds; the folder is the one it was written into. */
export interface ControlFile extends ControlPlace, FolderIdentity {
  readonly v: number;
  readonly pid: number;
}

/** Path of the file for a world's directory. */
export function controlFilePath(directory: string): string {
  return join(directory, STORE_FOLDER, CONTROL_FILE);
}

/** Which folder the store of a world's directory is. */
export function storeIdentity(directory: string): FolderIdentity {
  const { dev, ino } = statSync(dirname(controlFilePath(directory)), { bigint: true });
  return { device: `${dev}`, inode: `${ino}` };
}

/**
 * Reads the file of a world's directory. Fault: `daemon-absent`, also where it is damaged, or was
 * written for another folder.
 */
export function readControlFile(directory: string): ControlFile {
  let text: string;
  let folder: FolderIdentity;
  try {
    text = readFileSync(controlFilePath(directory), 'utf8');
    folder = storeIdentity(directory);
  } catch (cause) {
    throw daemonAbsent(directory, cause);
  }
  const file = parse(text);
  if (file?.device !== folder.device || file.inode !== folder.inode) throw daemonAbsent(directory);
  return file;
}

function parse(text: string): ControlFile | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null) return undefined;
  const file = json as Partial<Record<keyof ControlFile, unknown>>;
  const { v, pid, path, token, world, device, inode } = file;
  const isWhole =
    typeof path === 'string' && typeof token === 'string' && typeof world === 'string';
  if (!isWhole || typeof v !== 'number' || typeof pid !== 'number') return undefined;
  if (typeof device !== 'string' || typeof inode !== 'string') return undefined;
  return { v, pid, path, token, world, device, inode };
}
