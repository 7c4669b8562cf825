/**
 * Messages out of a stream of bytes that comes in pieces of any size.
 *
 * F1 The first byte decides for the whole connection: white space or `{` means lines of JSON, any
 *    other byte begins the length of a message in MessagePack. No length may begin so: it would be
 *    beyond the limit.
 * F2 A length is checked before anything is kept for it; a line is given up when it is too long.
 * F3 Messages are taken one by one: what is not taken stays as bytes.
 */
import type { PlainValue } from '@aos/protocol';
import { decodeLine, encodeLine } from './json-lines.js';
import type { WireLimits } from './limits.js';
import { pack, tooLarge } from './pack.js';
import { unpack } from './unpack.js';

export type Framing = 'json' | 'pack';

const LENGTH_BYTES = 4;
const LINE_END = 0x0a;
const JSON_STARTS = new Set([0x7b, 0x20, 0x09, 0x0a, 0x0d]);

const START_BYTES = 4096;
/** A larger buffer is not kept for the messages after the one that needed it. */
const KEPT_BYTES = 1 << 20;

export class MessageReader {
  #framing: Framing | undefined;
  #buffer = Buffer.allocUnsafeSlow(START_BYTES);
  /** What is there of the buffer. */
  #start = 0;
  #end = 0;
  /** Place up to which no line end was found. */
  #searched = 0;

  constructor(public limits: WireLimits) {}

  /** Undefined before the first byte. */
  get framing(): Framing | undefined {
    return this.#framing;
  }

  /** Bytes that are there and were not taken. */
  get sizeBytes(): number {
    return this.#end - this.#start;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#framing ??= JSON_STARTS.has(chunk[0] as number) ? 'json' : 'pack';
    this.#makeRoom(chunk.length);
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The next message that is there as a whole. Codes: `control-frame`, `control-too-large`. */
  next(): PlainValue | undefined {
    return this.#framing === 'json' ? this.#nextLine() : this.#nextPack();
  }

  #nextPack(): PlainValue | undefined {
    if (this.sizeBytes < LENGTH_BYTES) return undefined;
    const sizeBytes = this.#buffer.readUInt32BE(this.#start);
    if (sizeBytes > this.limits.bytes) throw tooLarge(this.limits.bytes);
    const from = this.#start + LENGTH_BYTES;
    if (this.#end < from + sizeBytes) return undefined;
    const message = unpack(this.#buffer.subarray(from, from + sizeBytes), this.limits);
    this.#drop(LENGTH_BYTES + sizeBytes);
    return message;
  }

  #nextLine(): PlainValue | undefined {
    for (;;) {
      const found = this.#buffer.subarray(0, this.#end).indexOf(LINE_END, this.#searched);
      const sizeBytes = (found < 0 ? this.#end : found) - this.#start;
      if (sizeBytes > this.limits.bytes) throw tooLarge(this.limits.bytes);
      if (found < 0) {
        this.#searched = this.#end;
        return undefined;
      }
      const line = this.#buffer.subarray(this.#start, found);
      const message = isBlank(line) ? undefined : decodeLine(line, this.limits);
      this.#drop(sizeBytes + 1);
      this.#searched = this.#start;
      if (message !== undefined) return message;
    }
  }

  /** Room behind the end, and no copy where there is some. */
  #makeRoom(sizeBytes: number): void {
    if (this.#end + sizeBytes <= this.#buffer.length) return;
    const kept = this.sizeBytes;
    const isRoomy = kept + sizeBytes <= this.#buffer.length;
    const capacity = isRoomy ? this.#buffer.length : 2 * (kept + sizeBytes);
    const target = isRoomy ? this.#buffer : Buffer.allocUnsafeSlow(capacity);
    this.#buffer.copy(target, 0, this.#start, this.#end);
    this.#buffer = target;
    this.#searched = Math.max(0, this.#searched - this.#start);
    this.#start = 0;
    this.#end = kept;
  }

  #drop(sizeBytes: number): void {
    this.#start += sizeBytes;
    if (this.#start < this.#end) return;
    this.#start = 0;
    this.#end = 0;
    if (this.#buffer.length > KEPT_BYTES) this.#buffer = Buffer.allocUnsafeSlow(START_BYTES);
  }
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte <= 0x20);
}

/** Turns messages into bytes, in one of the framings; they gather until they are taken. */
export class MessageWriter {
  #pieces: Buffer[] = [];
  #sizeBytes = 0;

  constructor(public limitBytes: number) {}

  /** Bytes of the messages that were not taken. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Codes: `control-too-large`, `control-frame` for what is no plain value. */
  add(message: PlainValue, framing: Framing): void {
    const { limitBytes } = this;
    const piece =
      framing === 'json' ? encodeLine(message, limitBytes) : framed(pack(message, limitBytes));
    this.#pieces.push(piece);
    this.#sizeBytes += piece.length;
  }

  take(): Buffer {
    const taken = Buffer.concat(this.#pieces, this.#sizeBytes);
    this.#pieces = [];
    this.#sizeBytes = 0;
    return taken;
  }

  /** One message as bytes. */
  write(message: PlainValue, framing: Framing): Buffer {
    this.add(message, framing);
    return this.take();
  }
}

/** A copy, behind its length. */
function framed(body: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(LENGTH_BYTES + body.length);
  bytes.writeUInt32BE(body.length);
  bytes.set(body, LENGTH_BYTES);
  return bytes;
}
