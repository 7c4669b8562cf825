/** The geneses of the worlds that a log goes through. */
import { type Hash, sha256, toHex } from '@aos/canon';
import { decodeGenesis, type GenesisParent, type ObjectReader } from '@aos/protocol';

/** Where a genesis says that its world left another one; `undefined` for a first one. */
export function borderOf(genesis: Uint8Array): GenesisParent | undefined {
  const decoded = decodeGenesis(genesis);
  return decoded.ok ? decoded.value.parent : undefined;
}

/**
 * The ancestors of a world, the first one first: those whose geneses stand in the log as frames,
 * and, where it was pruned, as objects. One that is not there any more ends the row.
 */
export function lineageOf(
  genesis: Uint8Array,
  frames: readonly Uint8Array[],
  object: ObjectReader,
): readonly Uint8Array[] {
  const byId = new Map(frames.map((frame) => [toHex(sha256(frame)), frame]));
  const found: Uint8Array[] = [];
  let parent = borderOf(genesis);
  // bytes that this build cannot read name no parent
  if (parent === undefined) return frames;
  while (parent !== undefined) {
    const bytes = byId.get(toHex(parent.worldId)) ?? object(parent.worldId);
    if (bytes === undefined) break;
    found.unshift(bytes);
    parent = borderOf(bytes);
  }
  return found;
}

/** A genesis as an object of the log. */
interface KeptGenesis {
  readonly hash: Hash;
  readonly bytes: Uint8Array;
}

/** The geneses that records from `seq` on belong to, or a snapshot there. */
export function genesesFrom(
  { genesis, lineage }: { readonly genesis: Uint8Array; readonly lineage: readonly Uint8Array[] },
  seq: number,
): readonly KeptGenesis[] {
  const geneses = [...lineage, genesis];
  return geneses
    .filter((_, n) => {
      const next = geneses[n + 1];
      return next === undefined || (borderOf(next)?.seq ?? -1) >= seq;
    })
    .map((bytes) => ({ hash: sha256(bytes), bytes }));
}
