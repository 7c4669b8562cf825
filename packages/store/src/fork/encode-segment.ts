/** A whole segment at once: for what is durable before anybody can see it. */
import { encodeFrame, type FrameContent, frameSeed, spanOf } from '../log/frame.js';
import { encodeSegmentStart, type SegmentHeader, segmentSeed } from '../log/segment.js';

/** What all frames of such a segment say: `durable` is a record of it, or before it. */
export interface SegmentStamp {
  readonly epoch: number;
  readonly durable: number;
}

/** The header frame and the contents behind it. Its frames say that all of it is durable. */
export function encodeSegment(
  header: SegmentHeader,
  contents: readonly FrameContent[],
  stamp: SegmentStamp,
): Buffer {
  const startBytes = encodeSegmentStart(header, { ...stamp, flushed: 0 }).length;
  const flushed = contents.reduce((sum, content) => sum + spanOf(content), startBytes);
  const segment = Buffer.alloc(flushed);
  segment.set(encodeSegmentStart(header, { ...stamp, flushed }));
  const from = { seed: segmentSeed(header), at: startBytes };
  encodeFrames(segment.subarray(startBytes), from, contents, { ...stamp, flushed });
  return segment;
}

/** Writes frames into `target`, which begins at the position `at` of their segment. */
export function encodeFrames(
  target: Buffer,
  from: { readonly seed: number; readonly at: number },
  contents: readonly FrameContent[],
  stamp: SegmentStamp & { readonly flushed: number },
): void {
  let written = 0;
  for (const content of contents) {
    const seed = frameSeed(from.seed, from.at + written);
    encodeFrame(target.subarray(written), seed, stamp, content);
    written += spanOf(content);
  }
}
