/**
 * Plain values as MessagePack: integers in their shortest form and exact to 64 bits, texts as
 * UTF-8, bytes as bytes, records as maps of text. No floats, no extensions.
 */
import { RefusalError } from '@aos/canon';
import { PLAIN_MAX, PLAIN_MIN, type PlainRecord, type PlainValue } from '@aos/protocol';

const START_BYTES = 4096;
/** A larger buffer is not kept. */
const KEPT_BYTES = 1 << 20;
const LENGTH_BYTES = 4;

const MAP_HEAD = { fix: 0x80, wide: 0xde };
const LIST_HEAD = { fix: 0x90, wide: 0xdc };
/** Shorter texts are mostly ASCII and written unit by unit. */
const SHORT_TEXT = 64;

/** Writes messages one behind the other into bytes that grow, until they are taken. */
export class PackWriter {
  #bytes = Buffer.allocUnsafeSlow(START_BYTES);
  #length = 0;
  /** Where the message that is written has to end at most. */
  #limit = 0;

  /** Bytes that were written and not taken. */
  get length(): number {
    return this.#length;
  }

  /** All that was written; the writer is empty then. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    // the room of one large message should not be kept for all that follow
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = Buffer.allocUnsafeSlow(START_BYTES);
    return taken;
  }

  /**
   * Writes a value behind its length, four bytes. Codes: `control-too-large`, `control-frame`;
   * nothing of it is there then.
   */
  message(value: PlainValue, limitBytes: number): void {
    const start = this.#length;
    this.#limit = start + LENGTH_BYTES + limitBytes;
    try {
      this.#room(LENGTH_BYTES);
      this.value(value);
    } catch (error) {
      this.#length = start;
      throw error instanceof TooLarge ? tooLarge(limitBytes) : error;
    }
    this.#bytes.writeUInt32BE(this.#length - start - LENGTH_BYTES, start);
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.#limit = this.#length + bytes.length;
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
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
    this.#head(list.length, LIST_HEAD);
    for (const item of list) this.value(item);
  }

  /** What is undefined is not there. */
  #record(record: PlainRecord): void {
    const names = Object.keys(record);
    let count = names.length;
    for (const name of names) if (record[name] === undefined) count -= 1;
    this.#head(count, MAP_HEAD);
    for (const name of names) {
      const item = record[name];
      if (item === undefined) continue;
      this.#text(name);
      this.value(item);
    }
  }

  #head(count: number, { fix, wide }: typeof MAP_HEAD): void {
    if (count <= 15) this.#byte(fix | count);
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
    if (end > this.#limit) throw new TooLarge();
    if (end > this.#bytes.length) this.#grow(end);
    this.#length = end;
    return at;
  }

  #grow(sizeBytes: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(sizeBytes, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

/** Within the writer only: the message has no room for what comes. */
class TooLarge extends Error {}

export function tooLarge(limitBytes: number): RefusalError {
  const detail = `a message of more than ${limitBytes} bytes; ask for less at once`;
  return new RefusalError({ code: 'control-too-large', at: '', detail });
}

function unwritable(what: string): RefusalError {
  const detail = `expected an integer of at most 64 bits, found ${what}`;
  return new RefusalError({ code: 'control-frame', at: '', detail });
}
