/**
 * The operator's key: ed25519 in `$AOS_HOME/keys`, never in a world's folder (shapes.md "Keys").
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@aos/canon';
import { AosFault, type KeyringEntry } from '@aos/protocol';

/** `$AOS_HOME`, or `.aos` in the home directory. */
export function aosHome(env: NodeJS.ProcessEnv = process.env): string {
  return env.AOS_HOME ?? join(homedir(), '.aos');
}

/**
 * The operator's entry for a keyring; makes `<home>/keys/operator.pem` (PKCS #8, mode 0600) on
 * first use. Faults: `key-unreadable` when the file is there but holds no ed25519 private key.
 */
export function ensureOperatorKey(home: string): KeyringEntry {
  const path = join(home, 'keys', 'operator.pem');
  const publicKey = publicBytes(readKey(path) ?? makeKey(path));
  return { keyId: sha256(publicKey), publicKey, name: 'operator', roles: ['operator'] };
}

function readKey(path: string): KeyObject | undefined {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (error) {
    throw unreadable(path, error);
  }
  throw unreadable(path, undefined);
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
