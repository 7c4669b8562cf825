/**
 * Where the daemon of a world is: `control.json` in the folder of the world's store, readable by
 * its owner alone, names the socket and holds the token of the hello.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** What the file holds. */
export interface ControlFile extends ControlPlace {
  readonly v: number;
  readonly pid: number;
}

/** Path of the file for a world's directory. */
export function controlFilePath(directory: string): string {
  return join(directory, STORE_FOLDER, CONTROL_FILE);
}

/** Reads the file of a world's directory. Fault: `daemon-absent`, also where it is damaged. */
export function readControlFile(directory: string): ControlFile {
  let text: string;
  try {
    text = readFileSync(controlFilePath(directory), 'utf8');
  } catch (cause) {
    throw daemonAbsent(directory, cause);
  }
  const file = parse(text);
  if (file === undefined) throw daemonAbsent(directory);
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
  const { v, pid, path, token, world } = json as Partial<Record<keyof ControlFile, unknown>>;
  const isWhole =
    typeof path === 'string' && typeof token === 'string' && typeof world === 'string';
  if (!isWhole || typeof v !== 'number' || typeof pid !== 'number') return undefined;
  return { v, pid, path, token, world };
}
