/** Keeping a living world from growing without end: what goes, and how old it has to be. */
import type { Hash } from '@aos/canon';
import type { World } from '@aos/kernel';
import {
  AosFault,
  type CollectOutcome,
  decodeRecord,
  type PruneOutcome,
  type SnapshotMark,
  type StoreGrowth,
  type WorldStore,
} from '@aos/protocol';
import type { JournalTree } from './journal-tree.js';
import type { SnapshotKeeper } from './snapshot-keeper.js';

const NS_PER_S = 1_000_000_000n;
/** Who stores an object has so long to name it before a pruning may let it go. */
const NAMING_NS = 86_400n * NS_PER_S;

export interface WorldGrowthPorts {
  readonly store: WorldStore;
  readonly keeper: SnapshotKeeper;
  readonly tree: JournalTree;
  readonly world: () => World;
  readonly logicalNowNs: () => bigint;
}

export interface CollectWish {
  readonly isDryRun: boolean;
  /** What is younger is left alone, in seconds. */
  readonly graceS: number;
  /** So many of the last snapshots are kept. */
  readonly keepSnapshots: number;
}

export interface PruneWish {
  readonly isDryRun: boolean;
  readonly isArchived: boolean;
  /** Replay is to begin at the last snapshot before this record, or at one of the last. */
  readonly before?: number;
  readonly keepSnapshots?: number;
}

/** What was pruned, and the snapshot that the world begins with now. */
export interface Pruned extends Omit<PruneOutcome, 'forwardedObjects'> {
  /** Absent for a dry run: nobody has looked. */
  readonly forwardedObjects?: number;
  readonly snapshot: SnapshotMark;
}

/** The growth port of a store. Fault: `store-growth` where it has none. */
export function growthOf({ growth }: WorldStore): StoreGrowth {
  if (growth !== undefined) return growth;
  const message = 'the store of this world keeps everything; nothing of it can be cleared away';
  throw new AosFault('store-growth', message, { retry: 'never' });
}

export class WorldGrowth {
  constructor(private readonly ports: WorldGrowthPorts) {}

  /** Drops what nothing reaches. No snapshot is being taken meanwhile: its parts are named last. */
  async collect({ isDryRun, graceS, keepSnapshots }: CollectWish): Promise<CollectOutcome> {
    const { store, keeper, logicalNowNs } = this.ports;
    const growth = growthOf(store);
    return keeper.exclusively(() => {
      const snapshots = store.snapshots.slice(-Math.max(1, keepSnapshots));
      const beforeSeq = youngerThan(store, logicalNowNs() - BigInt(graceS) * NS_PER_S);
      return growth.collect({ snapshots, beforeSeq, isDryRun });
    });
  }

  /** Faults: `prune-refused`, `store-growth`. */
  async prune(wish: PruneWish): Promise<Pruned> {
    const { store, keeper, logicalNowNs } = this.ports;
    const growth = growthOf(store);
    return keeper.exclusively(async () => {
      const snapshot = snapshotFor(store, wish);
      if (wish.isDryRun) return { ...growth.planPrune(snapshot), snapshot };
      const { isArchived } = wish;
      const frontierOf = (size: number) => this.#frontierOf(size);
      const beforeSeq = youngerThan(store, logicalNowNs() - NAMING_NS);
      const setting = { snapshot, frontierOf, isArchived, beforeSeq };
      return { ...(await growth.prune(setting)), snapshot };
    });
  }

  async #frontierOf(size: number): Promise<readonly Hash[]> {
    const slices = this.ports.tree.upTo(size);
    for (;;) {
      const slice = slices.next();
      if (slice.done === true) return slice.value.nodes;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function snapshotFor({ snapshots }: WorldStore, { before, keepSnapshots = 1 }: PruneWish) {
  const found =
    before === undefined
      ? snapshots.at(-Math.max(1, keepSnapshots))
      : snapshots.findLast(({ seq }) => seq < before);
  if (found !== undefined) return found;
  const message =
    'no snapshot is there for the world to begin with; take one, or keep fewer of them';
  throw new AosFault('prune-refused', message, { retry: 'never' });
}

/**
 * Sequence of the first record that was made after a moment of logical time: it never goes back,
 * and who sets the clock makes nothing older.
 */
function youngerThan(store: WorldStore, atNs: bigint): number {
  let low = store.first;
  let high = store.durable + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (timeOf(store, middle) <= atNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function timeOf(store: WorldStore, seq: number): bigint {
  const [bytes] = store.records(seq);
  const record = bytes && decodeRecord(bytes);
  return record?.ok === true ? record.value.stamp.logicalNowNs : 0n;
}
