/** Keys made from their names, so that the same journal is signed the same on every machine. */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { sha256, utf8 } from '@aos/canon';
import type { SignatureCheck } from '@aos/kernel';
import { type KeyRole, type KeyringEntry, keyIdOf } from '@aos/protocol';

export interface GoldenKey extends KeyringEntry {
  readonly secret: KeyObject;
}

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

function keyOf(name: string, ...roles: readonly KeyRole[]): GoldenKey {
  const seed = sha256(utf8(`golden key ${name}`));
  const der = Buffer.concat([PKCS8_PREFIX, seed]);
  const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(secret).export({ format: 'der', type: 'spki' });
  const publicKey = new Uint8Array(spki.subarray(SPKI_PREFIX.length));
  return { keyId: keyIdOf(publicKey), publicKey, name, roles, secret };
}

/** Those of the worlds that change. */
export const KEEPERS = {
  host: keyOf('host', 'host'),
  ben: keyOf('ben', 'approver'),
} as const;

/** In genesis, but for the guest. */
export const KEYS = {
  operator: keyOf('operator', 'operator'),
  adapter: keyOf('adapter', 'adapter'),
  ana: keyOf('ana', 'approver'),
  guest: keyOf('guest', 'adapter'),
} as const;

export const signWith = (key: GoldenKey, message: Uint8Array): Uint8Array =>
  new Uint8Array(sign(null, message, key.secret));

export const checkSignature: SignatureCheck = (_keyId, publicKey, message, sig) => {
  const key = createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, publicKey]),
    format: 'der',
    type: 'spki',
  });
  return verify(null, message, key, sig);
};
