/** Bytes for the keys of events and effects, which are compared as they are. */
import { encodeText } from './text';

/** The UTF-8 of a text. */
export function keyOfText(text: string): Uint8Array {
  return Uint8Array.wrap(encodeText(text));
}

/** A number as eight bytes, the highest first: keys in the order of their numbers. */
export function keyOfNat(value: u64): Uint8Array {
  const key = new Uint8Array(8);
  store<u64>(key.dataStart, bswap(value));
  return key;
}
