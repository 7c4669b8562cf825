/**
 * Private keys: ed25519 in `$AOS_HOME/keys`, never in a world's folder, or whoever holds a world's
 * files could sign for it.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import {
  closeSync,
  fstatSync,
  linkSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { type Hash, sha256 } from '@aos/canon';
import { AosFault, type KeyRole, type KeyringEntry } from '@aos/protocol';
import { type CurveQuestion, curveThread } from './curve-thread.js';
import { makePrivateFolder } from './private-folder.js';

/** `$AOS_HOME` as an absolute path, or `.aos` in the home directory when it is unset or empty. */
export function aosHome(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.AOS_HOME || join(homedir(), '.aos'));
}

export interface KeyPlace {
  /** The directory of a world: the key may not stand in it, whatever links lead there. */
  readonly outside?: string;
}

/** A private key, as whoever signs with it sees it. */
export interface Signer {
  /** SHA-256 of the public key. */
  readonly keyId: Hash;
  readonly publicKey: Uint8Array;
  /** Ed25519 over the message as it is; 64 bytes. */
  sign(message: Uint8Array): Uint8Array;
  /** As {@link sign}, apart from this thread. */
  signLater?(message: Uint8Array): Promise<Uint8Array>;
  /** As {@link signLater}, and `publicKey` was found to verify it; else it rejects. */
  signProven?(message: Uint8Array): Promise<Uint8Array>;
  /** Something will be signed soon. */
  prepare?(): void;
}

/** The operator's entry for a keyring, with its key made on first use as {@link ensureKey} does. */
export function ensureOperatorKey(home: string, place: KeyPlace = {}): KeyringEntry {
  return entryOf('operator', ['operator'], ensureKey(home, 'operator', place));
}

/** The entry of the host that runs worlds on this machine; its key signs receipts. */
export function ensureHostKey(home: string, place: KeyPlace = {}): KeyringEntry {
  return entryOf('host', ['host'], ensureKey(home, 'host', place));
}

/**
 * The key `<home>/keys/<name>.pem` (PKCS #8, mode 0600), made on first use. Faults: `key-name`,
 * `key-inside-world` before anything is written, `key-permissions` when others than the owner may
 * use the file, `key-unreadable` when it holds no ed25519 private key, `key-not-made` where it
 * cannot be written.
 */
export function ensureKey(home: string, name: string, place: KeyPlace = {}): Signer {
  const path = placeOfKey(home, name, place);
  return signerOf(readKey(path) ?? makeKey(path));
}

/** As {@link ensureKey}, but a key that is not there is a fault: `key-not-found`. */
export function openKey(home: string, name: string, place: KeyPlace = {}): Signer {
  const path = placeOfKey(home, name, place);
  const key = readKey(path);
  if (key !== undefined) return signerOf(key);
  const message =
    `expected a key at '${path}', found none; set AOS_HOME, name another key, ` +
    "or make it with 'aos keyring add'";
  throw new AosFault('key-not-found', message, { retry: 'never' });
}

function entryOf(name: string, roles: readonly KeyRole[], signer: Signer): KeyringEntry {
  const { keyId, publicKey } = signer;
  return { keyId, publicKey, name, roles };
}

function signerOf(key: KeyObject): Signer {
  const publicKey = publicBytes(key);
  const keyId = sha256(publicKey);
  const proof = createPublicKey(key);
  return {
    keyId,
    publicKey,
    sign: (message) => new Uint8Array(sign(null, message, key)),
    signLater: (message) => askFor({ key, message }),
    signProven: (message) => askFor({ key, message, proof }),
    prepare: () => curveThread.prepare(),
  };
}

function askFor(question: CurveQuestion): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    curveThread.ask(question, (sig) => {
      if (sig instanceof Uint8Array) resolve(sig);
      else reject(new Error('the platform does not sign with this key'));
    });
  });
}

const KEY_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

function placeOfKey(home: string, name: string, place: KeyPlace): string {
  if (!KEY_NAME.test(name)) {
    const message = `expected a name of at most 64 of a–z, 0–9, '.', '_' and '-', found '${name}'`;
    throw new AosFault('key-name', message, { retry: 'never' });
  }
  const path = join(home, 'keys', `${name}.pem`);
  if (place.outside !== undefined) assertOutside(path, place.outside);
  return path;
}

function assertOutside(path: string, world: string): void {
  const [key, dir] = [realPath(path), realPath(world)];
  const way = relative(dir, key);
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) return;
  const message =
    `the key would stand in the world's directory, at '${key}'; ` +
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
  const draft = `${path}.${process.pid}.draft`;
  writeDraft(draft, privateKey);
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

function writeDraft(draft: string, key: KeyObject): void {
  const pem = key.export({ type: 'pkcs8', format: 'pem' });
  try {
    makePrivateFolder(dirname(draft));
    writeFileSync(draft, pem, { mode: 0o600, flag: 'wx', flush: true });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const folder = dirname(draft);
    const message = `cannot write a key to '${folder}' (${code}); use another AOS_HOME`;
    throw new AosFault('key-not-made', message, { retry: 'never', cause });
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
