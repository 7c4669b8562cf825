/** The keys a world knows: valid from the record that added them to the one that revoked them. */
import { bytesEqual, type Hash } from '@aos/canon';
import type { KeyRole, KeyringEntry } from '@aos/protocol';

export interface KeyState extends KeyringEntry {
  /** Sequence of the record that added it; -1 for the keys of genesis. */
  readonly addedAt: number;
  /** Sequence of the record that revoked it. */
  readonly revokedAt: number | null;
}

/** Most keys, revoked ones included: they are looked through one by one. */
export const MAX_KEYS = 1024;

export function genesisKeys(entries: readonly KeyringEntry[]): readonly KeyState[] {
  return entries.map((entry) => ({ ...entry, addedAt: -1, revokedAt: null }));
}

export function findKey(keyring: readonly KeyState[], keyId: Hash): KeyState | undefined {
  return keyring.find((key) => bytesEqual(key.keyId, keyId));
}

/** Whether a key may act in one of these roles now. */
export function hasRole(key: KeyState | undefined, roles: readonly KeyRole[]): boolean {
  return key !== undefined && key.revokedAt === null && key.roles.some((r) => roles.includes(r));
}
