/**
 * Undoes the ways in which text writes single characters: `%41`, `\u0041`, `\x41`, `\n` and the
 * like, `&#65;`, `&#x41;`, `&amp;`. What is no such sequence stays.
 *
 * A stream: a sequence that a chunk breaks off in is read on in the next one.
 */
import { concatBytes } from '@aos/canon';

/** No sequence is longer, and none of a pair of surrogates. */
const LONGEST = 12;

const PERCENT = 0x25;
const AMPERSAND = 0x26;
const SEMICOLON = 0x3b;
const BACKSLASH = 0x5c;

const STARTS = [PERCENT, AMPERSAND, BACKSLASH];

const LETTERS: ReadonlyMap<string, number> = new Map([
  ...([
    ['n', 0x0a],
    ['r', 0x0d],
    ['t', 0x09],
    ['b', 0x08],
    ['f', 0x0c],
    ['0', 0x00],
  ] as const),
  ...([
    ['"', 0x22],
    ["'", 0x27],
    ['/', 0x2f],
    ['\\', 0x5c],
  ] as const),
]);

const NAMES: ReadonlyMap<string, number> = new Map([
  ['amp', 0x26],
  ['lt', 0x3c],
  ['gt', 0x3e],
  ['quot', 0x22],
  ['apos', 0x27],
  ['nbsp', 0xa0],
]);

/** What stands for half of a character. */
const REPLACEMENT = 0xfffd;

/** What a sequence stands for, and its size. */
interface Sequence {
  readonly bytes: Uint8Array;
  readonly size: number;
}

export class Unescaper {
  #held: Uint8Array = new Uint8Array();

  /** The text of what came, up to where a sequence may yet go on. */
  push(chunk: Uint8Array): Uint8Array {
    const all = concatBytes(this.#held, chunk);
    const { bytes, read } = undoAll(all, all.length - LONGEST);
    this.#held = all.slice(read);
    return bytes;
  }

  /** The rest, if nothing comes behind it but this. */
  end(more: Uint8Array = new Uint8Array()): Uint8Array {
    const rest = concatBytes(this.#held, more);
    return undoAll(rest, rest.length).bytes;
  }

  /** The rest, and what it is before each sequence that may have broken off there. */
  *ends(more: Uint8Array = new Uint8Array()): Generator<Uint8Array> {
    const rest = concatBytes(this.#held, more);
    yield undoAll(rest, rest.length).bytes;
    for (let at = Math.max(0, rest.length - LONGEST); at < rest.length; at += 1) {
      if (isBrokenOff(rest, at)) yield undoAll(rest.subarray(0, at), at).bytes;
    }
  }
}

/** Reads sequences that begin before a place. */
function undoAll(all: Uint8Array, before: number): { bytes: Uint8Array; read: number } {
  if (!STARTS.some((byte) => all.includes(byte))) {
    const read = Math.max(0, before);
    return { bytes: all.subarray(0, read), read };
  }
  const out = new Uint8Array(all.length);
  let size = 0;
  let at = 0;
  while (at < before) {
    const sequence = sequenceAt(all, at);
    if (sequence === undefined) {
      out[size] = all[at] as number;
      size += 1;
      at += 1;
      continue;
    }
    out.set(sequence.bytes, size);
    size += sequence.bytes.length;
    at += sequence.size;
  }
  return { bytes: out.subarray(0, size), read: at };
}

/** Whether the bytes from a place on may be the begin of a sequence that goes on. */
function isBrokenOff(all: Uint8Array, at: number): boolean {
  const byte = all[at] as number;
  if (!STARTS.includes(byte)) return false;
  const isShort = byte !== PERCENT || all.length - at < 3;
  return isShort && sequenceAt(all, at) === undefined;
}

function sequenceAt(all: Uint8Array, at: number): Sequence | undefined {
  switch (all[at]) {
    case PERCENT:
      return byteOf(digits(all, at + 1, 2), 3);
    case BACKSLASH:
      return backslashAt(all, at);
    case AMPERSAND:
      return entityAt(all, at);
    default:
      return undefined;
  }
}

function backslashAt(all: Uint8Array, at: number): Sequence | undefined {
  const letter = String.fromCharCode(all[at + 1] ?? 0);
  if (letter === 'x') return byteOf(digits(all, at + 2, 2), 4);
  if (letter !== 'u') return byteOf(LETTERS.get(letter), 2);
  const unit = digits(all, at + 2, 4);
  if (unit === undefined || unit < 0xd800 || unit > 0xdbff) return characterOf(unit, 6);
  const isPair = all[at + 6] === BACKSLASH && all[at + 7] === 0x75;
  const low = isPair ? digits(all, at + 8, 4) : undefined;
  const isWhole = low !== undefined && low >= 0xdc00 && low <= 0xdfff;
  if (!isWhole) return characterOf(REPLACEMENT, 6);
  return characterOf((unit - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000, 12);
}

function entityAt(all: Uint8Array, at: number): Sequence | undefined {
  const end = all.subarray(at, at + LONGEST).indexOf(SEMICOLON);
  if (end < 0) return undefined;
  const name = Buffer.from(all.subarray(at + 1, at + end)).toString('latin1');
  const number = /^#(?:[xX]([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
  if (number === null) return characterOf(NAMES.get(name), end + 1);
  const [, hex, decimal] = number;
  return characterOf(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16), end + 1);
}

/** Hexadecimal digits from a place on; undefined unless there are so many. */
function digits(all: Uint8Array, at: number, count: number): number | undefined {
  let number = 0;
  for (let i = at; i < at + count; i += 1) {
    const digit = digitOf(all[i] ?? 0);
    if (digit === undefined) return undefined;
    number = number * 16 + digit;
  }
  return number;
}

function digitOf(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : undefined;
}

function byteOf(byte: number | undefined, size: number): Sequence | undefined {
  return byte === undefined ? undefined : { bytes: Uint8Array.of(byte), size };
}

function characterOf(code: number | undefined, size: number): Sequence | undefined {
  if (code === undefined || code > 0x10ffff || code < 0) return undefined;
  return { bytes: Buffer.from(String.fromCodePoint(code)), size };
}
