/**
 * Reads records and objects back while a writer may be appending; all of it verified again. What
 * the disk fails at is the fault `store-failed`, also in the middle of a step: no defect of ours.
 */
import { bytesEqual, type Hash, sha256 } from '@aos/canon';
import { asFaultNow, recordPruned, WorldDamaged } from '../faults.js';
import { type LogIndex, offsetOf, type Place, segmentOf } from '../places/log-index.js';
import { frameSpan } from './frame.js';
import { FrameReader } from './frame-reader.js';
import type { PendingChunks } from './pending.js';
import { HASH_BYTES } from './segment.js';
import type { Segments } from './segments.js';
import { type ByteSource, Window } from './window.js';

const RECORD_CHUNK_BYTES = 2 ** 18;
/** Objects are read one at a time; most need no more than this. */
const OBJECT_CHUNK_BYTES = 2 ** 12;

/** Where a reading is. */
interface Cursor {
  readonly segment: number;
  offset: number;
  seq: number;
  readonly frames: FrameReader;
  /** Of the segments when it began there. */
  readonly version: number;
}

/** A writer cuts off again what it could not make durable, and clears segments away. */
const REOPEN =
  'open it again if somebody else is writing it, and restore it from a copy if it says so again';

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
    const from = Math.max(0, fromSeq);
    if (from < this.index.first) throw recordPruned(from, this.index.first);
    return { [Symbol.iterator]: () => this.walk(from, end) };
  }

  /** Throws WorldDamaged when the bytes are no longer those of the hash. */
  object(hash: Hash): Uint8Array | undefined {
    const place = this.index.findObject(hash);
    if (place === undefined) return undefined;
    const found = this.read(place);
    if (found && bytesEqual(found.hash, hash)) return found.bytes;
    throw this.damaged(place);
  }

  /** The object at a place where there is one. Throws WorldDamaged. */
  objectAt(place: Place): Uint8Array {
    const found = this.read(place);
    if (found) return found.bytes;
    throw this.damaged(place);
  }

  private read(place: Place) {
    const frames = this.frames(segmentOf(place), OBJECT_CHUNK_BYTES);
    const header = frames.headerAt(offsetOf(place));
    const payload = header && frames.payloadAt(offsetOf(place), header);
    if (payload === undefined) return undefined;
    const [hash, bytes] = [payload.subarray(0, HASH_BYTES), payload.subarray(HASH_BYTES)];
    return bytesEqual(sha256(bytes), hash) ? { hash, bytes } : undefined;
  }

  private damaged(place: Place): WorldDamaged {
    return new WorldDamaged('an object is not what its hash says', {
      segment: segmentOf(place),
      offset: offsetOf(place),
      seq: this.index.records,
    });
  }

  private *walk(fromSeq: number, end: number): Generator<Uint8Array> {
    if (fromSeq >= end) return;
    let wanted = fromSeq;
    let at = this.seek(wanted);
    while (at.seq < end) {
      this.assertUsable();
      // a segment may be written anew, or go, while somebody reads
      if (at.version !== this.segments.version) at = this.seek(wanted);
      while (at.offset >= this.segments.get(at.segment).end) at = this.next(at);
      const { segment, offset, seq } = at;
      const header = at.frames.headerAt(offset);
      const isRecord = header?.kind === 'record';
      const isWanted = isRecord && seq >= wanted;
      const payload = isWanted ? at.frames.nextPayloadAt(offset, header) : undefined;
      if (!header || (isWanted && !payload)) {
        throw new WorldDamaged('a record is no longer valid', { segment, offset, seq }, REOPEN);
      }
      at.offset += frameSpan(header.sizeBytes);
      if (isRecord) at.seq++;
      if (!payload) continue;
      wanted = seq + 1;
      yield payload;
    }
  }

  private seek(wanted: number): Cursor {
    const { seq, place } = this.index.markBefore(wanted);
    return this.cursor({ segment: segmentOf(place), offset: offsetOf(place), seq });
  }

  private next({ segment, seq }: Cursor): Cursor {
    const { start } = this.segments.get(segment + 1);
    return this.cursor({ segment: segment + 1, offset: start, seq });
  }

  private cursor(place: Omit<Cursor, 'frames' | 'version'>): Cursor {
    const frames = this.frames(place.segment, RECORD_CHUNK_BYTES);
    return { ...place, frames, version: this.segments.version };
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
        const part = target.subarray(0, sizeBytes);
        return asFaultNow('read the log', () => segments.file(segment).readSync(part, position));
      },
    };
  }
}
