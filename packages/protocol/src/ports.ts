/**
 * What the pure core and the host ask of the outside. Each port holds only the methods its one
 * caller uses; an implementation proves itself with the matching suite in `./contracts`.
 */
import type { Hash } from '@aos/canon';
import type { StoreGrowth } from './growth.js';
import type { HaltMark, PrunedMark, SnapshotMark, StoreMark } from './mark.js';

/** Bounds of one module call; they are runtime numbers of the world ({@link callLimitsOf}). */
export interface CallLimits {
  readonly outputBytes: number;
  /** What the call may spend, by the price table in force; a fault is charged all of it. */
  readonly fuel: number;
  /** Most memory, in pages of 64 KiB. */
  readonly memoryPages: number;
  readonly stackSlots: number;
}

/** What a call came to. A fault carries a stable code and never text, and is charged the limit. */
export type CallOutcome =
  | { readonly kind: 'output'; readonly output: Uint8Array; readonly fuel: number }
  | { readonly kind: 'fault'; readonly code: string; readonly fuel: number };

/** The export of a module that a call enters: `step` for reducers, `run` for pure modules. */
export type ModuleEntry = 'step' | 'run';

/**
 * Runs modules for the kernel. Synchronous and deterministic: every call means a fresh instance,
 * and the same (module, entry, input, limits) give the same outcome on every machine. Whatever a
 * module does is an outcome, never an exception. The input is read during the call only, and an
 * output is the caller's.
 */
export interface Engine {
  /** Whether a module is loaded; with `entry`, whether it was admitted as one that has it. */
  has(module: Hash, entry?: ModuleEntry): boolean;
  call(module: Hash, entry: ModuleEntry, input: Uint8Array, limits: CallLimits): CallOutcome;
}

/** Bytes under their own SHA-256. */
export interface StoredObject {
  readonly hash: Hash;
  readonly bytes: Uint8Array;
}

/** Bytes under their hash, or `undefined` when they are not there. */
export type ObjectReader = (hash: Hash) => Uint8Array | undefined;

/**
 * What one append commits together: records that follow each other, objects they need, and marks,
 * which stand behind all records of the batch.
 */
export interface Batch {
  readonly records: readonly Uint8Array[];
  readonly objects: readonly StoredObject[];
  readonly marks?: readonly StoreMark[];
}

/**
 * The journal and objects of one world. Failures are {@link AosFault}s: `store-failed` fences the
 * store for good (nothing is retried), `world-damaged` reports bytes that are not what was written.
 */
export interface WorldStore {
  /** Canonical genesis bytes; their SHA-256 is the world id. */
  readonly genesis: Uint8Array;
  /**
   * Geneses of the worlds that this one is a fork of, the first one first; none for most. Its
   * records are theirs up to the border, and its own from there.
   */
  readonly lineage: readonly Uint8Array[];
  /** Sequence of the last record appended, -1 when there is none. */
  readonly head: number;
  /** Sequence of the last record known durable, -1 when there is none. */
  readonly durable: number;
  /** Sequence of the first record that is kept: 0, unless the world was pruned. */
  readonly first: number;
  /** What is known of the records before, where the world was pruned. */
  readonly pruned: PrunedMark | undefined;
  /** The last snapshot mark that is durable. */
  readonly snapshot: SnapshotMark | undefined;
  /** All snapshots whose objects are stored, the oldest first; one for each sequence. */
  readonly snapshots: readonly SnapshotMark[];
  /** The last halt mark that is durable and was not cleared since. */
  readonly halt: HaltMark | undefined;
  /**
   * Writes in call order and resolves when this batch and all before it are durable. Several
   * appends may be in flight; one flush may serve several. The first record has sequence head + 1.
   */
  append(batch: Batch): Promise<void>;
  /**
   * Bytes of the records `fromSeq`..head of the moment of the call, in order. Fault
   * `record-pruned` for one that is not kept any more.
   */
  records(fromSeq: number): Iterable<Uint8Array>;
  /** Bytes under `hash`, checked against it on each read; `undefined` when not stored. */
  object(hash: Hash): Uint8Array | undefined;
  /** Clearing away, where the store can. Fault of what changes it: `store-read-only`. */
  readonly growth?: StoreGrowth | undefined;
  /** Hashes of all stored objects, in no order. */
  objects(): Iterable<Hash>;
  /** Flushes and lets the writer lock go. May be called again. */
  close(): Promise<void>;
}
