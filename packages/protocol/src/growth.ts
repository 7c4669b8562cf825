/** How a store is kept from growing without end; a store may have none of this. */
import type { Hash } from '@aos/canon';
import type { SnapshotMark } from './mark.js';

/** What a world takes on disk, in bytes. */
export interface DiskUse {
  readonly journalBytes: number;
  /** Indexes, which can be made again. */
  readonly indexBytes: number;
  readonly archiveBytes: number;
  readonly segments: number;
  /** Records that are kept. */
  readonly records: number;
  readonly objects: number;
  /** Of the journal, objects and snapshots included; 0 without records. */
  readonly bytesPerRecord: number;
}

export interface PruneSetting {
  /** Where replay is to begin. */
  readonly snapshot: SnapshotMark;
  /** Frontier of the Merkle tree of the first records. */
  readonly frontierOf: (size: number) => Promise<readonly Hash[]>;
  /** Keeps the segments beside the journal; else they are gone. */
  readonly isArchived: boolean;
  /** What nothing names yet stays, of segments whose last record is not before this one. */
  readonly beforeSeq?: number;
}

export interface PruneOutcome {
  /** Sequence of the first record that is kept. */
  readonly first: number;
  readonly segments: number;
  readonly freedBytes: number;
  /** Objects that were written again, because something still needs them. */
  readonly forwardedObjects: number;
}

export interface CollectSetting {
  /** Snapshots that are kept, with all that they reach. */
  readonly snapshots: readonly SnapshotMark[];
  /** Segments whose last record is younger are left alone, and the last one always is. */
  readonly beforeSeq: number;
  readonly isDryRun: boolean;
}

export interface CollectOutcome {
  /** Objects that nothing needs, and their bytes; gone unless it was a dry run. */
  readonly objects: number;
  readonly bytes: number;
  /** Segments that were written anew. */
  readonly segments: number;
}

export interface StoreGrowth {
  disk(): DiskUse;
  /** What pruning to a snapshot would drop. */
  planPrune(snapshot: SnapshotMark): Pick<PruneOutcome, 'first' | 'freedBytes' | 'segments'>;
  /** Drops whole segments before a snapshot. Fault: `prune-refused` when there is none. */
  prune(setting: PruneSetting): Promise<PruneOutcome>;
  /** Drops objects that no kept record and no kept snapshot reaches. */
  collect(setting: CollectSetting): Promise<CollectOutcome>;
}
