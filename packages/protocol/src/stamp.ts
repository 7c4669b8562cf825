/** The stamp: the only non-determinism that enters a world, given by the host (system.md §2.1). */
import { concatBytes, encodeUntagged, type Reader, type Writer } from '@aos/canon';
import { readMapOf, viewExact } from './shapes/shape-reader.js';

export interface Stamp {
  /** Wall clock, nanoseconds since the epoch. */
  readonly nowNs: bigint;
  /** Monotone clock of the world, nanoseconds; 0 at genesis, never goes back. */
  readonly logicalNowNs: bigint;
  /** 32 random bytes. */
  readonly entropy: Uint8Array;
}

export const STAMP_ENTROPY_BYTES = 32;

export function writeStamp(w: Writer, stamp: Stamp): void {
  w.mapHead(3);
  w.text('now_ns');
  w.int(stamp.nowNs);
  w.text('entropy');
  w.bytes(stamp.entropy);
  w.text('logical_now_ns');
  w.int(stamp.logicalNowNs);
}

/** What every stamp begins with: read in one stride, since replay reads one for each record. */
const STAMP_HEAD = concatBytes(Uint8Array.of(0xa3), encodeUntagged('now_ns'));

/** The entropy is a view of what is read. */
export function readStamp(r: Reader): Stamp {
  if (!r.literalIs(STAMP_HEAD)) {
    readMapOf(r, 3);
    r.key('now_ns');
  }
  const nowNs = r.u64();
  r.key('entropy');
  const entropy = viewExact(r, STAMP_ENTROPY_BYTES);
  r.key('logical_now_ns');
  return { nowNs, entropy, logicalNowNs: r.u64() };
}
