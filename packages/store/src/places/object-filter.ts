/**
 * Which hashes may be of objects of a log: asked about the many hashes of records, of which few are
 * of objects, it spares looking through every segment. It is in memory, two bytes for each object.
 */
import { setImmediate as yieldToLoop } from 'node:timers/promises';
import type { LogIndex } from './log-index.js';

/** Of a log that may grow meanwhile. */
interface FilteredLog {
  readonly index: LogIndex;
  readonly segments: { readonly first: number; readonly last: number };
}

const BYTES_PER_OBJECT = 2;
const LEAST_BYTES = 1 << 10;
/** Words of a hash that say where its bits are; the bits of a hash are as good as random. */
const WORDS_AT = [4, 12, 20] as const;

export class ObjectFilter {
  private readonly bits: Uint8Array;
  private readonly mask: number;
  /** What has been entered: all segments before this one, and so many objects of it. */
  private segment: number;
  private entered = 0;

  private constructor(private readonly log: FilteredLog) {
    const { index, segments } = log;
    let count = 0;
    for (let n = segments.first; n <= segments.last; n++) count += index.of(n).objectCount;
    const wanted = Math.max(LEAST_BYTES, BYTES_PER_OBJECT * count);
    this.bits = new Uint8Array(2 ** Math.ceil(Math.log2(wanted)));
    this.mask = this.bits.length - 1;
    this.segment = segments.first;
  }

  /** With everything that is stored when this resolves. */
  static async of(log: FilteredLog): Promise<ObjectFilter> {
    const filter = new ObjectFilter(log);
    while (filter.segment < log.segments.last) {
      filter.pass();
      await yieldToLoop();
    }
    filter.goOn();
    return filter;
  }

  /** Takes in what was stored meanwhile. */
  goOn(): void {
    const { index, segments } = this.log;
    while (this.segment < segments.last) this.pass();
    if (index.of(this.segment).objectCount > this.entered) this.enter(this.entered);
  }

  /** Whether 32 bytes may be the hash of an object; most that are not are told from those. */
  mayHave(bytes: Uint8Array, at: number): boolean {
    for (const word of WORDS_AT) {
      const bit = bitAt(bytes, at + word);
      if (((this.bits[(bit >>> 3) & this.mask] as number) & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }

  /** All of a segment that grows no more, and on to the next one. */
  private pass(): void {
    this.enter(0);
    this.segment += 1;
    this.entered = 0;
  }

  private enter(from: number): void {
    let n = 0;
    for (const [hash] of this.log.index.of(this.segment).objects()) {
      if (n++ < from) continue;
      for (const word of WORDS_AT) {
        const bit = bitAt(hash, word);
        const place = (bit >>> 3) & this.mask;
        this.bits[place] = (this.bits[place] as number) | (1 << (bit & 7));
      }
    }
    this.entered = n;
  }
}

/** Three bits choose the bit of a byte, the others the byte: enough for 2^29 bytes. */
function bitAt(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16);
  return (high | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)) >>> 0;
}
