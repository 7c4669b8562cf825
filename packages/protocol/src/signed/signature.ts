/**
 * What a signature is over: `utf8(domain) ‖ 00 ‖ canonical shape`. The curve itself is the host's
 * business; the kernel checks only which key it was.
 */
import { concatBytes, utf8 } from '@aos/canon';

/** Size of an ed25519 signature. */
export const SIGNATURE_BYTES = 64;

const SEPARATOR = new Uint8Array(1);

/** The bytes that are signed. No domain holds a zero byte, so no two of them can be confused. */
export function signedMessage(domain: string, canonicalShape: Uint8Array): Uint8Array {
  return concatBytes(utf8(domain), SEPARATOR, canonicalShape);
}
