/** Reads records and objects back while a writer may be appending; all of it verified again. */
import { bytesEqual, type Hash, sha256 } from '@aos/canon';
import { WorldDamaged } from '../faults.js';
import { type LogIndex, offsetOf, segmentOf } from '../places/log-index.js';
import { frameSpan } from './frame.js';
import { FrameReader } from './frame-reader.js';
import type { PendingChunks } from './pending.js';
import { HASH_BYTES } from './segment.js';
import type { Segments } from './segments.js';
import { type ByteSource, Window } from './window.js';

const RECORD_CHUNK_BYTES = 2 ** 18;
/** Objects are read one at a time; most need no more than this. */
const OBJECT_CHUNK_BYTES = 2 ** 12;

export class LogReader {
  constructor(
    private readonly segments: Segments,
    private readonly index: LogIndex,
    private readonly pending: PendingChunks | undefined,
    /** Throws when the store is closed or fenced: a walk may outlive it. */
    private readonly assertUsable: () => void,
  ) {}

  /** The records from `fromSeq` up to the last one at the time of the call; may be read again. */
  records(fromSeq: number): Iterable<Uint8Array> {
    const end = this.index.records;
    return { [Symbol.iterator]: () => this.walk(Math.max(0, fromSeq), end) };
  }

  /** Throws WorldDamaged when the bytes are no longer those of the hash. */
  object(hash: Hash): Uint8Array | undefined {
    const place = this.index.findObject(hash);
    if (place === undefined) return undefined;
    const segment = segmentOf(place);
    const offset = offsetOf(place);
    const frames = this.frames(segment, OBJECT_CHUNK_BYTES);
    const header = frames.headerAt(offset);
    const bytes = header && frames.payloadAt(offset, header)?.subarray(HASH_BYTES);
    if (bytes && bytesEqual(sha256(bytes), hash)) return bytes;
    throw new WorldDamaged('an object is not what its hash says', {
      segment,
      offset,
      seq: this.index.records,
    });
  }

  private *walk(fromSeq: number, end: number): Generator<Uint8Array> {
    if (fromSeq >= end) return;
    let { seq, place } = this.index.markBefore(fromSeq);
    let segment = segmentOf(place);
    let offset = offsetOf(place);
    let frames = this.frames(segment, RECORD_CHUNK_BYTES);
    while (seq < end) {
      this.assertUsable();
      if (offset >= this.segments.get(segment).end) {
        segment++;
        offset = this.segments.get(segment).start;
        frames = this.frames(segment, RECORD_CHUNK_BYTES);
      }
      const header = frames.headerAt(offset);
      const isRecord = header?.kind === 'record';
      const payload = isRecord && seq >= fromSeq ? frames.payloadAt(offset, header) : undefined;
      if (!header || (isRecord && seq >= fromSeq && !payload)) {
        throw new WorldDamaged('a record is no longer valid', { segment, offset, seq });
      }
      offset += frameSpan(header.sizeBytes);
      if (isRecord) seq++;
      if (payload) yield payload;
    }
  }

  private frames(segment: number, chunkBytes: number): FrameReader {
    const window = new Window(this.source(segment), chunkBytes);
    return new FrameReader(window, this.segments.get(segment).seed);
  }

  /** The file of a segment, and what is still in memory behind it. */
  private source(segment: number): ByteSource {
    const { segments, pending } = this;
    return {
      readSync(target, position) {
        const fileEnd = pending?.fileEnd(segment) ?? Number.POSITIVE_INFINITY;
        if (position >= fileEnd) return pending?.readSync(segment, target, position) ?? 0;
        const sizeBytes = Math.min(target.length, fileEnd - position);
        return segments.file(segment).readSync(target.subarray(0, sizeBytes), position);
      },
    };
  }
}
