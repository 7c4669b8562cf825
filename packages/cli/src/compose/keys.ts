/** Keys of `$AOS_HOME/keys`, which may not be in a world. */
import { aosHome, ensureKey, openKey, type Signer } from '@aos/host';
import { AosFault } from '@aos/protocol';

/** The key of that name. Fault `key-not-found`. */
export const signerOf = (world: string, name: string): Signer =>
  openKey(aosHome(), name, { outside: world });

/** The key that signs receipts here, made on first use. */
export const hostSigner = (world: string): Signer =>
  ensureKey(aosHome(), 'host', { outside: world });

/** As {@link signerOf}, `undefined` when there is no such key. */
export function findSigner(world: string, name: string): Signer | undefined {
  try {
    return signerOf(world, name);
  } catch (error) {
    if (error instanceof AosFault && error.code === 'key-not-found') return undefined;
    throw error;
  }
}
