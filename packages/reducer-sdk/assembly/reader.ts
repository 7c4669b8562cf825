/**
 * Reads the bytes of one typed value, front to back, for generated decoders.
 *
 * 1. Positions only grow, and `finish` compares the last one with the end: a read beyond the end
 *    stays inside memory (inputs are followed by PADDING) or traps, and is found out at the latest
 *    there.
 * 2. A size from the input is compared with what is left before anything is allocated or skipped.
 * 3. Heads may be longer than needed. Indefinite lengths, tags and simple values trap.
 */
import {
  BYTES,
  FALSE,
  headArgument,
  headSize,
  LIST,
  MAP,
  majorOf,
  NAT,
  NEGATIVE,
  NIL,
  skipItem,
  skipTag,
  TEXT,
  TRUE,
} from './cbor';
import { normalDec128 } from './dec128';
import { checkHash, checkUuid, decodeText } from './text';

const I64_MAX = i64.MAX_VALUE as u64;

export class Reader {
  at: usize;
  /** Whether keys are compared as text, because one of them has a head longer than needed. */
  careful: bool = false;

  constructor(
    start: usize,
    readonly end: usize,
  ) {
    this.at = skipTag(start, end);
  }

  /** Everything must have been read. */
  finish(): void {
    if (this.at !== this.end) unreachable();
  }

  isNil(): bool {
    return load<u8>(this.at) === NIL;
  }

  nil(): void {
    if (load<u8>(this.at++) !== NIL) unreachable();
  }

  /** The value of `unit`, which is always the same. */
  unit(): u8 {
    this.nil();
    return 0;
  }

  bool(): bool {
    const first = load<u8>(this.at++);
    if (first !== FALSE && first !== TRUE) unreachable();
    return first === TRUE;
  }

  nat(): u64 {
    return this.head(NAT);
  }

  int(): i64 {
    const isNegative = majorOf(this.at) === NEGATIVE;
    const argument = this.head(isNegative ? NEGATIVE : NAT);
    if (argument > I64_MAX) unreachable();
    return isNegative ? ~(argument as i64) : (argument as i64);
  }

  text(): string {
    const size = this.size(TEXT);
    const at = this.at;
    this.at = at + size;
    return decodeText(at, size);
  }

  hash(): string {
    return checkHash(this.text());
  }

  uuid(): string {
    return checkUuid(this.text());
  }

  dec128(): string {
    return normalDec128(this.text());
  }

  bytes(): Uint8Array {
    const size = this.size(BYTES);
    const copy = new Uint8Array(size as i32);
    memory.copy(copy.dataStart, this.at, size);
    this.at += size;
    return copy;
  }

  /** Items of a list; each takes a byte at least. */
  list(): i32 {
    return this.size(LIST) as i32;
  }

  /** Entries of a map; each takes two bytes at least. */
  map(): i32 {
    return this.size(MAP) as i32;
  }

  /**
   * For the key that no field of a record was, when keys were compared as bytes: traps unless
   * comparing them as text can still tell.
   */
  retry(): void {
    if (this.careful) unreachable();
    this.careful = true;
  }

  /** Moves over the key here if it is this text, whatever its head. */
  keyIs(text: usize, size: usize): bool {
    if (!isText(this.at, this.end, text, size)) return false;
    this.at = skipItem(this.at, this.end);
    return true;
  }

  /** A head of this kind, and its argument. */
  private head(major: u8): u64 {
    const at = this.at;
    const first = load<u8>(at);
    if (first >> 5 !== major) unreachable();
    const info = first & 31;
    if (info < 24) {
      this.at = at + 1;
      return info;
    }
    this.at = at + headSize(at, this.end);
    return headArgument(at);
  }

  /** A head whose argument counts bytes, or things of a byte at least, that follow. */
  private size(major: u8): usize {
    const size = this.head(major);
    if (this.at > this.end || size > ((this.end - this.at) as u64)) unreachable();
    return size as usize;
  }
}

/** Whether the item at `at` is this text, in a head of any length. */
export function isText(at: usize, end: usize, text: usize, size: usize): bool {
  if (majorOf(at) !== TEXT || headSize(at, end) > end - at) return false;
  if (headArgument(at) !== (size as u64)) return false;
  const from = at + headSize(at, end);
  return end - from >= size && memory.compare(from, text, size) === 0;
}
