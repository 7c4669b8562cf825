/** What every store demands of a batch before it takes any of it. */
import { assert, bytesEqual, sha256, toHashText } from '@aos/canon';
import type { Batch, StoredObject } from '@aos/protocol';

/** Far above any record or object, far below what a frame can say. */
const MAX_BYTES = 2 ** 29;

/** Defect when an object is not what its hash says, or anything is too large. */
export function assertBatch(batch: Batch): void {
  for (const bytes of batch.records) assertSize(bytes);
  assertObjects(batch.objects);
}

/** As assertBatch, for objects alone. */
export function assertObjects(objects: readonly StoredObject[]): void {
  for (const { hash, bytes } of objects) {
    assertSize(bytes);
    assert(bytesEqual(sha256(bytes), hash), `object ${toHashText(hash)} has another hash`);
  }
}

function assertSize(bytes: Uint8Array): void {
  assert(bytes.length <= MAX_BYTES, `at most ${MAX_BYTES} bytes, not ${bytes.length}`);
}
