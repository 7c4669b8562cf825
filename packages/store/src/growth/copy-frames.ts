/**
 * The frames of a segment in a file with a header of its own: they keep their order, epochs and
 * durable sequences, and claim that all of the new file is durable, as it is when it gets its name.
 */
import { WorldDamaged } from '../faults.js';
import { encodeFrame, type FrameHeader, frameSeed, frameSpan } from '../log/frame.js';
import type { FrameReader } from '../log/frame-reader.js';
import { encodeSegmentStart, type SegmentHeader, segmentSeed } from '../log/segment.js';
import type { SegmentFile } from '../log/segment-file.js';

const CHUNK_BYTES = 2 ** 18;

/** A frame that was copied, and where it is now. */
export interface CopiedFrame {
  readonly kind: FrameHeader['kind'];
  readonly payload: Uint8Array;
  readonly at: number;
}

export interface FrameCopy {
  readonly frames: FrameReader;
  /** Where the frames begin and end. */
  readonly range: { readonly start: number; readonly end: number };
  /** Of the new file, and its size when it is whole. */
  readonly header: SegmentHeader;
  readonly flushed: number;
  /** Whether the object at an offset is copied; all are when absent. */
  readonly keeps?: (offset: number) => boolean;
  readonly entered?: (frame: CopiedFrame) => void;
}

/** Writes header and frames; answers with the position behind them. Throws WorldDamaged. */
export async function copyFrames(file: SegmentFile, copy: FrameCopy): Promise<number> {
  const { frames, header, flushed } = copy;
  const { start, end } = copy.range;
  const seed = segmentSeed(header);
  const { epoch } = frameAt(copy, start);
  const begin = encodeSegmentStart(header, { epoch, durable: header.first - 1, flushed });
  let pieces: Buffer[] = [begin];
  let [at, written] = [begin.length, 0];
  for (let offset = start; offset < end; ) {
    const found = frameAt(copy, offset);
    const span = frameSpan(found.sizeBytes);
    if (found.kind !== 'object' || copy.keeps === undefined || copy.keeps(offset)) {
      const payload = frames.payloadAt(offset, found);
      if (payload === undefined) throw damagedAt(header.segment, offset);
      copy.entered?.({ kind: found.kind, payload, at });
      const bytes = Buffer.alloc(span);
      const stamp = { epoch: found.epoch, durable: found.durable, flushed };
      encodeFrame(bytes, frameSeed(seed, at), stamp, { kind: found.kind, payload });
      pieces.push(bytes);
      at += span;
    }
    offset += span;
    if (at - written < CHUNK_BYTES && offset < end) continue;
    await file.write(Buffer.concat(pieces), written);
    [pieces, written] = [[], at];
  }
  return at;
}

/** Where a frame was durable there is none. */
export function damagedAt(segment: number, offset: number): WorldDamaged {
  return new WorldDamaged('no valid frame where one was durable', { segment, offset, seq: -1 });
}

function frameAt({ frames, header }: FrameCopy, offset: number): FrameHeader {
  const found = frames.frameAt(offset);
  if (found === undefined) throw damagedAt(header.segment, offset);
  return found;
}
