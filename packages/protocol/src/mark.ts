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

export type StoreMark = SnapshotMark | HaltMark | HaltClearedMark;
