/** The body of a request, streamed from a blob. */
import type { Hash } from '@aos/canon';
import { toHashText } from '@aos/canon';
import type { BlobPort } from '@aos/protocol';
import { HttpFailure } from '../failure.js';
import type { StallWatch } from './stall-watch.js';

export interface RequestBody {
  readonly sizeBytes: number;
  chunks(watch: StallWatch): AsyncIterable<Uint8Array>;
}

/** The blob as a body. Throws `http-request-body-missing`, `http-request-body-unreadable`. */
export async function openRequestBody(hash: Hash, blobs: BlobPort): Promise<RequestBody> {
  const sizeBytes = await readBlob(() => blobs.size(hash));
  if (sizeBytes === undefined) throw missing(hash);
  return { sizeBytes, chunks: (watch) => readChunks(hash, blobs, watch) };
}

/** The server is waited for while it takes what was read, not while more is read. */
async function* readChunks(
  hash: Hash,
  blobs: BlobPort,
  watch: StallWatch,
): AsyncGenerator<Uint8Array> {
  const chunks = await readBlob(() => blobs.get(hash));
  if (chunks === undefined) throw missing(hash);
  const reader = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      watch.rest('send');
      const next = await readBlob(() => reader.next());
      if (next.done === true) return;
      watch.wait('send');
      yield next.value;
    }
  } finally {
    await reader.return?.();
    watch.wait('headers');
  }
}

async function readBlob<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new HttpFailure('http-request-body-unreadable', `cannot read body_ref: ${error}`, error);
  }
}

function missing(hash: Hash): HttpFailure {
  const message = `expected a stored blob at params/body_ref, found none as ${toHashText(hash)}`;
  return new HttpFailure('http-request-body-missing', message);
}
