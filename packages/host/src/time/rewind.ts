/**
 * Rewinds: a world goes on behind an earlier record, as itself.
 *
 * 1. Its next record begins an epoch that no record of the abandoned branch was in, so whatever
 *    still comes of that branch is refused.
 * 2. A fork does not go back behind its border: that past is another world's.
 */
import { type Hash, RefusalError } from '@aos/canon';
import { decodeRecordHead, type StoredObject, type WorldStore } from '@aos/protocol';
import { worldAfter } from '../world/heights.js';
import { Lineage } from '../world/lineage.js';
import { heightOf } from './height.js';
import { type BranchPorts, beginEpoch } from './new-epoch.js';

export interface RewindRequest extends BranchPorts {
  /** The last record that stays. */
  readonly to: number;
}

/** A rewind that has not happened yet: what a store makes of it. */
export interface RewindDraft {
  readonly worldId: Hash;
  readonly epoch: number;
  readonly seq: number;
  /** How many records are put away. */
  readonly abandoned: number;
  readonly records: readonly Uint8Array[];
  readonly objects: readonly StoredObject[];
}

/**
 * Drafts a rewind. Throws RefusalError: `record-unknown`, `record-not-durable`, `rewind-border`,
 * `verb-key`; and AosFault as opening the world at that place does.
 */
export function draftRewind(request: RewindRequest): RewindDraft {
  const { store, engine } = request;
  const seq = heightOf(store, request.to);
  const border = Lineage.of(store).borders.at(-1) ?? -1;
  if (seq <= border) throw behindBorder(seq, border);
  const world = worldAfter(store, engine, seq);
  const epoch = 1 + latestEpoch(store, seq + 1, world.epoch);
  const { record, objects } = beginEpoch(world, epoch, request);
  const abandoned = store.head - seq;
  return { worldId: world.worldId, epoch, seq, abandoned, records: [record], objects };
}

/** The greatest epoch from a record on. Read from the inputs: the branch may be one that fails. */
function latestEpoch(store: WorldStore, from: number, before: number): number {
  let latest = before;
  for (const bytes of store.records(from)) {
    const head = decodeRecordHead(bytes);
    if (!head.ok || head.value.input.kind !== 'control') continue;
    const { verb, args } = head.value.input;
    const epoch = verb === 'epoch' ? args.get('epoch') : undefined;
    if (typeof epoch === 'number' && epoch > latest) latest = epoch;
  }
  return latest;
}

function behindBorder(seq: number, border: number): RefusalError {
  const detail =
    `record ${seq} is of the world that this is a fork of, its own begin behind ${border + 1}; ` +
    "go back there with 'aos fork --at'";
  return new RefusalError({ code: 'rewind-border', at: '/seq', detail });
}
