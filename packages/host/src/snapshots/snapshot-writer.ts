/**
 * Snapshots on their way to the store: the objects first, in small batches, then head and mark.
 *
 * S1 What is written is the world of the moment of the call. The world goes on meanwhile: no part
 *    of the work takes longer than about a millisecond.
 * S2 A crash before the mark leaves objects that nobody names.
 */
import { setImmediate as yieldToLoop } from 'node:timers/promises';
import { bytesEqual, sha256 } from '@aos/canon';
import { snapshotSlices, type World } from '@aos/kernel';
import {
  encodeStoredHead,
  type Head,
  headMessage,
  type SnapshotMark,
  type StoredHead,
  type StoredObject,
} from '@aos/protocol';
import type { Signer } from '../keys/key-files.js';
import type { Committer } from '../loop/committer.js';
import type { JournalTree } from './journal-tree.js';

/** A batch takes the store about a millisecond. */
const BATCH_BYTES = 1 << 18;
/** Batches that may wait for their flush at once. */
const BATCHES_IN_FLIGHT = 4;
/** Slices between two pauses. */
const SLICES_IN_A_ROW = 4;

export interface SnapshotPorts {
  readonly committer: Committer;
  readonly tree: JournalTree;
  /** Signs the head, where the world knows the key. */
  readonly signer: Signer | undefined;
}

/** Writes a world whose records were handed to the store; resolves when the mark is durable. */
export async function writeSnapshot(world: World, ports: SnapshotPorts): Promise<SnapshotMark> {
  const { committer } = ports;
  const slices = snapshotSlices(world);
  const flushing: Promise<void>[] = [];
  let batch: StoredObject[] = [];
  let sizeBytes = 0;
  let slice = slices.next();
  for (let n = 1; slice.done !== true; n++) {
    for (const object of slice.value) {
      batch.push(object);
      sizeBytes += object.bytes.length;
    }
    if (sizeBytes >= BATCH_BYTES) {
      flushing.push(committer.append({ records: [], objects: batch }));
      if (flushing.length >= BATCHES_IN_FLIGHT) await flushing.shift();
      [batch, sizeBytes] = [[], 0];
    }
    if (n % SLICES_IN_A_ROW === 0) await yieldToLoop();
    slice = slices.next();
  }
  await Promise.all(flushing);
  const { hash, markStored } = slice.value;
  const stored = await makeHead(world, hash, ports);
  const bytes = encodeStoredHead(stored);
  const head = { hash: sha256(bytes), bytes };
  const mark: SnapshotMark = { kind: 'snapshot', seq: world.seq - 1, hash, head: head.hash };
  await committer.append({ records: [], objects: [...batch, head], marks: [mark] });
  await inSlices(markStored());
  return mark;
}

/** The head of a world, signed where the host has a key that the world knows. */
export async function makeHead(
  world: World,
  worldHash: Head['worldHash'],
  { tree, signer }: Pick<SnapshotPorts, 'signer' | 'tree'>,
): Promise<StoredHead> {
  const { worldId, epoch, seq, chain } = world;
  const frontier = await inSlices(tree.upTo(seq));
  const head = { worldId, epoch, seq: seq - 1, chain, merkleRoot: frontier.root(), worldHash };
  const isKnown = signer !== undefined && knows(world, signer);
  const signature = isKnown ? { keyId: signer.keyId, sig: signer.sign(headMessage(head)) } : null;
  return { ...head, frontier: frontier.nodes, signature };
}

/** Whether a key that may sign heads is in the keyring and good. */
function knows({ keyring }: World, { keyId }: Signer): boolean {
  const key = keyring.find((each) => bytesEqual(each.keyId, keyId));
  return key?.revokedAt === null && key.roles.includes('host');
}

async function inSlices<T>(slices: Generator<unknown, T>): Promise<T> {
  for (let n = 1; ; n++) {
    const slice = slices.next();
    if (slice.done === true) return slice.value;
    if (n % SLICES_IN_A_ROW === 0) await yieldToLoop();
  }
}
