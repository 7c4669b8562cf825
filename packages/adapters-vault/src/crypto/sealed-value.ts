/**
 * Values sealed to a vault: whoever knows its public key can make them, only the vault can open
 * them, and only for the world, alias and binding that they were made for. So they may lie in
 * objects of a world, and go through a plan of it.
 *
 * Bytes: head, the public key of a pair that is used once (32), ciphertext, tag (16).
 */
import { createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { bytesEqual, concatBytes, encode, type Hash, utf8 } from '@aos/canon';
import { closeBox, openBox } from './sealed-box.js';
import { publicBytes } from './vault-keys.js';

/** What a value is for. */
export interface SealContext {
  readonly worldId: Hash;
  readonly alias: string;
  readonly bindingId: string;
}

const HEAD = utf8('aos/sealed/0\0');
const PUBLIC_BYTES = 32;
const PURPOSE = 'aos/sealed/0 value';
/** Most bytes that sealing adds to a value. */
export const SEAL_BYTES = HEAD.length + PUBLIC_BYTES + 16;

/**
 * Seals a value to the public key of a vault. Throws what the platform throws for 32 bytes that
 * are no public key.
 */
export function sealValue(
  vaultKey: Uint8Array,
  context: SealContext,
  value: Uint8Array,
): Uint8Array {
  const { privateKey } = generateKeyPairSync('x25519');
  const own = publicBytes(privateKey);
  const shared = agree(privateKey, vaultKey);
  const key = { secret: shared, salt: concatBytes(own, vaultKey), purpose: PURPOSE };
  return concatBytes(HEAD, own, closeBox(key, boundBytes(own, context), value));
}

/** The value; undefined for what was not sealed to this key, for this, or was changed since. */
export function openValue(
  key: { readonly seal: KeyObject; readonly publicKey: Uint8Array },
  context: SealContext,
  sealed: Uint8Array,
): Uint8Array | undefined {
  const head = sealed.subarray(0, HEAD.length);
  const own = sealed.slice(HEAD.length, HEAD.length + PUBLIC_BYTES);
  if (!bytesEqual(head, HEAD) || own.length !== PUBLIC_BYTES) return undefined;
  const secret = tryAgree(key.seal, own);
  if (secret === undefined) return undefined;
  const boxKey = { secret, salt: concatBytes(own, key.publicKey), purpose: PURPOSE };
  const box = sealed.subarray(HEAD.length + PUBLIC_BYTES);
  return openBox(boxKey, boundBytes(own, context), box);
}

/** Everything beside the ciphertext, in one form. */
function boundBytes(own: Uint8Array, { worldId, alias, bindingId }: SealContext): Uint8Array {
  return concatBytes(HEAD, own, encode({ world_id: worldId, alias, binding_id: bindingId }));
}

function agree(privateKey: KeyObject, other: Uint8Array): Uint8Array {
  const jwk = { kty: 'OKP', crv: 'X25519', x: Buffer.from(other).toString('base64url') };
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
  return new Uint8Array(diffieHellman({ privateKey, publicKey }));
}

/** The platform refuses points of small order, with which all would share one secret. */
function tryAgree(privateKey: KeyObject, other: Uint8Array): Uint8Array | undefined {
  try {
    return agree(privateKey, other);
  } catch {
    return undefined;
  }
}
