/** Reading the bytes of a node item by item, without believing them. */
import { RefusalError } from '@aos/canon';

export const UNSIGNED = 0;
export const BYTES = 2;
export const TEXT = 3;
export const LIST = 4;

const NIL = 0xf6;
/** The least argument that a head of one, two or four more bytes may have. */
const LEAST_ARGUMENT = [24, 0x100, 0x1_0000];

export class NodeScan {
  at: number;

  constructor(
    readonly bytes: Uint8Array,
    at = 0,
  ) {
    this.at = at;
  }

  /** Consumes exactly these bytes, or refuses. */
  literal(expected: Uint8Array): void {
    for (let i = 0; i < expected.length; i++) {
      if (this.bytes[this.at + i] !== expected[i]) throw this.refusal('bytes of another shape');
    }
    this.at += expected.length;
  }

  /** Consumes nil when it is there. */
  isNil(): boolean {
    if (this.bytes[this.at] !== NIL) return false;
    this.at += 1;
    return true;
  }

  /** Consumes a head in its shortest form; answers with its argument, below 2^32. */
  head(major: number): number {
    const { bytes, at } = this;
    const first = bytes[at];
    if (first === undefined || first >> 5 !== major) throw this.refusal('an item of another type');
    const info = first & 31;
    this.at = at + 1;
    if (info < 24) return info;
    const least = LEAST_ARGUMENT[info - 24];
    if (least === undefined) throw this.refusal('a head with another argument');
    this.skip(1 << (info - 24));
    let argument = 0;
    for (let i = at + 1; i < this.at; i++) argument = argument * 0x100 + (bytes[i] as number);
    if (argument < least) throw this.refusal('a head longer than needed');
    return argument;
  }

  /** Consumes bytes of any content; answers with where they started. */
  skip(sizeBytes: number): number {
    const start = this.at;
    if (sizeBytes > this.bytes.length - start) throw this.refusal('bytes that end too early');
    this.at = start + sizeBytes;
    return start;
  }

  end(): void {
    if (this.at !== this.bytes.length) throw this.refusal('bytes behind the end');
  }

  refusal(found: string): RefusalError {
    const detail = `expected a node of a trie, found ${found}`;
    return new RefusalError({ code: 'trie-shape', at: `@${this.at}`, detail });
  }
}
