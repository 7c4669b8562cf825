/**
 * Plain values as MessagePack, written by `@msgpack/msgpack`.
 *
 * P1 The library is given plain values only. It would write others as well, floats above all, and
 *    as a float every number beyond 32 bits: those it gets as bigints.
 * P2 A value is measured roughly before it is written, so that little is written for nothing.
 */
import { RefusalError } from '@aos/canon';
import { newPlainRecord, PLAIN_MAX, PLAIN_MIN, type PlainValue } from '@aos/protocol';
import { Encoder } from '@msgpack/msgpack';
import { ANSWER_DEPTH } from './limits.js';

/** The room of larger messages is not kept for those that follow. */
const KEPT_BYTES = 1 << 20;
const INT32_MIN = -(2 ** 31);
const UINT32_MAX = 2 ** 32 - 1;

// how deep values may be is judged here, by P1
const newEncoder = () => new Encoder({ useBigInt64: true, maxDepth: ANSWER_DEPTH + 2 });
let encoder = newEncoder();

/**
 * The bytes of a value; they are good until the next call. Codes: `control-too-large`,
 * `control-frame` for what is no plain value.
 */
export function pack(value: PlainValue, limitBytes: number): Uint8Array {
  const bytes = encoder.encodeSharedRef(new Preparation(limitBytes).value(value, 0));
  if (bytes.buffer.byteLength > KEPT_BYTES) encoder = newEncoder();
  if (bytes.length > limitBytes) throw tooLarge(limitBytes);
  return bytes;
}

/** Makes of a plain value what the library writes as one. */
class Preparation {
  /** Bytes there is room for; values take at least what is counted. */
  #leftBytes: number;

  constructor(private readonly limitBytes: number) {
    this.#leftBytes = limitBytes;
  }

  value(value: unknown, depth: number): unknown {
    this.#spend(1);
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
        return wide(value);
      case 'bigint':
        return narrow(value);
      case 'boolean':
      case 'undefined':
        return value;
      case 'object':
        return value === null ? null : this.#object(value, depth);
      default:
        throw unwritable(`a ${typeof value}`);
    }
  }

  #object(value: object, depth: number): unknown {
    if (value instanceof Uint8Array) {
      this.#spend(value.length);
      return value;
    }
    if (depth >= ANSWER_DEPTH) throw unwritable(`more than ${ANSWER_DEPTH} levels`);
    if (Array.isArray(value)) return value.map((item) => this.value(item, depth + 1));
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === null || prototype === Object.prototype) return this.#record(value, depth);
    throw unwritable(`an object of ${value.constructor?.name ?? 'no class'}`);
  }

  /** What is undefined is not there. */
  #record(value: object, depth: number): unknown {
    const record = newPlainRecord() as { [name: string]: unknown };
    for (const [name, item] of Object.entries(value)) {
      if (item !== undefined) record[this.#text(name)] = this.value(item, depth + 1);
    }
    return record;
  }

  /** Half of a pair becomes U+FFFD, as wherever text becomes UTF-8. */
  #text(text: string): string {
    this.#spend(text.length);
    return isWellFormed(text) ? text : Buffer.from(text).toString();
  }

  #spend(sizeBytes: number): void {
    this.#leftBytes -= sizeBytes;
    if (this.#leftBytes < 0) throw tooLarge(this.limitBytes);
  }
}

const HALF_OF_PAIR = /\p{Surrogate}/u;

function isWellFormed(text: string): boolean {
  return !HALF_OF_PAIR.test(text);
}

function wide(value: number): number | bigint {
  if (!Number.isSafeInteger(value)) throw unwritable(`the number ${value}`);
  return value < INT32_MIN || value > UINT32_MAX ? BigInt(value) : value;
}

/** The library writes bigints in their widest form. */
function narrow(value: bigint): number | bigint {
  if (value < PLAIN_MIN || value > PLAIN_MAX) throw unwritable(`the integer ${value}`);
  return value < INT32_MIN || value > UINT32_MAX ? value : Number(value);
}

export function tooLarge(limitBytes: number): RefusalError {
  const detail = `a message of more than ${limitBytes} bytes; ask for less at once`;
  return new RefusalError({ code: 'control-too-large', at: '', detail });
}

function unwritable(what: string): RefusalError {
  const detail = `expected a plain value with integers of at most 64 bits, found ${what}`;
  return new RefusalError({ code: 'control-frame', at: '', detail });
}
