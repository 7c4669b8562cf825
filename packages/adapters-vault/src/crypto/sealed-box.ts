/**
 * Bytes that only who has a key can read, and that tell whether anything of them was changed:
 * ChaCha20-Poly1305 (RFC 8439) under a key that HKDF-SHA256 makes for these bytes alone.
 *
 * S1 A key encrypts one message: its salt is random or a key of one use, so the nonce is zero.
 * S2 What the bytes are for is bound as associated data: bytes for one purpose open for no other.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { concatBytes } from '@aos/canon';

const KEY_BYTES = 32;
const NONCE = new Uint8Array(12);
const TAG_BYTES = 16;
const ALGORITHM = 'chacha20-poly1305';

export interface BoxKey {
  readonly secret: Uint8Array;
  /** Never the same for two messages. */
  readonly salt: Uint8Array;
  readonly purpose: string;
}

/** Ciphertext, then 16 bytes of tag. */
export function closeBox(key: BoxKey, context: Uint8Array, plain: Uint8Array): Uint8Array {
  const cipher = createCipheriv(ALGORITHM, messageKey(key), NONCE, { authTagLength: TAG_BYTES });
  cipher.setAAD(context, { plaintextLength: plain.length });
  return concatBytes(cipher.update(plain), cipher.final(), cipher.getAuthTag());
}

/** Undefined when any byte of it, of its context or of the key is another one. */
export function openBox(key: BoxKey, context: Uint8Array, box: Uint8Array): Uint8Array | undefined {
  const size = box.length - TAG_BYTES;
  if (size < 0) return undefined;
  const options = { authTagLength: TAG_BYTES };
  const decipher = createDecipheriv(ALGORITHM, messageKey(key), NONCE, options);
  decipher.setAAD(context, { plaintextLength: size });
  decipher.setAuthTag(box.subarray(size));
  try {
    return concatBytes(decipher.update(box.subarray(0, size)), decipher.final());
  } catch {
    return undefined;
  }
}

function messageKey({ secret, salt, purpose }: BoxKey): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, purpose, KEY_BYTES));
}
