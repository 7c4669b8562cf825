/** Verbs about what a world takes on disk, and about its head. */

export interface DiskShape {
  readonly journal_bytes: number;
  readonly index_bytes: number;
  readonly archive_bytes: number;
  readonly segments: number;
  /** Sequence of the first record that is kept. */
  readonly first: number;
  readonly records: number;
  readonly objects: number;
  readonly snapshots: number;
  readonly bytes_per_record: number;
}

export interface CollectShape {
  readonly dry_run: boolean;
  readonly objects: number;
  readonly bytes: number;
  readonly segments: number;
}

export interface PruneShape {
  readonly dry_run: boolean;
  /** Sequence of the first record that is kept. */
  readonly first: number;
  readonly segments: number;
  readonly bytes: number;
  /** Objects that were written again; `null` for a dry run. */
  readonly forwarded_objects: number | null;
  /** Last record of the snapshot that replay begins with. */
  readonly snapshot: number;
}

/** A proof of {@link HeadShape}: hashes as text, to be checked as RFC 9162 says. */
export interface ProofShape {
  /** Leaves of the tree that the proof is about. */
  readonly size: number;
  readonly hashes: readonly string[];
}

export interface HeadShape {
  readonly world_id: string;
  readonly epoch: number;
  readonly seq: number;
  readonly chain: string;
  readonly merkle_root: string;
  readonly world_hash: string;
  readonly key_id: string | null;
  readonly sig: Uint8Array | null;
  /** That a record is in the tree: its chain value is the leaf. */
  readonly inclusion: (ProofShape & { readonly seq: number; readonly chain: string }) | null;
  /** That the tree of an earlier head is the beginning of this one. */
  readonly consistency:
    | (ProofShape & { readonly older: number; readonly older_root: string })
    | null;
}

export interface GrowthVerbs {
  disk: { args: Readonly<Record<string, never>>; result: DiskShape };
  gc: {
    args: {
      readonly dry_run?: boolean;
      /** What is younger is left alone. Default a day. */
      readonly grace_s?: number;
      /** Default 2. */
      readonly keep_snapshots?: number;
    };
    result: CollectShape;
  };
  prune: {
    args: {
      readonly dry_run?: boolean;
      readonly archive?: boolean;
      readonly before?: number;
      /** Default 1. */
      readonly keep_snapshots?: number;
    };
    result: PruneShape;
  };
  /** The head of this moment; signed, and with proofs, where that is asked for. */
  head: {
    args: { readonly sign?: boolean; readonly record?: number; readonly older?: number };
    result: HeadShape;
  };
}
