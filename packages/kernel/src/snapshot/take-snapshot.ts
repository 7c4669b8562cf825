/**
 * Taking a snapshot: canonical bytes that hold everything of a world (chapter 7).
 *
 * T1 Equal worlds give equal bytes, whatever is in memory and whichever snapshots came before.
 * T2 What it takes to write a snapshot follows what changed since the last one that was stored, and
 *     not the size of the world.
 * T3 A snapshot is derived: it is in no record, and losing one loses nothing.
 */
import { type Encodable, encode, type Hash, sha256 } from '@aos/canon';
import type { StoredObject } from '@aos/protocol';
import type { TrieSource } from '../trie/leaf-codec.js';
import { NodeCache } from '../trie/node-cache.js';
import { ObjectsNeeded } from '../trie/objects-needed.js';
import { drain, type Stored } from '../trie/unstored.js';
import type { World } from '../world/world.js';
import type { Collected, Shape } from './shape.js';
import { SNAPSHOT_FORMAT, type Snapshot, snapshotShape } from './world-shape.js';

export interface TakenSnapshot {
  readonly kind: 'taken';
  /** Of `bytes`; the hash of the world. */
  readonly hash: Hash;
  readonly bytes: Uint8Array;
  /**
   * What must be stored for the snapshot to be opened and is not known to be: `bytes` among them,
   * as the last one.
   */
  readonly objects: readonly StoredObject[];
  /** To be called once `objects` are durable: the next snapshot leaves them out. */
  markStored(): void;
}

/** A snapshot, or the objects that must be in memory first (then nothing has happened). */
export type SnapshotOutcome =
  | TakenSnapshot
  | { readonly kind: 'need'; readonly hashes: readonly Hash[] };

export function takeSnapshot(world: World): SnapshotOutcome {
  try {
    return { kind: 'taken', ...take(world) };
  } catch (error) {
    if (error instanceof ObjectsNeeded) return { kind: 'need', hashes: error.hashes };
    throw error;
  }
}

/**
 * Hash of everything a world is: that of its snapshot. Equal worlds have equal hashes.
 *
 * Roots need nothing but what changed since they were last computed, which is in memory.
 */
export function hashWorld(world: World): Hash {
  return sha256(encodeSnapshot(world, shapeOf(world)));
}

function take(world: World): Omit<TakenSnapshot, 'kind'> {
  const objects: StoredObject[] = [];
  const slices = snapshotSlices(world);
  let slice = slices.next();
  for (; slice.done !== true; slice = slices.next()) {
    for (const object of slice.value) objects.push(object);
  }
  const { markStored, ...taken } = slice.value;
  return { ...taken, objects, markStored: () => drain(markStored()) };
}

/** What the slices of a snapshot end with; its bytes were given as the last object. */
export interface SlicedSnapshot {
  readonly hash: Hash;
  readonly bytes: Uint8Array;
  /** As in {@link TakenSnapshot}, in slices again. */
  markStored(): Generator<undefined, void>;
}

/**
 * Takes a snapshot in slices of less than a millisecond: between them the world may go on, and what
 * comes out is the snapshot of the world that was given.
 */
export function* snapshotSlices(world: World): Generator<readonly StoredObject[], SlicedSnapshot> {
  const shape = shapeOf(world);
  const collected: Collected = { objects: [], tries: [] };
  shape.collect?.(snapshotOf(world), collected);
  yield collected.objects;
  const stored: Stored[] = [];
  // Before the bytes: collecting a trie computes its root on the way.
  for (const slices of collected.tries) stored.push(yield* slices());
  const bytes = encodeSnapshot(world, shape);
  const hash = sha256(bytes);
  yield [{ hash, bytes }];
  return {
    hash,
    bytes,
    *markStored() {
      for (const each of stored) yield* each.markStored();
    },
  };
}

function encodeSnapshot(world: World, shape: Shape<Snapshot>): Uint8Array {
  return encode(shape.encode(snapshotOf(world)) satisfies Encodable);
}

function snapshotOf(world: World): Snapshot {
  const manifest = world.program.definition.manifestHash;
  return { ...world, format: SNAPSHOT_FORMAT, manifest };
}

/** Writing reads nothing, so the source is never asked. */
function shapeOf({ program, programs }: World): Shape<Snapshot> {
  const nothing: TrieSource = { read: () => undefined, cache: new NodeCache(0) };
  return snapshotShape({ program, programs, source: nothing });
}
