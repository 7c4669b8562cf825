/**
 * Marks: what a store keeps beside records, outside the chain. Losing one loses no history: a
 * snapshot is made again, and a halt is found again.
 */
import type { Hash } from '@aos/canon';

/** `hash` is the snapshot of the world whose last record is `seq`. */
export interface SnapshotMark {
  readonly kind: 'snapshot';
  /** -1 for the world before its first record. */
  readonly seq: number;
  readonly hash: Hash;
  /** The head of the world there, as an object: see `encodeStoredHead`. */
  readonly head?: Hash;
}

/** A defect stopped the world after record `seq`; it stays so over reopening until cleared. */
export interface HaltMark {
  readonly kind: 'halt';
  readonly seq: number;
  readonly code: string;
  /** What was expected and what was found, for people. */
  readonly detail: string;
}

export interface HaltClearedMark {
  readonly kind: 'halt-cleared';
  readonly seq: number;
}

/** The records up to `seq` are not kept any more, nor what only they needed. */
export interface PrunedMark {
  readonly kind: 'pruned';
  readonly seq: number;
  /** Chain value of record `seq`. */
  readonly chain: Hash;
  /** Frontier of the Merkle tree of the records up to `seq`. */
  readonly frontier: readonly Hash[];
  /** The first segment that is kept. */
  readonly segment: number;
  /** The last record when that was done: what was needed of earlier segments is behind it. */
  readonly at: number;
  /** Where replay begins now; its record is `seq` or a later one. */
  readonly snapshot: SnapshotMark;
  /** Later ones that were kept: their own marks may be in segments that are gone. */
  readonly others: readonly SnapshotMark[];
}

export type StoreMark = SnapshotMark | HaltMark | HaltClearedMark | PrunedMark;
