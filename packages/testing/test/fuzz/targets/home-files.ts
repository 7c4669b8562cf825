/**
 * Files that lie about on a machine: private keys, the control file, the key and the file of a
 * vault, and those that settings name.
 *
 * Each is read, or refused by a fault with a code; what is refused stays as it is on the disk; what
 * is read as a key signs what its public key verifies.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Vault } from '@aos/adapters-vault';
import { bytesEqual, sha256, utf8 } from '@aos/canon';
import { controlFilePath, readControlFile } from '@aos/client';
import { openKey } from '@aos/host';
import { type FuzzTarget, holds } from '@aos/testing/fuzz';
import { codeOf, valueIn } from '../codes.js';
import { once } from '../golden-life.js';
import { jsonTokens, texts } from '../tokens.js';

let made: string | undefined;

function folder(): string {
  if (made !== undefined) return made;
  made = mkdtempSync(join(tmpdir(), 'aos-fuzz-'));
  mkdirSync(join(made, 'keys'));
  mkdirSync(join(made, '.aos'));
  return made;
}
const der = Buffer.concat([
  Buffer.from('302e020100300506032b657004220420', 'hex'),
  sha256(utf8('a key that everybody knows')),
]);
const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const message = utf8('message');
const place = { worldId: sha256(utf8('a world')), name: 'key' };

const paths = {
  key: () => join(folder(), 'keys', 'k.pem'),
  control: () => controlFilePath(folder()),
  vault: () => join(folder(), 'vault'),
  vaultKey: () => join(folder(), 'keys', 'vault.key'),
};
const vaultAt = () => new Vault({ file: paths.vault(), keyFile: paths.vaultKey() });

/** A good vault, its key beside it. */
const good = once(async () => {
  const made = await vaultAt().put({
    ...place,
    value: utf8('a value to keep'),
    putBy: place.worldId,
  });
  if (!made.ok) throw new Error(made.refusal.detail);
  return { vault: readFileSync(paths.vault()), vaultKey: readFileSync(paths.vaultKey()) };
});

export const target: FuzzTarget = {
  name: 'home-files',
  tokens: [...jsonTokens, ...texts('-----BEGIN PRIVATE KEY-----', '-----END', '"pid":', '"v":1')],
  async seeds() {
    const { vault, vaultKey } = await good();
    const control = { v: 1, pid: 1, path: '/s', token: 't', world: 'w', device: '1', inode: '1' };
    const other = generateKeyPairSync('x25519').privateKey;
    const files: readonly (readonly [number, string | Buffer])[] = [
      [0, key.export({ type: 'pkcs8', format: 'pem' })],
      [0, other.export({ type: 'pkcs8', format: 'pem' })],
      [1, JSON.stringify(control)],
      [2, vault],
      [3, vaultKey],
    ];
    return files.map(([which, file]) => Uint8Array.of(which, ...Buffer.from(file)));
  },
  async run(bytes) {
    const { vault, vaultKey } = await good();
    const file = bytes.subarray(1);
    const which = (bytes[0] ?? 0) % 4;
    const path = [paths.key, paths.control, paths.vault, paths.vaultKey][which]?.() as string;
    writeFileSync(paths.vault(), vault, { mode: 0o600 });
    writeFileSync(paths.vaultKey(), vaultKey, { mode: 0o600 });
    writeFileSync(path, file, { mode: 0o600 });
    try {
      if (which === 0) checkKey();
      else if (which === 1) checkControl();
      else await checkVault(which === 2 ? bytesEqual(vault, file) : isSameKey(vaultKey, file));
    } catch (error) {
      codeOf(error);
    }
    holds(bytesEqual(readFileSync(path), file), 'reading writes nothing');
  },
  close() {
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
    made = undefined;
  },
};

function checkKey(): void {
  const signer = openKey(folder(), 'k');
  const spki = Buffer.concat([SPKI, signer.publicKey]);
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  holds(verify(null, message, publicKey, signer.sign(message)), 'a key that is read signs');
  holds(bytesEqual(signer.keyId, sha256(signer.publicKey)), 'a key is called by its hash');
}

function checkControl(): void {
  const { path, token, world } = readControlFile(folder());
  holds(
    [path, token, world].every((each) => typeof each === 'string'),
    'a control file has texts',
  );
}

async function checkVault(isGood: boolean): Promise<void> {
  const value = valueIn(await vaultAt().read(place, 1));
  const isKept = value !== undefined && bytesEqual(value, utf8('a value to keep'));
  holds(value === undefined || isKept, 'a vault gives what was put, or nothing');
  holds(!isKept || isGood, 'a vault that is changed gives nothing');
}

/** Hexadecimal in either case, with an end of the line or without. */
function isSameKey(good: Buffer, file: Uint8Array): boolean {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString().trim().toLowerCase();
  return text(good) === text(file);
}
