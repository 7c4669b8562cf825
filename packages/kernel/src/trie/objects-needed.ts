/** The control flow of paging: objects that are stored, but not in memory. */
import type { Hash } from '@aos/canon';
import type { ModuleEntry } from '@aos/protocol';

/** Code that the engine does not have. */
export interface NeededModule {
  readonly name: string;
  readonly hash: Hash;
  readonly entry: ModuleEntry;
}

/**
 * Thrown by whatever reads an object that its source does not have in memory. Not a mistake of
 * anybody: the entrances of the kernel catch it and answer `need` with the hashes, and then nothing
 * has happened. `hashes` is never empty.
 */
export class ObjectsNeeded extends Error {
  override readonly name = 'ObjectsNeeded';
  readonly hashes: readonly Hash[];

  /** `modules`: those among the hashes that the engine has to load, beyond being stored. */
  constructor(
    hashes: readonly Hash[],
    readonly modules: readonly NeededModule[] = [],
  ) {
    super(`${hashes.length} objects are not in memory`);
    this.hashes = hashes;
  }
}

/** What has to be in memory first; nothing has happened. */
export interface Need {
  readonly kind: 'need';
  readonly hashes: readonly Hash[];
  /** Those among them that the engine has to load. */
  readonly modules: readonly NeededModule[];
}

/** The answer of an entrance of the kernel. */
export function neededBy({ hashes, modules }: ObjectsNeeded): Need {
  return { kind: 'need', hashes, modules };
}
