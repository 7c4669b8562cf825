/**
 * Looks through MessagePack before it is decoded.
 *
 * S1 Whatever is announced is there, and values and levels are within their limits: only then does
 *    decoding allocate anything, and no small message becomes much memory.
 * S2 No value is a float or an extension. Once they are decoded, a float can look like an integer.
 * S3 Nothing is allocated here but for levels, and for where bytes are.
 */
import { RefusalError } from '@aos/canon';

export interface ValueLimits {
  /** Lists and records inside each other. */
  readonly depth: number;
  /** Values of one message altogether. */
  readonly values: number;
}

/** What a scan has found. */
export interface Scanned {
  /** Names of all records. */
  readonly names: number;
  /** Where values begin that are bytes and no text. */
  readonly bytesAt: ReadonlySet<number>;
}

/** Bytes behind the head of an integer. */
const INTEGERS = new Map([
  [0xcc, 1],
  [0xcd, 2],
  [0xce, 4],
  [0xcf, 8],
  [0xd0, 1],
  [0xd1, 2],
  [0xd2, 4],
  [0xd3, 8],
]);

/** Looks through the one value that the bytes are. Code: `control-frame`, at `@<offset>`. */
export function scan(bytes: Buffer, limits: ValueLimits): Scanned {
  const scanner = new Scanner(bytes, limits);
  scanner.run();
  return scanner;
}

class Scanner implements Scanned {
  names = 0;
  readonly bytesAt = new Set<number>();
  #values = 1;
  #pos = 0;
  /** What is still to come of each list and record that is open, and of the message. */
  readonly #open = [1];

  constructor(
    private readonly bytes: Buffer,
    private readonly limits: ValueLimits,
  ) {}

  run(): void {
    const open = this.#open;
    while (open.length > 0) {
      const left = open[open.length - 1] as number;
      if (left === 0) open.pop();
      else {
        open[open.length - 1] = left - 1;
        this.#value();
      }
    }
    if (this.#pos !== this.bytes.length) this.#fail('expected the end of the message');
  }

  #value(): void {
    const head = this.#size(1);
    if (head <= 0x7f || head >= 0xe0) return;
    if (head <= 0x8f) this.#record(head & 0x0f);
    else if (head <= 0x9f) this.#enter(head & 0x0f, head & 0x0f);
    else if (head <= 0xbf) this.#skip(head & 0x1f);
    else this.#long(head);
  }

  #long(head: number): void {
    switch (head) {
      case 0xc0:
      case 0xc2:
      case 0xc3:
        return;
      case 0xc4:
      case 0xc5:
      case 0xc6: {
        const sizeBytes = this.#size(1 << (head - 0xc4));
        this.bytesAt.add(this.#pos);
        this.#skip(sizeBytes);
        return;
      }
      case 0xd9:
      case 0xda:
      case 0xdb:
        this.#skip(this.#size(1 << (head - 0xd9)));
        return;
      case 0xdc:
      case 0xdd: {
        const count = this.#size(2 << (head - 0xdc));
        this.#enter(count, count);
        return;
      }
      case 0xde:
      case 0xdf:
        this.#record(this.#size(2 << (head - 0xde)));
        return;
      default:
        this.#integer(head);
    }
  }

  #integer(head: number): void {
    const sizeBytes = INTEGERS.get(head);
    if (sizeBytes === undefined) {
      this.#fail(`no value of this protocol begins with ${head.toString(16)}`);
    }
    this.#skip(sizeBytes);
  }

  #record(count: number): void {
    this.names += count;
    this.#enter(count, 2 * count);
  }

  /** Each of the parts has one byte at least. */
  #enter(values: number, parts: number): void {
    const { depth, values: most } = this.limits;
    if (this.#open.length > depth) this.#fail(`more than ${depth} levels`);
    if (parts > this.bytes.length - this.#pos) this.#fail('more values than there are bytes');
    this.#values += values;
    if (this.#values > most) this.#fail(`more than ${most} values`);
    this.#open.push(parts);
  }

  #size(width: number): number {
    const at = this.#pos;
    this.#skip(width);
    if (width === 1) return this.bytes[at] as number;
    return width === 2 ? this.bytes.readUInt16BE(at) : this.bytes.readUInt32BE(at);
  }

  #skip(sizeBytes: number): void {
    if (sizeBytes > this.bytes.length - this.#pos) this.#fail('the message ends too early');
    this.#pos += sizeBytes;
  }

  #fail(detail: string): never {
    throw new RefusalError({ code: 'control-frame', at: `@${this.#pos}`, detail });
  }
}
