/**
 * The keys of a vault, all made from the 32 bytes of its key file (HKDF-SHA256, RFC 5869):
 *
 * | key | for |
 * |---|---|
 * | file | the file of the vault |
 * | digest | digests of values: without it nobody can try values against a digest |
 * | seal | the pair that values are sealed to (X25519, RFC 7748) |
 */
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { asHash, type Hash, utf8 } from '@aos/canon';

export const VAULT_KEY_BYTES = 32;

export interface VaultKeys {
  /** HKDF input of the file's keys, one for each time it is written. */
  readonly file: Uint8Array;
  readonly seal: KeyObject;
  /** 32 bytes of X25519; may be known to everybody. */
  readonly publicKey: Uint8Array;
  digest(value: Uint8Array): Hash;
}

const DIGEST_DOMAIN = utf8('aos/secret-digest/0\0');

/** PKCS #8 of an X25519 key up to its 32 bytes (RFC 8410). */
const X25519_HEAD = Buffer.from('302e020100300506032b656e04220420', 'hex');

export function deriveVaultKeys(master: Uint8Array): VaultKeys {
  const digestKey = derive(master, 'digest');
  const seal = createPrivateKey({
    key: Buffer.concat([X25519_HEAD, derive(master, 'seal')]),
    format: 'der',
    type: 'pkcs8',
  });
  return {
    file: derive(master, 'file'),
    seal,
    publicKey: publicBytes(seal),
    digest: (value) => {
      const hmac = createHmac('sha256', digestKey).update(DIGEST_DOMAIN).update(value);
      return asHash(new Uint8Array(hmac.digest()));
    },
  };
}

export function publicBytes(key: KeyObject): Uint8Array {
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return new Uint8Array(Buffer.from(x as string, 'base64url'));
}

function derive(master: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', master, '', `aos/vault/0 ${purpose}`, VAULT_KEY_BYTES));
}
