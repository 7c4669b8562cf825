/** Where the log of a world is left: by a fork of it, or by a rewind. */
import { assert } from '@aos/canon';
import { frameSpan } from '../log/frame.js';
import { FrameReader } from '../log/frame-reader.js';
import { Window } from '../log/window.js';
import type { OpenLog } from '../open-log.js';
import { offsetOf, segmentOf } from '../places/log-index.js';

const CHUNK_BYTES = 2 ** 16;

/** A position in the file of a segment. */
export interface LogPlace {
  readonly segment: number;
  readonly offset: number;
}

/**
 * Behind record `seq`, which is durable, and behind what was made durable between it and the next
 * record: the snapshot that was taken there, most of all, and the mark of a pruning.
 */
export function borderBehind(log: OpenLog, seq: number): LogPlace {
  const { segments } = log;
  let place = passOthers(log, recordEnd(log, seq));
  for (;;) {
    const { segment, offset } = place;
    const isWhole = segment < segments.last && offset >= segments.get(segment).end;
    if (!isWhole || segments.isBorder(segment)) return place;
    const { start } = segments.get(segment + 1);
    const next = passOthers(log, { segment: segment + 1, offset: start });
    if (next.offset === start) return place;
    place = next;
  }
}

/** Behind the durable frames of this segment that come before the next record. */
function passOthers(log: OpenLog, { segment, offset: from }: LogPlace): LogPlace {
  const end = Math.min(log.segments.get(segment).end, durableIn(log, segment));
  const frames = framesOf(log, segment);
  let offset = from;
  while (offset < end) {
    const header = frames.headerAt(offset);
    if (header === undefined || header.kind === 'record') break;
    const next = offset + frameSpan(header.sizeBytes);
    if (next > end) break;
    offset = next;
  }
  return { segment, offset };
}

function recordEnd(log: OpenLog, seq: number): LogPlace {
  const { index, segments } = log;
  const mark = index.markBefore(seq);
  let segment = segmentOf(mark.place);
  let offset = offsetOf(mark.place);
  let frames = framesOf(log, segment);
  for (let at = mark.seq; at <= seq; ) {
    if (offset >= segments.get(segment).end) {
      segment++;
      offset = segments.get(segment).start;
      frames = framesOf(log, segment);
    }
    const header = frames.headerAt(offset);
    assert(header !== undefined, 'every frame up to a durable record is valid');
    offset += frameSpan(header.sizeBytes);
    if (header.kind === 'record') at++;
  }
  return { segment, offset };
}

function durableIn({ writer, segments, flushed }: OpenLog, segment: number): number {
  const last = writer?.durablePlace ?? { segment: segments.last, offset: flushed };
  return segment < last.segment ? Number.POSITIVE_INFINITY : last.offset;
}

function framesOf({ segments }: OpenLog, segment: number): FrameReader {
  return new FrameReader(
    new Window(segments.file(segment), CHUNK_BYTES),
    segments.get(segment).seed,
  );
}
