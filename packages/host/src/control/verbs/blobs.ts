/** `blob.get` and `blob.put`: blobs of a world, and plain objects under their hash. */
import { concatBytes, toHashText } from '@aos/canon';
import type { ControlResult, ParsedArgs } from '@aos/protocol';
import { WorldBlobs } from '../../effects/world-blobs.js';
import { type ControlView, refusal } from '../view.js';

/** Most bytes of one answer; a longer blob comes in several. */
const MAX_ANSWER_BYTES = 1 << 20;
/** A blob that is put at once: what one message can hold. */
const MAX_PUT_BYTES = 1 << 24;

/** Code: `blob-unknown`. */
export async function getBlob(
  view: ControlView,
  { hash, offset, length = MAX_ANSWER_BYTES }: ParsedArgs<'blob.get'>,
): Promise<ControlResult<'blob.get'>> {
  const blobs = blobsOf(view);
  const size = await blobs.size(hash);
  if (size === undefined) {
    throw refusal('blob-unknown', '/args/hash', `no blob ${toHashText(hash)} in this world`);
  }
  const before = Math.min(size, offset + Math.min(length, MAX_ANSWER_BYTES));
  if (offset >= before) return { bytes: new Uint8Array(), size };
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await blobs.get(hash, { from: offset, before })) ?? []) {
    chunks.push(chunk);
  }
  return { bytes: concatBytes(...chunks), size };
}

export async function putBlob(
  view: ControlView,
  { bytes }: ParsedArgs<'blob.put'>,
): Promise<ControlResult<'blob.put'>> {
  const { host, store } = view;
  const objects = {
    read: store.object.bind(store),
    write: host.storeObject.bind(host),
  };
  const { hash } = await new WorldBlobs(objects).put(once(bytes), MAX_PUT_BYTES);
  return { hash: toHashText(hash) };
}

function blobsOf({ store }: ControlView): WorldBlobs {
  return new WorldBlobs({ read: store.object.bind(store), write: () => Promise.resolve() });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
