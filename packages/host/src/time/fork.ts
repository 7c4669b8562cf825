/**
 * Forks: a world of its own that has the past of another one up to a record.
 *
 * 1. Nothing of the parent changes, and it need not stand still: what is read of it is durable.
 * 2. The keys of the fork are those that are good in the parent there, so whoever makes one is an
 *    operator of the parent, or nobody could ever change it.
 */
import type { Hash } from '@aos/canon';
import { crossBorder, forkGenesis, type World } from '@aos/kernel';
import { AosFault, encodeGenesis, type StoredObject } from '@aos/protocol';
import { readWallNs, systemClock } from '../clock.js';
import { systemEntropy } from '../stamper.js';
import { worldAfter } from '../world/heights.js';
import { heightOf } from './height.js';
import { type BranchPorts, beginEpoch } from './new-epoch.js';

const NONCE_BYTES = 16;

export interface ForkRequest extends BranchPorts {
  /** The last record that both have; the last durable one when absent. */
  readonly at?: number;
  /** The world right after that record, where somebody has it already. */
  readonly world?: World;
}

/** A fork that is not stored yet: what a store makes it of. */
export interface ForkDraft {
  readonly worldId: Hash;
  readonly parent: { readonly worldId: Hash; readonly seq: number; readonly chain: Hash };
  readonly epoch: number;
  readonly seq: number;
  readonly genesis: Uint8Array;
  readonly records: readonly Uint8Array[];
  readonly objects: readonly StoredObject[];
}

/**
 * Drafts a fork. Throws RefusalError: `record-unknown`, `record-not-durable`, `verb-key` (the key
 * is no operator's there); and AosFault as opening the world at that place does.
 */
export function draftFork(request: ForkRequest): ForkDraft {
  const { store, engine, clock = systemClock, fillEntropy = systemEntropy } = request;
  const { durable = store.durable } = request;
  const seq = heightOf({ head: store.head, durable, pruned: store.pruned }, request.at);
  const given = request.world;
  const world = given?.seq === seq + 1 ? given : worldAfter(store, engine, seq);
  const nonce = new Uint8Array(NONCE_BYTES);
  fillEntropy(nonce);
  const genesis = encodeGenesis(forkGenesis(world, { createdNs: readWallNs(clock), nonce }));
  const crossed = crossBorder(world, genesis);
  if (!crossed.ok) {
    const { code, detail } = crossed.refusal;
    throw new AosFault(code, detail, { retry: 'never' });
  }
  const epoch = world.epoch + 1;
  const first = beginEpoch(crossed.value, epoch, request);
  return {
    worldId: crossed.value.worldId,
    parent: { worldId: world.worldId, seq, chain: world.chain },
    epoch,
    seq,
    genesis,
    records: [first.record],
    objects: first.objects,
  };
}
