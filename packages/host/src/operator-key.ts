/**
 * The operator's key: ed25519 in `$AOS_HOME/keys`, never in a world's folder (shapes.md "Keys").
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import {
  closeSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { sha256 } from '@aos/canon';
import { AosFault, type KeyringEntry } from '@aos/protocol';

/** `$AOS_HOME` as an absolute path, or `.aos` in the home directory when it is unset or empty. */
export function aosHome(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.AOS_HOME || join(homedir(), '.aos'));
}

export interface KeyPlace {
  /** The directory of a world: the key may not stand in it, whatever links lead there. */
  readonly outside?: string;
}

/**
 * The operator's entry for a keyring; makes `<home>/keys/operator.pem` (PKCS #8, mode 0600) on
 * first use. Faults: `key-inside-world` before anything is written, `key-permissions` when others
 * than the owner may use the file, `key-unreadable` when it holds no ed25519 private key.
 */
export function ensureOperatorKey(home: string, place: KeyPlace = {}): KeyringEntry {
  const path = join(home, 'keys', 'operator.pem');
  if (place.outside !== undefined) assertOutside(path, place.outside);
  const publicKey = publicBytes(readKey(path) ?? makeKey(path));
  return { keyId: sha256(publicKey), publicKey, name: 'operator', roles: ['operator'] };
}

function assertOutside(path: string, world: string): void {
  const [key, dir] = [realPath(path), realPath(world)];
  const way = relative(dir, key);
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) return;
  const message =
    `the operator's key would stand in the world's directory, at '${key}'; ` +
    'set AOS_HOME to a directory outside of it, or choose another for the world';
  throw new AosFault('key-inside-world', message, { retry: 'never' });
}

/** Links resolved as far as the path is there; the rest of it is yet to be made. */
function realPath(path: string): string {
  const full = resolve(path);
  try {
    return realpathSync.native(full);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' || full === dirname(full)) throw error;
    return join(realPath(dirname(full)), basename(full));
  }
}

function readKey(path: string): KeyObject | undefined {
  const pem = readPem(path);
  if (pem === undefined) return undefined;
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (error) {
    throw unreadable(path, error);
  }
  throw unreadable(path, undefined);
}

function readPem(path: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
  try {
    assertPrivate(path, fstatSync(fd).mode);
    return readFileSync(fd, 'utf8');
  } catch (error) {
    throw error instanceof AosFault ? error : unreadable(path, error);
  } finally {
    closeSync(fd);
  }
}

/** Permissions of group and others. */
const SHARED_MODE = 0o077;

/** Windows has no such permissions: every file there says 0666. */
function assertPrivate(path: string, mode: number): void {
  if ((mode & SHARED_MODE) === 0 || process.platform === 'win32') return;
  const message = `others than its owner may use the key '${path}'; run chmod 600 '${path}'`;
  throw new AosFault('key-permissions', message, { retry: 'never' });
}

function makeKey(path: string): KeyObject {
  const { privateKey } = generateKeyPairSync('ed25519');
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.draft`;
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(draft, pem, { mode: 0o600, flag: 'wx', flush: true });
  try {
    // A link fails when another process was first; its key is then the key.
    linkSync(draft, path);
    return privateKey;
  } catch (error) {
    const first = readKey(path);
    if (first !== undefined) return first;
    throw unreadable(path, error);
  } finally {
    rmSync(draft, { force: true });
  }
}

function publicBytes(key: KeyObject): Uint8Array {
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return new Uint8Array(Buffer.from(x as string, 'base64url'));
}

function unreadable(path: string, cause: unknown): AosFault {
  const message = `expected an ed25519 key (PKCS #8 PEM) in '${path}'; restore or remove it`;
  return new AosFault('key-unreadable', message, { retry: 'never', cause });
}
