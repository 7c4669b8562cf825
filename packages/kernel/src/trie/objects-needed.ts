/** The control flow of paging: objects that are stored, but not in memory. */
import type { Hash } from '@aos/canon';

/**
 * Thrown by whatever reads an object that its source does not have in memory. Not a mistake of
 * anybody: the entrances of the kernel catch it and answer `need` with the hashes, and then nothing
 * has happened. `hashes` is never empty.
 */
export class ObjectsNeeded extends Error {
  override readonly name = 'ObjectsNeeded';
  readonly hashes: readonly Hash[];

  constructor(hashes: readonly Hash[]) {
    super(`${hashes.length} objects are not in memory`);
    this.hashes = hashes;
  }
}
