/**
 * MessagePack as plain values.
 *
 * U1 Nothing is allocated for what is only announced: a count is believed when so many bytes are
 *    there, and values are counted, so that a small message cannot become much memory.
 * U2 What plain values have no place for is refused: floats, extensions, names that are no text,
 *    a name that stands twice, text that is not UTF-8.
 * U3 Integers come in any width and are exact.
 */
import { RefusalError } from '@aos/canon';
import { newPlainRecord, type PlainValue } from '@aos/protocol';

export interface ValueLimits {
  /** Lists and records inside each other. */
  readonly depth: number;
  /** Values of one message altogether. */
  readonly values: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Shorter texts are mostly ASCII and read unit by unit. */
const SHORT_TEXT = 32;

/** Reads the one value that the bytes are. Code: `control-frame`, at `@<offset>`. */
export function unpack(bytes: Uint8Array, limits: ValueLimits): PlainValue {
  const reader = new PackReader(bytes, limits);
  const value = reader.value(0);
  reader.end();
  return value;
}

class PackReader {
  #pos = 0;
  #values = 0;
  #view: DataView | undefined;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly limits: ValueLimits,
  ) {}

  end(): void {
    if (this.#pos !== this.bytes.length) this.#fail('expected the end of the message');
  }

  value(depth: number): PlainValue {
    this.#values += 1;
    if (this.#values > this.limits.values) this.#fail(`more than ${this.limits.values} values`);
    const head = this.#uint8();
    if (head <= 0x7f) return head;
    if (head >= 0xe0) return head - 0x100;
    if (head <= 0x8f) return this.#record(head & 0x0f, depth);
    if (head <= 0x9f) return this.#list(head & 0x0f, depth);
    if (head <= 0xbf) return this.#text(head & 0x1f);
    return this.#long(head, depth);
  }

  #long(head: number, depth: number): PlainValue {
    switch (head) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return head === 0xc3;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#binary(this.#size(head - 0xc4));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#size(head - 0xd9));
      case 0xdc:
      case 0xdd:
        return this.#list(this.#size(head - 0xdb), depth);
      case 0xde:
      case 0xdf:
        return this.#record(this.#size(head - 0xdd), depth);
      default:
        return this.#number(head);
    }
  }

  /** Most messages have no wide number. */
  get #numbers(): DataView {
    const { buffer, byteOffset, byteLength } = this.bytes;
    this.#view ??= new DataView(buffer, byteOffset, byteLength);
    return this.#view;
  }

  #number(head: number): number | bigint {
    switch (head) {
      case 0xcc:
        return this.#uint8();
      case 0xcd:
        return this.#numbers.getUint16(this.#take(2));
      case 0xce:
        return this.#numbers.getUint32(this.#take(4));
      case 0xcf:
        return exact(this.#numbers.getBigUint64(this.#take(8)));
      case 0xd0:
        return this.#numbers.getInt8(this.#take(1));
      case 0xd1:
        return this.#numbers.getInt16(this.#take(2));
      case 0xd2:
        return this.#numbers.getInt32(this.#take(4));
      case 0xd3:
        return exact(this.#numbers.getBigInt64(this.#take(8)));
      default:
        return this.#fail(`no value of this protocol begins with ${head.toString(16)}`);
    }
  }

  /** 1, 2 or 4 bytes, for width 0, 1 and 2. */
  #size(width: number): number {
    if (width === 0) return this.#uint8();
    if (width === 1) return this.#numbers.getUint16(this.#take(2));
    return this.#numbers.getUint32(this.#take(4));
  }

  #binary(sizeBytes: number): Uint8Array {
    const at = this.#take(sizeBytes);
    return new Uint8Array(this.bytes.subarray(at, at + sizeBytes));
  }

  #text(sizeBytes: number): string {
    const at = this.#take(sizeBytes);
    const short = sizeBytes <= SHORT_TEXT ? this.#ascii(at, sizeBytes) : undefined;
    if (short !== undefined) return short;
    try {
      return utf8.decode(this.bytes.subarray(at, at + sizeBytes));
    } catch {
      return this.#fail('expected text in UTF-8');
    }
  }

  #ascii(at: number, sizeBytes: number): string | undefined {
    let text = '';
    for (let i = at; i < at + sizeBytes; i++) {
      const unit = this.bytes[i] as number;
      if (unit > 0x7f) return undefined;
      text += String.fromCharCode(unit);
    }
    return text;
  }

  #list(count: number, depth: number): PlainValue {
    this.#enter(count, depth);
    const list: PlainValue[] = [];
    for (let i = 0; i < count; i++) list.push(this.value(depth + 1));
    return list;
  }

  #record(count: number, depth: number): PlainValue {
    this.#enter(2 * count, depth);
    const record = newPlainRecord();
    for (let i = 0; i < count; i++) {
      const name = this.#name();
      if (name in record) this.#fail('a name stands twice');
      record[name] = this.value(depth + 1);
    }
    return record;
  }

  #name(): string {
    const head = this.#uint8();
    if (head >= 0xa0 && head <= 0xbf) return this.#text(head & 0x1f);
    if (head >= 0xd9 && head <= 0xdb) return this.#text(this.#size(head - 0xd9));
    return this.#fail('expected a name that is text');
  }

  /** Each of so many values has one byte at least. */
  #enter(values: number, depth: number): void {
    if (depth >= this.limits.depth) this.#fail(`more than ${this.limits.depth} levels`);
    if (values > this.bytes.length - this.#pos) this.#fail('more values than there are bytes');
  }

  #uint8(): number {
    return this.bytes[this.#take(1)] as number;
  }

  /** Where the next so many bytes stand. */
  #take(sizeBytes: number): number {
    const at = this.#pos;
    if (sizeBytes > this.bytes.length - at) this.#fail('the message ends too early');
    this.#pos = at + sizeBytes;
    return at;
  }

  #fail(detail: string): never {
    throw new RefusalError({ code: 'control-frame', at: `@${this.#pos}`, detail });
  }
}

function exact(value: bigint): number | bigint {
  const near = Number(value);
  return Number.isSafeInteger(near) ? near : value;
}
