/** What worlds need of this machine and this account. */
import { statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { aosHome, openKey } from '@aos/host';
import { AosFault } from '@aos/protocol';
import { readSettings } from '../compose/settings.js';
import { attempt, bad, type Check, fine, look } from './check.js';

const LEAST_NODE = [20, 19] as const;

export async function checkMachine(home: string = aosHome()): Promise<readonly Check[]> {
  return Promise.all([
    attempt('node', () => checkNode(process.versions.node)),
    attempt('home', () => checkHome(home)),
    attempt('operator-key', () => checkKey(home, 'operator', "'aos init' makes it")),
    attempt('host-key', () => checkKey(home, 'host', "'aos run' and 'aos up' make it")),
    attempt('settings', () => checkSettings(home)),
  ]);
}

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1]);
  if (!isOld) return fine('node', `Node ${version}`);
  return bad('node', `Node ${version} is too old`, `install Node ${LEAST_NODE.join('.')} or newer`);
}

const FOR_OTHERS = 0o077;

function checkHome(home: string): Check {
  const found = statSync(join(home, 'keys'), { throwIfNoEntry: false });
  if (found === undefined) {
    return look('home', `there are no keys in '${home}' yet`, "'aos init' makes the first one");
  }
  if ((found.mode & FOR_OTHERS) === 0 || process.platform === 'win32') return fine('home', home);
  const next = `run chmod 700 '${join(home, 'keys')}'`;
  return look('home', `others may look into '${join(home, 'keys')}'`, next);
}

function checkKey(home: string, name: string, next: string): Check {
  try {
    openKey(home, name);
    return fine(`${name}-key`, `the key '${name}' is there and private`);
  } catch (error) {
    if (!(error instanceof AosFault) || error.code !== 'key-not-found') throw error;
    return look(`${name}-key`, `there is no key '${name}' in '${join(home, 'keys')}'`, next);
  }
}

function checkSettings(home: string): Check {
  const { llm, secrets } = readSettings(home);
  const providers = Object.keys(llm?.providers ?? {});
  const named = providers.length === 0 ? 'no providers of models' : providers.join(', ');
  return fine(
    'settings',
    `${named}; ${Object.values(secrets?.allowed ?? {}).flat().length} bindings of secrets allowed`,
  );
}

const LEAST_FREE_BYTES = 256 * 2 ** 20;

/** A journal that cannot grow stops its world. */
export function checkSpace(dir: string): Check {
  const { bavail, bsize } = statfsSync(dir);
  const free = bavail * bsize;
  const says = `${Math.floor(free / 2 ** 20)} MiB are free where the world lies`;
  if (free >= LEAST_FREE_BYTES) return fine('space', says);
  return bad('space', says, 'make room: a journal that cannot grow stops its world');
}
