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
  const shape = shapeOf(world);
  const collected: Collected = { objects: [], marks: [] };
  // Before the roots: collecting a trie computes its root on the way.
  shape.collect?.(snapshotOf(world), collected);
  const bytes = encodeSnapshot(world, shape);
  const hash = sha256(bytes);
  const { objects, marks } = collected;
  objects.push({ hash, bytes });
  return {
    hash,
    bytes,
    objects,
    markStored: () => {
      for (const mark of marks) mark();
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
