/**
 * Reads plain CBOR: what modules answer with, whose encoders are not ours.
 *
 * P1 Accepted beyond the canonical form: no tag or one leading 55799, any key order, heads and
 *    floats longer than needed, any NaN, indefinite lengths.
 * P2 Refused: equal keys (as values: 1 in two bytes is still 1), text that is not UTF-8, other
 *    tags, undefined and other simple values, trailing bytes.
 * P3 Whatever `decode` accepts is accepted, with the same value. A map keeps the order of the
 *    input.
 * P4 The limits are those of strict decoding; each chunk of an indefinite text is one item.
 */

import { joinBytes, toHex } from '../bytes.js';
import { asRefused, ok, type Result } from '../result.js';
import { Cursor } from './cursor.js';
import { encodeUntagged } from './encode.js';
import type { DecodeLimits } from './limits.js';
import { Float, type Value } from './value.js';

const BREAK = 0xff;

/** One document or one untagged item. Codes: those of `decode` but `cbor-non-canonical`. */
export function decodePlain(bytes: Uint8Array, limits?: Partial<DecodeLimits>): Result<Value> {
  try {
    return ok(new PlainReader(bytes, limits).document());
  } catch (error) {
    return asRefused(error);
  }
}

class PlainReader extends Cursor {
  document(): Value {
    const { input } = this;
    if (input[0] === 0xd9 && input[1] === 0xd9 && input[2] === 0xf7) this.at = 3;
    const value = this.item(0);
    if (this.at === this.sizeBytes) return value;
    throw this.refusal('cbor-trailing', 'bytes after the value');
  }

  private item(depth: number): Value {
    const byte = this.peek();
    switch (byte >> 5) {
      case 0:
        return this.unsigned();
      case 1:
        return this.negative();
      case 2:
        return byte === 0x5f ? joinBytes(this.chunks(() => this.bytes())) : this.bytes();
      case 3:
        return byte === 0x7f
          ? this.chunks(() => this.definiteText()).join('')
          : this.definiteText();
      case 4:
        return byte === 0x9f ? this.openList(depth + 1) : this.list(depth + 1);
      case 5:
        return this.map(depth + 1);
      case 6:
        throw this.refusal('cbor-tag', 'a tag other than a leading 55799');
      default:
        return this.simple(byte);
    }
  }

  private bytes(): Uint8Array {
    const size = this.definiteBytes();
    return this.input.slice(this.at - size, this.at);
  }

  /** The definite chunks of text or bytes of indefinite length. */
  private chunks<T>(read: () => T): T[] {
    const major = this.peek() >> 5;
    const chunks: T[] = [];
    for (this.at++; !this.isBreak(); ) {
      this.charge(1);
      if (this.peek() >> 5 !== major) throw this.refusal('cbor-unsupported', 'a foreign chunk');
      chunks.push(read());
    }
    return chunks;
  }

  private list(depth: number): Value[] {
    this.checkDepth(depth);
    const count = this.count(1);
    const items: Value[] = [];
    for (let i = 0; i < count; i++) items.push(this.item(depth));
    return items;
  }

  private openList(depth: number): Value[] {
    this.checkDepth(depth);
    const items: Value[] = [];
    for (this.at++; !this.isBreak(); ) {
      this.charge(1);
      items.push(this.item(depth));
    }
    return items;
  }

  private map(depth: number): Map<Value, Value> {
    this.checkDepth(depth);
    const map = new PlainMap();
    if (this.peek() !== 0xbf) {
      const count = this.count(2);
      for (let i = 0; i < count; i++) this.entry(map, depth);
      return map.entries;
    }
    for (this.at++; !this.isBreak(); ) {
      this.charge(2);
      this.entry(map, depth);
    }
    return map.entries;
  }

  private entry(map: PlainMap, depth: number): void {
    const start = this.at;
    const key = this.item(depth);
    if (map.hasEqual(key)) throw this.refusal('cbor-duplicate-key', 'a key occurs twice', start);
    map.entries.set(key, this.item(depth));
  }

  private isBreak(): boolean {
    if (this.peek() !== BREAK) return false;
    this.at++;
    return true;
  }

  private simple(byte: number): Value {
    if (byte >= 0xf9 && byte <= 0xfb) return new Float(this.floatNumber());
    if (byte < 0xf4 || byte > 0xf6) {
      throw this.refusal('cbor-unsupported', 'undefined, a simple value or a break');
    }
    this.at++;
    return byte === 0xf6 ? null : byte === 0xf5;
  }
}

/** Map entries with keys compared by value, also where the language compares by reference. */
class PlainMap {
  readonly entries = new Map<Value, Value>();
  private encodedKeys: Set<string> | undefined;

  /** Asked once per key, before it is set. */
  hasEqual(key: Value): boolean {
    if (typeof key !== 'object' || key === null) return this.entries.has(key);
    const encoded = toHex(encodeUntagged(key));
    this.encodedKeys ??= new Set();
    if (this.encodedKeys.has(encoded)) return true;
    this.encodedKeys.add(encoded);
    return false;
  }
}
