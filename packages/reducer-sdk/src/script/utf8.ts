/** Text and bytes. There is no TextEncoder in a script; these are the language's own functions. */
import { mismatch } from './shape.js';

/** A byte of `%C3` or a plain letter, as `encodeURIComponent` writes them. */
const BYTE = /%([0-9A-F]{2})|./g;

/** The text as UTF-8. Half a surrogate pair ends the call. */
export function encodeText(text: string): Uint8Array {
  const escaped = encodeURIComponent(text);
  const bytes: number[] = [];
  for (const [letter, hex] of escaped.matchAll(BYTE)) {
    bytes.push(hex === undefined ? letter.charCodeAt(0) : Number.parseInt(hex, 16));
  }
  return Uint8Array.from(bytes);
}

/** The text that these bytes are UTF-8 of; anything else ends the call. */
export function decodeText(bytes: Uint8Array): string {
  let escaped = '';
  for (const byte of bytes) escaped += `%${byte.toString(16).padStart(2, '0')}`;
  try {
    return decodeURIComponent(escaped);
  } catch {
    return mismatch('UTF-8', bytes);
  }
}
