/**
 * Writes the canonical bytes of typed values, for generated encoders, into one growing buffer.
 *
 * 1. Heads are the shortest; the order of keys is the caller's.
 * 2. `at` is where the next byte goes. Addresses inside the buffer hold until the next write;
 *    offsets from `start` hold for good.
 */
import {
  BYTES,
  FALSE,
  NAT,
  NEGATIVE,
  NIL,
  shortestHeadSize,
  TAG_SIZE,
  TEXT,
  TRUE,
  writeHead,
  writeTag,
} from './cbor';
import { normalDec128 } from './dec128';
import { checkHash, checkUuid, encodeText, isAsciiString } from './text';

const FIRST_SIZE: usize = 512;
/** A string inside of a string is most often this long, so most are not moved: 24 to 255 bytes. */
const GUESSED_HEAD: usize = 2;

export class Writer {
  start: usize;
  at: usize;
  private limit: usize;

  constructor() {
    this.start = heap.alloc(FIRST_SIZE);
    this.at = this.start;
    this.limit = this.start + FIRST_SIZE;
  }

  /** Takes `size` bytes and answers where they begin. */
  room(size: usize): usize {
    const at = this.at;
    if (this.limit - at < size) return this.grow(size);
    this.at = at + size;
    return at;
  }

  private grow(size: usize): usize {
    const used = this.at - this.start;
    let capacity = (this.limit - this.start) << 1;
    while (capacity - used < size) {
      if (capacity > usize.MAX_VALUE >> 2) unreachable();
      capacity <<= 1;
    }
    const start = heap.alloc(capacity);
    memory.copy(start, this.start, used);
    this.start = start;
    this.limit = start + capacity;
    this.at = start + used + size;
    return start + used;
  }

  head(major: u8, argument: u64): void {
    if (argument < 24) {
      store<u8>(this.room(1), (major << 5) | (argument as u8));
      return;
    }
    writeHead(this.room(shortestHeadSize(argument)), major, argument);
  }

  nil(): void {
    store<u8>(this.room(1), NIL);
  }

  unit(_: u8): void {
    this.nil();
  }

  bool(value: bool): void {
    store<u8>(this.room(1), value ? TRUE : FALSE);
  }

  nat(value: u64): void {
    this.head(NAT, value);
  }

  int(value: i64): void {
    if (value < 0) this.head(NEGATIVE, ~value as u64);
    else this.head(NAT, value as u64);
  }

  text(value: string): void {
    if (!isAsciiString(value)) {
      const utf8 = encodeText(value);
      this.string(TEXT, changetype<usize>(utf8), utf8.byteLength as usize);
      return;
    }
    const size = value.length as usize;
    this.head(TEXT, size as u64);
    const at = this.room(size);
    const from = changetype<usize>(value);
    for (let i: usize = 0; i < size; i++) store<u8>(at + i, load<u16>(from + (i << 1)) as u8);
  }

  hash(value: string): void {
    this.text(checkHash(value));
  }

  uuid(value: string): void {
    this.text(checkUuid(value));
  }

  dec128(value: string): void {
    this.text(normalDec128(value));
  }

  bytes(value: Uint8Array): void {
    this.string(BYTES, value.dataStart, value.length as usize);
  }

  /** A byte or text string with this content. */
  string(major: u8, from: usize, size: usize): void {
    this.head(major, size as u64);
    this.raw(from, size);
  }

  /** Bytes as they are. */
  raw(from: usize, size: usize): void {
    memory.copy(this.room(size), from, size);
  }

  /** Begins a byte string around a tagged document; the answer is for `closeBytes`. */
  openDocument(): usize {
    const mark = this.room(GUESSED_HEAD) - this.start;
    writeTag(this.room(TAG_SIZE));
    return mark;
  }

  /** Ends the byte string that began at `mark`. */
  closeBytes(mark: usize): void {
    this.putHead(mark, GUESSED_HEAD, BYTES, (this.at - this.start - mark - GUESSED_HEAD) as u64);
  }

  /** Writes a head where `reserved` bytes were taken for it, and moves what follows if needed. */
  putHead(mark: usize, reserved: usize, major: u8, argument: u64): void {
    const size = shortestHeadSize(argument);
    if (size > reserved) this.room(size - reserved);
    const at = this.start + mark;
    if (size !== reserved) {
      const end = size > reserved ? this.at - (size - reserved) : this.at;
      memory.copy(at + size, at + reserved, end - at - reserved);
      this.at = end + size - reserved;
    }
    writeHead(at, major, argument);
  }
}
