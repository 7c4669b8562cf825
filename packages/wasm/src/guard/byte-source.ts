/** Reads the pieces of a binary module. Everything out of place is a refusal with its offset. */
import { RefusalError } from '@aos/canon';

const MAX_U32_BYTES = 5;

function moduleRefusal(code: string, offset: number, detail: string): RefusalError {
  return new RefusalError({ code, at: `@${offset}`, detail });
}

/** A binary that does not say what the format allows: validation should have refused it. */
export function malformed(offset: number, detail: string): RefusalError {
  return moduleRefusal('module-invalid', offset, detail);
}

/** A binary that uses what is not on the list of allowed features. */
export function unsupported(offset: number, detail: string): RefusalError {
  return moduleRefusal('module-feature', offset, `${detail} is not among the allowed features`);
}

/** A binary with more of something than modules may have. */
export function overLimit(offset: number, what: string, limit: number): RefusalError {
  return moduleRefusal('module-limit', offset, `${what}: at most ${limit}`);
}

/** A cursor over bytes; `at` is an offset into all of them. */
export class ByteSource {
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
    readonly end = bytes.length,
  ) {}

  get done(): boolean {
    return this.at >= this.end;
  }

  byte(): number {
    if (this.at >= this.end) throw malformed(this.at, 'the bytes end too early');
    return this.bytes[this.at++] as number;
  }

  /** An unsigned LEB128 of at most 32 bits; longer forms of a small number are fine. */
  u32(): number {
    const start = this.at;
    let value = 0;
    for (let i = 0; i < MAX_U32_BYTES; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) {
        if (value > 0xffffffff) break;
        return value;
      }
    }
    throw malformed(start, 'a number has more than 32 bits');
  }

  /** A count that must not exceed `limit`. */
  count(what: string, limit: number): number {
    const start = this.at;
    const value = this.u32();
    if (value > limit) throw overLimit(start, `${value} ${what}`, limit);
    return value;
  }

  /** Steps over a signed or unsigned LEB128 of any width. */
  skipNumber(): void {
    while (this.byte() >= 0x80);
  }

  pass(sizeBytes: number): void {
    if (sizeBytes > this.end - this.at) throw malformed(this.at, 'the bytes end too early');
    this.at += sizeBytes;
  }

  /** A length-prefixed byte string, as a view. */
  sized(): Uint8Array {
    const size = this.u32();
    const start = this.at;
    this.pass(size);
    return this.bytes.subarray(start, this.at);
  }
}
