/**
 * Plain values as MessagePack: integers in their shortest form and exact to 64 bits, texts as
 * UTF-8, bytes as bytes, records as maps of text. No floats, no extensions.
 */
import { RefusalError } from '@aos/canon';
import { PLAIN_MAX, PLAIN_MIN, type PlainRecord, type PlainValue } from '@aos/protocol';

const START_BYTES = 1024;
/** Shorter texts are mostly ASCII and written unit by unit. */
const SHORT_TEXT = 64;

/** Writes values one behind the other into bytes that grow, up to a limit. */
export class PackWriter {
  #bytes = Buffer.allocUnsafe(START_BYTES);
  #length = 0;
  #sizeLimit = 0;

  get length(): number {
    return this.#length;
  }

  /** What was written, as bytes that nobody else has; the writer is empty then. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.begin(0);
    // one large message should not be kept for all that follow
    if (this.#bytes.length > 1 << 20) this.#bytes = Buffer.allocUnsafe(START_BYTES);
    return taken;
  }

  /** Forgets what was written and not taken; the next may have so many bytes. */
  begin(sizeLimit: number): void {
    this.#length = 0;
    this.#sizeLimit = sizeLimit;
  }

  /** Room for a number that is known later. */
  reserveUint32(): number {
    const at = this.#room(4);
    return at;
  }

  setUint32(at: number, value: number): void {
    this.#bytes.writeUInt32BE(value, at);
  }

  value(value: PlainValue): void {
    switch (typeof value) {
      case 'string':
        this.#text(value);
        return;
      case 'number':
        this.#integer(value);
        return;
      case 'bigint':
        this.#bigint(value);
        return;
      case 'boolean':
        this.#byte(value ? 0xc3 : 0xc2);
        return;
      default:
        if (value === null || value === undefined) this.#byte(0xc0);
        else if (value instanceof Uint8Array) this.#binary(value);
        else if (Array.isArray(value)) this.#list(value);
        else this.#record(value as PlainRecord);
    }
  }

  #list(list: readonly PlainValue[]): void {
    this.#head(list.length, { fix: 0x90, fixMost: 15, wide: 0xdc });
    for (const item of list) this.value(item);
  }

  /** What is undefined is not there. */
  #record(record: PlainRecord): void {
    const names = Object.keys(record).filter((name) => record[name] !== undefined);
    this.#head(names.length, { fix: 0x80, fixMost: 15, wide: 0xde });
    for (const name of names) {
      this.#text(name);
      this.value(record[name] as PlainValue);
    }
  }

  #head(
    count: number,
    {
      fix,
      fixMost,
      wide,
    }: { readonly fix: number; readonly fixMost: number; readonly wide: number },
  ): void {
    if (count <= fixMost) this.#byte(fix | count);
    else if (count <= 0xffff) this.#sized(wide, 2, count);
    else this.#sized(wide + 1, 4, count);
  }

  #binary(bytes: Uint8Array): void {
    const { length } = bytes;
    if (length <= 0xff) this.#sized(0xc4, 1, length);
    else if (length <= 0xffff) this.#sized(0xc5, 2, length);
    else this.#sized(0xc6, 4, length);
    const at = this.#room(length);
    this.#bytes.set(bytes, at);
  }

  #text(text: string): void {
    const { length } = text;
    if (length < SHORT_TEXT && this.#shortAscii(text, length)) return;
    const sizeBytes = Buffer.byteLength(text);
    if (sizeBytes <= 31) this.#byte(0xa0 | sizeBytes);
    else if (sizeBytes <= 0xff) this.#sized(0xd9, 1, sizeBytes);
    else if (sizeBytes <= 0xffff) this.#sized(0xda, 2, sizeBytes);
    else this.#sized(0xdb, 4, sizeBytes);
    const at = this.#room(sizeBytes);
    this.#bytes.write(text, at, sizeBytes);
  }

  /** Whether it was ASCII, and is written. */
  #shortAscii(text: string, length: number): boolean {
    const start = this.#length;
    if (length <= 31) this.#byte(0xa0 | length);
    else this.#sized(0xd9, 1, length);
    const at = this.#room(length);
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        this.#length = start;
        return false;
      }
      this.#bytes[at + i] = unit;
    }
    return true;
  }

  #integer(value: number): void {
    if (!Number.isSafeInteger(value)) throw unwritable(`the number ${value}`);
    if (value >= 0) this.#natural(value);
    else this.#negative(value);
  }

  #natural(value: number): void {
    if (value <= 0x7f) this.#byte(value);
    else if (value <= 0xff) this.#sized(0xcc, 1, value);
    else if (value <= 0xffff) this.#sized(0xcd, 2, value);
    else if (value <= 0xffffffff) this.#sized(0xce, 4, value);
    else this.#uint64(BigInt(value));
  }

  #negative(value: number): void {
    if (value >= -0x20) this.#byte(value & 0xff);
    else if (value >= -0x80) this.#sized(0xd0, 1, value & 0xff);
    else if (value >= -0x8000) this.#sized(0xd1, 2, value & 0xffff);
    else if (value >= -0x80000000) this.#sized(0xd2, 4, value >>> 0);
    else this.#int64(BigInt(value));
  }

  #bigint(value: bigint): void {
    if (value < PLAIN_MIN || value > PLAIN_MAX) throw unwritable(`the integer ${value}`);
    const near = Number(value);
    if (Number.isSafeInteger(near)) this.#integer(near);
    else if (value > 0n) this.#uint64(value);
    else this.#int64(value);
  }

  #uint64(value: bigint): void {
    this.#byte(0xcf);
    const at = this.#room(8);
    this.#bytes.writeBigUInt64BE(value, at);
  }

  #int64(value: bigint): void {
    this.#byte(0xd3);
    const at = this.#room(8);
    this.#bytes.writeBigInt64BE(value, at);
  }

  /** A head and a number of 1, 2 or 4 bytes. */
  #sized(head: number, width: 1 | 2 | 4, value: number): void {
    const at = this.#room(1 + width);
    this.#bytes[at] = head;
    this.#bytes.writeUIntBE(value, at + 1, width);
  }

  #byte(byte: number): void {
    const at = this.#room(1);
    this.#bytes[at] = byte;
  }

  /** Where so many bytes go that follow. Code: `control-too-large`. */
  #room(sizeBytes: number): number {
    const at = this.#length;
    const end = at + sizeBytes;
    if (end > this.#sizeLimit) throw tooLarge(this.#sizeLimit);
    if (end > this.#bytes.length) this.#grow(end);
    this.#length = end;
    return at;
  }

  #grow(sizeBytes: number): void {
    const grown = Buffer.allocUnsafe(
      Math.min(this.#sizeLimit, Math.max(sizeBytes, this.#bytes.length * 2)),
    );
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

export function tooLarge(limitBytes: number): RefusalError {
  const detail = `a message of more than ${limitBytes} bytes; ask for less at once`;
  return new RefusalError({ code: 'control-too-large', at: '', detail });
}

function unwritable(what: string): RefusalError {
  const detail = `expected an integer of at most 64 bits, found ${what}`;
  return new RefusalError({ code: 'control-frame', at: '', detail });
}
