/**
 * What bytes may refer to: every hash that stands in them in a form that shapes, values and nodes
 * have. More may be found than is meant, and never less; whoever asks looks which of them is
 * stored.
 */
import { asHash, type Hash } from '@aos/canon';
import { objectLinks } from './object-links.js';

const HASH_BYTES = 32;
/** Head of a CBOR byte string of 32 bytes. */
const BYTES_HEAD = 0x58;
const BYTES_SIZE = 0x20;
const TEXT = [...'sha256:'].map((letter) => letter.charCodeAt(0));

/** Told of 32 bytes that are a hash: where they begin in which bytes. */
type SeeReference = (bytes: Uint8Array, at: number) => void;

/**
 * Every hash in CBOR as a byte string of 32 bytes or as text `sha256:…`, also within byte strings;
 * and the links of objects that have a form of their own.
 */
export function referencesIn(bytes: Uint8Array): Hash[] {
  const found: Hash[] = [];
  eachReference(bytes, (where, at) => found.push(asHash(where.slice(at, at + HASH_BYTES))));
  return found;
}

/** The same without a copy of each: many bytes hold hashes that are of no object. */
export function eachReference(bytes: Uint8Array, see: SeeReference): void {
  for (const link of objectLinks(bytes)) see(link, 0);
  for (let at = bytes.indexOf(BYTES_HEAD); at >= 0; at = bytes.indexOf(BYTES_HEAD, at + 1)) {
    const end = at + 2 + HASH_BYTES;
    if (bytes[at + 1] === BYTES_SIZE && end <= bytes.length) see(bytes, at + 2);
  }
  const first = TEXT[0] as number;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    const hash = textHashAt(bytes, at);
    if (hash !== undefined) see(hash, 0);
  }
}

function textHashAt(bytes: Uint8Array, at: number): Hash | undefined {
  if (at + TEXT.length + 2 * HASH_BYTES > bytes.length) return undefined;
  if (TEXT.some((code, i) => bytes[at + i] !== code)) return undefined;
  const hash = new Uint8Array(HASH_BYTES);
  for (let i = 0; i < HASH_BYTES; i++) {
    const from = at + TEXT.length + 2 * i;
    const high = digitOf(bytes[from]);
    const low = digitOf(bytes[from + 1]);
    if (high < 0 || low < 0) return undefined;
    hash[i] = high * 16 + low;
  }
  return asHash(hash);
}

/** Of a lower-case hex digit, −1 for anything else. */
function digitOf(code: number | undefined): number {
  if (code === undefined) return -1;
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x61 + 10 : -1;
}
