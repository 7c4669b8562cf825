/**
 * What to look for to find a secret: its bytes, and the forms in which programs write bytes into
 * text. Forms that escape single characters are undone instead, see {@link Unescaper}.
 *
 * | form | as |
 * |---|---|
 * | itself | bytes; blanks as `+`, as forms of HTML do; without blanks and line ends |
 * | hexadecimal | lower and upper case; also with `:`, `-` or `,0x` between bytes |
 * | base64 | both alphabets, at each of the three places where it can begin |
 * | UTF-16 | either order of bytes |
 * | numbers | decimal, with a comma between them, as arrays of bytes are printed, or blanks |
 */
/** Longer values are looked for by pieces: what shows a piece shows enough. */
const WHOLE_BYTES = 128;
const PIECE_BYTES = 32;
const MAX_PIECES = 8;
/** A piece of fewer different bytes is no secret, as a run of zeros is none. */
const DISTINCT_BYTES = 8;
/** Stands in the lines around a key, which everybody knows. */
const DIVIDER = '-----';
/** Shorter parts could be there by chance. */
const MIN_PART_BYTES = 8;

/** Everything that shows a value, shortest forms not below what chance can bring about. */
export function needlesOf(value: Uint8Array): readonly Uint8Array[] {
  return partsOf(value).flatMap(piecesOf).flatMap(formsOf);
}

/**
 * The value; of credentials (RFC 9110 §11.4) what stands behind their scheme, and of those of
 * `Basic` the password, if they are long enough to be found by themselves: then what stands before
 * them, which everybody knows, is not the begin of a showing.
 */
function partsOf(value: Uint8Array): readonly Uint8Array[] {
  const credentials = /^([A-Za-z][A-Za-z0-9-]*) +([^ ]+)$/.exec(latin1(value));
  if (credentials === null) return [value];
  const [, scheme = '', text = ''] = credentials;
  const token = Buffer.from(text, 'latin1');
  const tokens = token.length < MIN_PART_BYTES ? [value] : [token];
  if (scheme.toLowerCase() !== 'basic') return tokens;
  const pair = Buffer.from(text, 'base64');
  const password = pair.subarray(pair.indexOf(':') + 1);
  const parts = [...tokens, password.length < MIN_PART_BYTES ? pair : password];
  return parts.filter(({ length }) => length >= MIN_PART_BYTES);
}

/** However long a value is, no more than this is made of it: pieces that tell it from others. */
function piecesOf(part: Uint8Array): readonly Uint8Array[] {
  if (part.length <= WHOLE_BYTES) return [part];
  const apart = Math.max(PIECE_BYTES, Math.floor(part.length / MAX_PIECES));
  const pieces: Uint8Array[] = [];
  for (let at = 0; at + PIECE_BYTES <= part.length; at += apart) {
    const piece = part.subarray(at, at + PIECE_BYTES);
    if (isTelling(piece)) pieces.push(piece);
  }
  return pieces.length === 0 ? [part.subarray(0, WHOLE_BYTES)] : pieces;
}

function isTelling(piece: Uint8Array): boolean {
  return new Set(piece).size >= DISTINCT_BYTES && !latin1(piece).includes(DIVIDER);
}

function formsOf(piece: Uint8Array): readonly Uint8Array[] {
  const hex = Buffer.from(piece).toString('hex');
  const parted = [':', '-', ',0x'].map((between) => hex.replace(/..(?!$)/g, `$&${between}`));
  const numbers = [[...piece].join(','), [...piece].join('')];
  const texts = [hex, ...parted].flatMap((each) => [each, each.toUpperCase().replaceAll('X', 'x')]);
  texts.push(...numbers);
  for (const alphabet of ['base64', 'base64url'] as const) {
    for (const before of [0, 1, 2]) texts.push(base64At(piece, before, alphabet));
  }
  const plus = latin1(piece).replaceAll(' ', '+');
  const squeezed = latin1(piece).replaceAll(/[ \t-\r]/g, '');
  if (squeezed.length >= MIN_PART_BYTES) texts.push(squeezed);
  const forms = [piece, Buffer.from(plus, 'latin1'), wide(piece), ...texts.map(latin1Bytes)];
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

function latin1Bytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
