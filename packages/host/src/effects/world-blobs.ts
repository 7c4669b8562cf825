/**
 * Blobs as objects of a world.
 *
 * B1 A blob of at most {@link BLOB_PIECE_BYTES} is an object, and its hash that of its bytes. A
 *    larger one is a list of pieces, each an object of that size but the last, and its hash is that
 *    of the list. So no more than one piece of a blob is in memory, however large it is.
 * B2 An object that begins as lists do is a list. A small blob that does is stored as the one piece
 *    of a list, so that what was put always comes back.
 * B3 A blob is durable before its hash is known to anybody. One that is given up leaves pieces that
 *    nothing names.
 */
import { concatBytes, type Hash, sha256, toHashText } from '@aos/canon';
import {
  AosFault,
  BLOB_PIECE_BYTES,
  type BlobPort,
  type ByteRange,
  decodeBlobList,
  encodeBlobList,
  isBlobList,
  type ObjectReader,
  type StoredObject,
} from '@aos/protocol';

/** Most pieces of a blob: a list of 1 MiB, and 128 GiB of blob. */
const MAX_PIECES = 1 << 15;
/** Blobs are given in chunks of this size. */
const CHUNK_BYTES = 1 << 16;

/** What blobs need of a world. */
export interface BlobObjects {
  readonly read: ObjectReader;
  /** Resolves when the object is durable. */
  write(object: StoredObject): Promise<void>;
}

export class WorldBlobs implements BlobPort {
  constructor(private readonly objects: BlobObjects) {}

  async put(chunks: AsyncIterable<Uint8Array>, limitBytes: number) {
    const pieces: Hash[] = [];
    let sizeBytes = 0;
    let last: Uint8Array = new Uint8Array();
    for await (const piece of inPieces(chunks, limitBytes)) {
      if (sizeBytes > 0) pieces.push(await this.#store(last));
      if (pieces.length === MAX_PIECES) throw tooLarge(MAX_PIECES * BLOB_PIECE_BYTES);
      sizeBytes += piece.length;
      last = piece;
    }
    const hash = await this.#store(last);
    if (pieces.length === 0 && !isBlobList(last)) return { hash, sizeBytes };
    return {
      hash: await this.#store(encodeBlobList({ sizeBytes, pieces: [...pieces, hash] })),
      sizeBytes,
    };
  }

  async get(hash: Hash, range?: ByteRange): Promise<AsyncIterable<Uint8Array> | undefined> {
    const blob = this.#open(hash);
    if (blob === undefined) return undefined;
    const before = Math.min(range?.before ?? blob.sizeBytes, blob.sizeBytes);
    return chunksOf(blob, { from: Math.max(range?.from ?? 0, 0), before });
  }

  async size(hash: Hash): Promise<number | undefined> {
    return this.#open(hash)?.sizeBytes;
  }

  #open(hash: Hash): StoredBlob | undefined {
    const { read } = this.objects;
    const bytes = read(hash);
    if (bytes === undefined) return undefined;
    if (!isBlobList(bytes)) return { sizeBytes: bytes.length, pieceAt: () => ({ bytes, from: 0 }) };
    const list = decodeBlobList(bytes);
    if (list === undefined) throw damaged('it is no list of pieces', hash);
    const { sizeBytes, pieces } = list;
    const pieceAt = (at: number) => {
      const place = Math.floor(at / BLOB_PIECE_BYTES);
      const piece = read(pieces[place] as Hash);
      if (piece === undefined) throw damaged(`piece ${place} is not stored`, hash);
      const from = place * BLOB_PIECE_BYTES;
      if (piece.length === Math.min(BLOB_PIECE_BYTES, sizeBytes - from))
        return { bytes: piece, from };
      throw damaged(`piece ${place} has another size than the list says`, hash);
    };
    return { sizeBytes, pieceAt };
  }

  async #store(bytes: Uint8Array): Promise<Hash> {
    const hash = sha256(bytes);
    await this.objects.write({ hash, bytes });
    return hash;
  }
}

/** A blob to read from. */
interface StoredBlob {
  readonly sizeBytes: number;
  /** The bytes among which one stands, and where in the blob they begin. */
  pieceAt(at: number): { readonly bytes: Uint8Array; readonly from: number };
}

async function* chunksOf(blob: StoredBlob, range: ByteRange): AsyncGenerator<Uint8Array> {
  for (let at = range.from; at < range.before; ) {
    const { bytes, from } = blob.pieceAt(at);
    const end = Math.min(range.before, from + bytes.length);
    for (; at < end; at += CHUNK_BYTES) {
      yield new Uint8Array(bytes.subarray(at - from, Math.min(at + CHUNK_BYTES, end) - from));
    }
    at = end;
  }
}

/** Bytes of our own, in pieces that are full but for the last. */
async function* inPieces(
  chunks: AsyncIterable<Uint8Array>,
  limitBytes: number,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw tooLarge(limitBytes);
    for (let at = 0; at < chunk.length; ) {
      // of our own: `slice` of a Buffer is no copy
      const part = new Uint8Array(chunk.subarray(at, at + BLOB_PIECE_BYTES - heldBytes));
      at += part.length;
      held.push(part);
      heldBytes += part.length;
      if (heldBytes < BLOB_PIECE_BYTES) continue;
      yield concatBytes(...held);
      held = [];
      heldBytes = 0;
    }
  }
  if (heldBytes > 0) yield concatBytes(...held);
}

function tooLarge(limitBytes: number): AosFault {
  const message = `expected at most ${limitBytes} bytes, found more; raise the limit, or send less`;
  return new AosFault('blob-too-large', message, { retry: 'never' });
}

function damaged(what: string, hash: Hash): AosFault {
  const message = `the blob ${toHashText(hash)} cannot be read: ${what}; restore a copy`;
  return new AosFault('blob-damaged', message, { retry: 'never' });
}
