/** A signature that is verified apart from the thread that steps the world. */
import type { Refusal } from '@aos/canon';
import { refuseSignature, type SignatureClaim } from '@aos/kernel';
import type { SignatureVerifier } from './signatures.js';

/**
 * Where signatures are made and verified: on a thread beside, or on the world's own. `signer`:
 * verified on the world's own, and made wherever the signer does that.
 */
export type CryptoThreads = 'beside' | 'none' | 'signer';

export class SignatureWait {
  #isPending = true;
  #refusal: Refusal | undefined;

  constructor(private readonly claim: SignatureClaim) {}

  get isPending(): boolean {
    return this.#isPending;
  }

  /** `signature-invalid`, once it is known not to hold. */
  get refusal(): Refusal | undefined {
    return this.#refusal;
  }

  /** Calls `done` when it is known whether it holds, not before this has returned. */
  start(verifier: SignatureVerifier, done: () => void): void {
    const { key, message, sig } = this.claim;
    verifier.holdsLater({ publicKey: key.publicKey, message, sig }, (holds) => {
      this.#isPending = false;
      if (!holds) this.#refusal = refuseSignature(key).refusal;
      done();
    });
  }
}
