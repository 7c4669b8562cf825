/** Which key may do what. The host has verified the curve; here it is about the keyring. */
import type { Hash } from '@aos/canon';
import { type KeyRole, SIGNATURE_BYTES } from '@aos/protocol';
import { findKey } from '../world/keyring.js';
import type { World } from '../world/world.js';

/**
 * Why a key may not sign this now, as a sentence; undefined when it may: it is in the keyring, not
 * revoked, has one of the roles, and the signature has the size of one.
 */
export function explainSigner(
  world: World,
  signed: { readonly keyId: Hash; readonly sig: Uint8Array },
  roles: readonly KeyRole[],
): string | undefined {
  if (signed.sig.length !== SIGNATURE_BYTES) {
    return `expected a signature of ${SIGNATURE_BYTES} bytes, found ${signed.sig.length}`;
  }
  const key = findKey(world.keyring, signed.keyId);
  if (key === undefined) return 'the key is not in the keyring of this world';
  if (key.revokedAt !== null) return `${key.name} was revoked by record ${key.revokedAt}`;
  if (key.roles.some((role) => roles.includes(role))) return undefined;
  return `${key.name} is ${key.roles.join(', ') || 'without a role'}, not ${roles.join(' or ')}`;
}
