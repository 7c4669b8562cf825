/** Lists of pieces: how a blob that is larger than one object lies in a store. */
import { asHash, bytesEqual, concatBytes, type Hash, utf8 } from '@aos/canon';

/** Size of a piece. A store holds an object in memory while it is written or read. */
export const BLOB_PIECE_BYTES = 1 << 22;

const HEAD = utf8('aos/blob-list/0\0');
const SIZE_BYTES = 8;
const HASH_BYTES = 32;

export interface BlobList {
  /** Of the whole blob. */
  readonly sizeBytes: number;
  /** Each of {@link BLOB_PIECE_BYTES}, but the last. */
  readonly pieces: readonly Hash[];
}

/** Whether an object begins as lists do, whatever comes then. */
export function isBlobList(bytes: Uint8Array): boolean {
  return bytesEqual(bytes.subarray(0, HEAD.length), HEAD);
}

/** The head, the size of the blob as 8 bytes, then the hash of each piece. */
export function encodeBlobList({ sizeBytes, pieces }: BlobList): Uint8Array {
  const size = new Uint8Array(SIZE_BYTES);
  new DataView(size.buffer).setBigUint64(0, BigInt(sizeBytes));
  return concatBytes(HEAD, size, ...pieces);
}

/** Undefined for an object that only begins as a list does: it was put there as no blob. */
export function decodeBlobList(bytes: Uint8Array): BlobList | undefined {
  if (!isBlobList(bytes)) return undefined;
  const body = bytes.subarray(HEAD.length);
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const sizeBytes = body.length < SIZE_BYTES ? -1 : Number(view.getBigUint64(0));
  const count = Math.max(1, Math.ceil(sizeBytes / BLOB_PIECE_BYTES));
  if (sizeBytes < 0 || body.length !== SIZE_BYTES + count * HASH_BYTES) return undefined;
  const pieces = Array.from({ length: count }, (_, i) => {
    const from = SIZE_BYTES + i * HASH_BYTES;
    return asHash(body.slice(from, from + HASH_BYTES));
  });
  return { sizeBytes, pieces };
}
