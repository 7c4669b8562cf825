/**
 * Blobs as objects of a world.
 *
 * B1 A blob of at most {@link PIECE_BYTES} is an object, and its hash that of its bytes. A larger
 *    one is a list of pieces, each an object of that size but the last, and its hash is that of the
 *    list. So no more than one piece of a blob is in memory, however large it is.
 * B2 An object that begins as lists do is a list. A small blob that does is stored as the one piece
 *    of a list, so that what was put always comes back.
 * B3 A blob is durable before its hash is known to anybody. One that is given up leaves pieces that
 *    nothing names.
 */
import { asHash, bytesEqual, concatBytes, type Hash, sha256, toHashText, utf8 } from '@aos/canon';
import {
  AosFault,
  type BlobPort,
  type ByteRange,
  type ObjectReader,
  type StoredObject,
} from '@aos/protocol';

/** Size of a piece. A store holds an object in memory while it is written or read. */
export const PIECE_BYTES = 1 << 22;
/** Most pieces of a blob: a list of 1 MiB, and 128 GiB of blob. */
const MAX_PIECES = 1 << 15;
/** Blobs are given in chunks of this size. */
const CHUNK_BYTES = 1 << 16;

const LIST_HEAD = utf8('aos/blob-list/0\0');
const SIZE_BYTES = 8;
const HASH_BYTES = 32;

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
      if (pieces.length === MAX_PIECES) throw tooLarge(MAX_PIECES * PIECE_BYTES);
      sizeBytes += piece.length;
      last = piece;
    }
    const hash = await this.#store(last);
    if (pieces.length === 0 && !isList(last)) return { hash, sizeBytes };
    return { hash: await this.#store(encodeList(sizeBytes, [...pieces, hash])), sizeBytes };
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
    if (!isList(bytes)) return { sizeBytes: bytes.length, pieceAt: () => ({ bytes, from: 0 }) };
    const { sizeBytes, pieces } = decodeList(bytes);
    const pieceAt = (at: number) => {
      const place = Math.floor(at / PIECE_BYTES);
      const piece = read(pieces[place] as Hash);
      if (piece === undefined) throw damaged(`piece ${place} is not stored`, hash);
      const from = place * PIECE_BYTES;
      if (piece.length === Math.min(PIECE_BYTES, sizeBytes - from)) return { bytes: piece, from };
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
      const part = new Uint8Array(chunk.subarray(at, at + PIECE_BYTES - heldBytes));
      at += part.length;
      held.push(part);
      heldBytes += part.length;
      if (heldBytes < PIECE_BYTES) continue;
      yield concatBytes(...held);
      held = [];
      heldBytes = 0;
    }
  }
  if (heldBytes > 0) yield concatBytes(...held);
}

function isList(bytes: Uint8Array): boolean {
  return bytesEqual(bytes.subarray(0, LIST_HEAD.length), LIST_HEAD);
}

/** The head, the size of the blob as 8 bytes, then the hash of each piece. */
function encodeList(sizeBytes: number, pieces: readonly Hash[]): Uint8Array {
  const size = new Uint8Array(SIZE_BYTES);
  new DataView(size.buffer).setBigUint64(0, BigInt(sizeBytes));
  return concatBytes(LIST_HEAD, size, ...pieces);
}

/** An object that only begins as a list does was put there as no blob: it names nothing. */
function decodeList(bytes: Uint8Array): { sizeBytes: number; pieces: readonly Hash[] } {
  const body = bytes.subarray(LIST_HEAD.length);
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const sizeBytes = body.length < SIZE_BYTES ? -1 : Number(view.getBigUint64(0));
  const count = Math.max(1, Math.ceil(sizeBytes / PIECE_BYTES));
  if (sizeBytes < 0 || body.length !== SIZE_BYTES + count * HASH_BYTES) {
    throw damaged('it is no list of pieces', sha256(bytes));
  }
  const pieces = Array.from({ length: count }, (_, i) => {
    const from = SIZE_BYTES + i * HASH_BYTES;
    return asHash(body.slice(from, from + HASH_BYTES));
  });
  return { sizeBytes, pieces };
}

function tooLarge(limitBytes: number): AosFault {
  const message = `expected at most ${limitBytes} bytes, found more; raise the limit, or send less`;
  return new AosFault('blob-too-large', message, { retry: 'never' });
}

function damaged(what: string, hash: Hash): AosFault {
  const message = `the blob ${toHashText(hash)} cannot be read: ${what}; restore a copy`;
  return new AosFault('blob-damaged', message, { retry: 'never' });
}
