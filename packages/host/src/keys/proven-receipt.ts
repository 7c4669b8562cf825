/**
 * A receipt whose signature this process has verified when it was made, over the very bytes that
 * the receipt says. Nobody else can make one, and a copy is none any more.
 */
import { bytesEqual, type Hash } from '@aos/canon';
import type { KeyState, RawReceipt } from '@aos/kernel';
import type { ReceiptBody } from '@aos/protocol';
import type { Signer } from './key-files.js';

export class ProvenReceipt implements RawReceipt {
  readonly kind = 'receipt';
  readonly receipt: ReceiptBody;
  readonly payload: Uint8Array;
  readonly keyId: Hash;
  readonly sig: Uint8Array;
  /** The key that has verified it. */
  readonly #publicKey: Uint8Array;

  /** Only for what {@link Signer.signProven} has signed. */
  constructor(
    { keyId, publicKey }: Pick<Signer, 'keyId' | 'publicKey'>,
    { receipt, payload, sig }: Pick<RawReceipt, 'receipt' | 'payload' | 'sig'>,
  ) {
    this.receipt = receipt;
    this.payload = payload;
    this.keyId = keyId;
    this.sig = sig;
    this.#publicKey = publicKey;
  }

  /** Whether it is one, of a key that stands in this keyring. */
  static isOf(keyring: readonly KeyState[], raw: object): raw is ProvenReceipt {
    if (!(#publicKey in raw)) return false;
    const { keyId } = raw;
    const key = keyring.find((each) => bytesEqual(each.keyId, keyId));
    return key !== undefined && bytesEqual(key.publicKey, raw.#publicKey);
  }
}
