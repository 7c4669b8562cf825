/**
 * Signatures: the one place that looks at curves. What passes here may become a record; the kernel
 * only asks whether the key had the role.
 *
 * V1 A signature holds when the equation of RFC 8032 §5.1.7 does, without its cofactor and with the
 *    hash reduced by the group's order, for canonical encodings of the key, of R and of S. So one
 *    key, message and R have at most one S, and every verifier of this rule agrees.
 * V2 Keys of small order are refused, also where the equation holds: with such a key one signature
 *    fits many messages.
 *
 * Deliberately absent: roles, nonces and epochs, which are the kernel's; private keys.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { toHex } from '@aos/canon';
import type { SignatureCheck } from '@aos/kernel';
import { curveThread } from './curve-thread.js';

const PUBLIC_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** What DER writes before the 32 bytes of an ed25519 public key (RFC 8410 §4). */
const KEY_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Keys that are kept ready: making one costs a third of a verification. */
const MAX_READY_KEYS = 256;

/** The y of all points whose order divides 8, little-endian: each stands for both signs of x. */
const SMALL_ORDER_Y: ReadonlySet<string> = new Set([
  `00${'00'.repeat(31)}`,
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
]);

/** 2^255 − 19, the field's prime, most significant byte first. */
const PRIME = Buffer.from(`7f${'ff'.repeat(30)}ed`, 'hex');

/** Whose signature of what. */
export interface SignatureParts {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly sig: Uint8Array;
}

/** Verifies signatures by one rule (V1, V2); holds a bounded number of keys ready. */
export class SignatureVerifier {
  readonly #ready = new Map<string, KeyObject | undefined>();

  /** As the kernel asks for it. */
  readonly check: SignatureCheck = (_keyId, publicKey, message, sig) =>
    this.holds(publicKey, message, sig);

  /** Whether `signature` is `publicKey`'s for the message; false for whatever is malformed. */
  holds(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    if (signature.length !== SIGNATURE_BYTES) return false;
    const key = this.#keyOf(publicKey);
    return key !== undefined && verify(null, message, key, signature);
  }

  /** As {@link SignatureVerifier.holds}, apart from this thread; `done` is called later. */
  holdsLater({ publicKey, message, sig }: SignatureParts, done: (holds: boolean) => void): void {
    const key = sig.length === SIGNATURE_BYTES ? this.#keyOf(publicKey) : undefined;
    if (key === undefined) {
      queueMicrotask(() => done(false));
      return;
    }
    curveThread.ask({ key, message, sig }, (holds) => done(holds === true));
  }

  #keyOf(publicKey: Uint8Array): KeyObject | undefined {
    const name = toHex(publicKey);
    if (this.#ready.has(name)) return this.#ready.get(name);
    const key = isUsableKey(publicKey) ? importKey(publicKey) : undefined;
    const [oldest] = this.#ready.size >= MAX_READY_KEYS ? this.#ready.keys() : [];
    if (oldest !== undefined) this.#ready.delete(oldest);
    this.#ready.set(name, key);
    return key;
  }
}

/** Whether bytes are the one encoding of a point that is not of small order; not whether it is. */
export function isUsableKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES) return false;
  const y = Buffer.from(publicKey);
  y[PUBLIC_KEY_BYTES - 1] = (publicKey[PUBLIC_KEY_BYTES - 1] as number) & 0x7f;
  if (SMALL_ORDER_Y.has(y.toString('hex'))) return false;
  return y.reverse().compare(PRIME) < 0;
}

function importKey(publicKey: Uint8Array): KeyObject {
  const der = Buffer.concat([KEY_PREFIX, publicKey]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}
