/**
 * MessagePack as plain values, read by `@msgpack/msgpack` once it was looked through.
 *
 * U1 Texts are exact: what is not UTF-8 is refused, and nothing of them is left out. The library
 *    takes whatever comes, and leaves out a byte order mark; so it hands over the bytes of texts.
 * U2 Names are text, each once in its record. `__proto__` is a name like any other, also where the
 *    library knows better.
 * U3 Integers are exact in any width: numbers where they are safe, else bigints.
 */
import { RefusalError } from '@aos/canon';
import { newPlainRecord, type PlainValue, plainInteger } from '@aos/protocol';
import { Decoder } from '@msgpack/msgpack';
import { type Scanned, scan, type ValueLimits } from './scan.js';

/** Stands for the name that the library refuses; with half of a pair in it, it is no text. */
const PROTO = '__proto__';
const PROTO_STANDIN = '\ud800proto';

const decoder = new Decoder({
  useBigInt64: true,
  rawStrings: true,
  keyDecoder: {
    canBeCached: () => true,
    decode: (bytes, at, sizeBytes) => {
      const name = readText(bytes, at, sizeBytes);
      return name === PROTO ? PROTO_STANDIN : name;
    },
  },
  mapKeyConverter: (key) => {
    if (typeof key === 'string') return key;
    throw unreadable('expected a name that is text');
  },
});

/** Reads the one value that the bytes are. Code: `control-frame`. */
export function unpack(bytes: Buffer, limits: ValueLimits): PlainValue {
  const found = scan(bytes, limits);
  const reading = new Reading(bytes, found);
  const value = reading.value(decoder.decode(bytes));
  if (reading.names !== found.names) throw unreadable('a name stands twice');
  return value;
}

/** Makes plain values of what the library has read. */
class Reading {
  /** Names that records have. */
  names = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly found: Scanned,
  ) {}

  value(value: unknown): PlainValue {
    if (typeof value === 'bigint') return plainInteger(value);
    // only null, booleans and integers are left
    if (typeof value !== 'object' || value === null) return value as PlainValue;
    if (value instanceof Uint8Array) return this.#textOrBytes(value);
    if (Array.isArray(value)) return value.map((item) => this.value(item));
    return this.#record(value as { readonly [name: string]: unknown });
  }

  #record(read: { readonly [name: string]: unknown }): PlainValue {
    const record = newPlainRecord();
    for (const name of Object.keys(read)) {
      this.names += 1;
      record[name === PROTO_STANDIN ? PROTO : name] = this.value(read[name]);
    }
    return record;
  }

  #textOrBytes({ byteOffset, length }: Uint8Array): PlainValue {
    const at = byteOffset - this.bytes.byteOffset;
    if (!this.found.bytesAt.has(at)) return readText(this.bytes, at, length);
    return new Uint8Array(this.bytes.subarray(at, at + length));
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Shorter texts are mostly ASCII and read unit by unit. */
const SHORT_TEXT = 32;

function readText(bytes: Uint8Array, at: number, sizeBytes: number): string {
  const short = sizeBytes <= SHORT_TEXT ? readAscii(bytes, at, sizeBytes) : undefined;
  if (short !== undefined) return short;
  try {
    return utf8.decode(bytes.subarray(at, at + sizeBytes));
  } catch {
    throw unreadable('expected text in UTF-8');
  }
}

function readAscii(bytes: Uint8Array, at: number, sizeBytes: number): string | undefined {
  let text = '';
  for (let i = at; i < at + sizeBytes; i++) {
    const unit = bytes[i] as number;
    if (unit > 0x7f) return undefined;
    text += String.fromCharCode(unit);
  }
  return text;
}

function unreadable(detail: string): RefusalError {
  return new RefusalError({ code: 'control-frame', at: '', detail });
}
