/** What stands behind the end of a log: it is told, and kept before it is cut. */
import type { StoreFs } from '../port.js';
import { SegmentFile } from './segment-file.js';
import type { ByteSource } from './window.js';
import { Window } from './window.js';

const CHUNK_BYTES = 2 ** 18;
/** The most of a tail that is kept. */
const MAX_KEPT_BYTES = 2 ** 26;

/** How a log was found to end when it was opened. */
export interface LogTail {
  /** It was closed, and nothing but zeroes stands behind. */
  readonly clean: boolean;
  /** Bytes behind the end that are no part of the log, up to the last that is not zero. */
  readonly ignoredBytes: number;
}

/** The number of bytes from a position up to the last one that is not zero. */
export function measureTail(source: ByteSource, from: number): number {
  const window = new Window(source, CHUNK_BYTES);
  let tailBytes = 0;
  for (let at = from; ; at += CHUNK_BYTES) {
    const bytes = window.at(at, CHUNK_BYTES);
    const last = bytes.findLastIndex((byte) => byte !== 0);
    if (last >= 0) tailBytes = at + last + 1 - from;
    if (bytes.length < CHUNK_BYTES) return tailBytes;
  }
}

/** Copies a tail, at most its first 64 MiB, to a file of its own, durable but for its name. */
export async function keepTail(
  target: { readonly fs: StoreFs; readonly path: string },
  source: ByteSource,
  range: { readonly from: number; readonly sizeBytes: number },
): Promise<void> {
  const { from, sizeBytes } = range;
  const file = new SegmentFile({ ...target, preallocateBytes: 0 }, 'create');
  try {
    await file.copy(source, from, from + Math.min(sizeBytes, MAX_KEPT_BYTES));
  } finally {
    file.close();
  }
}
