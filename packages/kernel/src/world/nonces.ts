/** The nonces of signed verbs, per key: a verb that was used cannot come back. */
import { asHash, concatBytes, type Hash, type Reader, type Writer } from '@aos/canon';
import type { LeafCodec } from '../trie/leaf-codec.js';

export interface UsedNonce {
  readonly keyId: Hash;
  readonly nonce: Uint8Array;
}

export const nonceCodec: LeafCodec<UsedNonce> = {
  keyOf: nonceKey,
  write(w: Writer, { keyId, nonce }) {
    w.listHead(2);
    w.bytes(keyId);
    w.bytes(nonce);
  },
  read(r: Reader) {
    r.listHead();
    const keyId = asHash(r.bytes().slice());
    return { keyId, nonce: r.bytes().slice() };
  },
};

export function nonceKey({ keyId, nonce }: UsedNonce): Uint8Array {
  return concatBytes(keyId, nonce);
}
