/**
 * What to look for to find a secret: its bytes, and the forms in which programs write bytes into
 * text. Forms that escape single characters are undone instead, see {@link Unescaper}.
 *
 * | form | as |
 * |---|---|
 * | itself | bytes; blanks as `+`, as forms of HTML do |
 * | hexadecimal | lower and upper case, also with a colon between bytes |
 * | base64 | both alphabets, at each of the three places where it can begin |
 * | UTF-16 | either order of bytes |
 * | numbers | decimal, with a comma between them, as arrays of bytes are printed |
 */
import { utf8 } from '@aos/canon';

/** Longer values are looked for by pieces: what shows a piece shows enough. */
const WHOLE_BYTES = 128;
const PIECE_BYTES = 32;
const MAX_PIECES = 8;
/** A piece of fewer different bytes is no secret: a dividing line, or the words around a key. */
const DISTINCT_BYTES = 16;
/** Shorter parts could be there by chance. */
const MIN_PART_BYTES = 8;

/** Everything that shows a value, shortest forms not below what chance can bring about. */
export function needlesOf(value: Uint8Array): readonly Uint8Array[] {
  return partsOf(value).flatMap(piecesOf).flatMap(formsOf);
}

/**
 * The value, and of credentials (RFC 9110 §11.4) what stands behind their scheme; of those of
 * `Basic` also the password.
 */
function partsOf(value: Uint8Array): readonly Uint8Array[] {
  const credentials = /^([A-Za-z][A-Za-z0-9-]*) +([^ ]+)$/.exec(latin1(value));
  if (credentials === null) return [value];
  const [, scheme = '', token = ''] = credentials;
  const parts = [value, Buffer.from(token, 'latin1')];
  if (scheme.toLowerCase() === 'basic') {
    const pair = Buffer.from(token, 'base64');
    parts.push(pair, pair.subarray(pair.indexOf(':') + 1));
  }
  return parts.filter(({ length }) => length >= MIN_PART_BYTES);
}

function piecesOf(part: Uint8Array): readonly Uint8Array[] {
  if (part.length <= WHOLE_BYTES) return [part];
  const apart = Math.max(PIECE_BYTES, Math.floor(part.length / MAX_PIECES));
  const pieces: Uint8Array[] = [];
  for (let at = 0; at + PIECE_BYTES <= part.length; at += apart) {
    const piece = part.subarray(at, at + PIECE_BYTES);
    if (new Set(piece).size >= DISTINCT_BYTES) pieces.push(piece);
  }
  return pieces.length === 0 ? [part] : pieces;
}

function formsOf(piece: Uint8Array): readonly Uint8Array[] {
  const hex = Buffer.from(piece).toString('hex');
  const colons = hex.replace(/..(?!$)/g, '$&:');
  const texts = [hex, hex.toUpperCase(), colons, colons.toUpperCase(), [...piece].join(',')];
  for (const alphabet of ['base64', 'base64url'] as const) {
    for (const before of [0, 1, 2]) texts.push(base64At(piece, before, alphabet));
  }
  const blanks = latin1(piece).replaceAll(' ', '+');
  const forms = [piece, Buffer.from(blanks, 'latin1'), wide(piece), ...texts.map(utf8)];
  const distinct = new Map(forms.map((form) => [latin1(form), form]));
  return [...distinct.values()];
}

/** The digits that say nothing but the piece, with so many bytes of something else before it. */
function base64At(piece: Uint8Array, before: number, alphabet: 'base64' | 'base64url'): string {
  const text = Buffer.concat([new Uint8Array(before), piece]).toString(alphabet);
  const from = Math.ceil((before * 8) / 6);
  return text.slice(from, Math.floor(((before + piece.length) * 8) / 6));
}

/** A zero between the bytes, none at the ends: so it is the same in either order. */
function wide(piece: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(piece.length * 2 - 1);
  for (const [i, byte] of piece.entries()) bytes[i * 2] = byte;
  return bytes;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
