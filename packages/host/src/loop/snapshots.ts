/** Snapshots on their way to the store: the objects first, in bounded batches, the mark last. */
import { takeSnapshot, type World } from '@aos/kernel';
import type { SnapshotMark, StoredObject } from '@aos/protocol';
import { objectsMissing } from '../world/load-world.js';
import type { Committer } from './committer.js';

/** A batch of a large snapshot; what is appended meanwhile waits no longer than for one. */
const BATCH_BYTES = 1 << 22;

/**
 * Writes a world whose records have been handed to the store. Resolves when the mark is durable; a
 * crash before leaves objects that nobody names.
 */
export async function writeSnapshot(world: World, committer: Committer): Promise<SnapshotMark> {
  const taken = takeSnapshot(world);
  if (taken.kind === 'need') throw objectsMissing(taken.hashes);
  const mark: SnapshotMark = { kind: 'snapshot', seq: world.seq - 1, hash: taken.hash };
  for (const objects of inBatches(taken.objects)) await committer.append({ records: [], objects });
  await committer.append({ records: [], objects: [], marks: [mark] });
  taken.markStored();
  return mark;
}

function* inBatches(objects: readonly StoredObject[]): Generator<StoredObject[]> {
  let batch: StoredObject[] = [];
  let sizeBytes = 0;
  for (const object of objects) {
    batch.push(object);
    sizeBytes += object.bytes.length;
    if (sizeBytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    sizeBytes = 0;
  }
  if (batch.length > 0) yield batch;
}
