/** Byte strings: comparison, text forms, UTF-8. */

import * as platform from '#platform';
import { ok, RefusalError, type Result, refuse } from './result.js';
import { readUtf8, utf8SizeBytes, writeUtf8 } from './utf8.js';

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  return platform.toHex(bytes);
}

/** Takes both cases. Code: `hex-syntax`. */
export function fromHex(text: string): Result<Uint8Array> {
  if (text.length % 2 !== 0) return refuse('hex-syntax', '', 'an odd number of digits');
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < text.length; i++) {
    const digit = hexDigit(text.charCodeAt(i));
    if (digit < 0) return refuse('hex-syntax', `@${i}`, 'not a hexadecimal digit');
    const byte = i >> 1;
    bytes[byte] = ((bytes[byte] as number) << 4) | digit;
  }
  return ok(bytes);
}

function hexDigit(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Up to here a loop is faster than a call into the platform: hashes above all. */
const SHORT_BYTES = 64;

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  if (a.length > SHORT_BYTES) return platform.hasSameBytes(a, b);
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Bytewise order, a prefix first: negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return joinBytes(parts);
}

/** {@link concatBytes} for more parts than a call can have arguments. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += part.length;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** UTF-8 of the text. Throws RefusalError `lone-surrogate`. */
export function utf8(text: string): Uint8Array {
  const size = utf8SizeBytes(text);
  if (size < 0) {
    throw new RefusalError({ code: 'lone-surrogate', at: '', detail: 'text is not well-formed' });
  }
  const bytes = new Uint8Array(size);
  writeUtf8(text, bytes, 0);
  return bytes;
}

/** Strict: no replacement characters, a byte order mark is kept. Code: `cbor-utf8`. */
export function decodeUtf8(bytes: Uint8Array): Result<string> {
  const text = readUtf8(bytes, 0, bytes.length);
  return text === undefined ? refuse('cbor-utf8', '', 'not UTF-8') : ok(text);
}

/** RFC 4648 §4, padded. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const group = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += BASE64.charAt(group >> 18) + BASE64.charAt((group >> 12) & 63);
    text += left > 1 ? BASE64.charAt((group >> 6) & 63) : '=';
    text += left > 2 ? BASE64.charAt(group & 63) : '=';
  }
  return text;
}

/** The one padded form of RFC 4648 §4: unused bits are zero. Code: `base64-syntax`. */
export function fromBase64(text: string): Result<Uint8Array> {
  if (text.length % 4 !== 0) return refuse('base64-syntax', '', 'length is not a multiple of 4');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let pending = 0;
  let pendingBits = 0;
  let at = 0;
  for (let i = 0; i < text.length - padding; i++) {
    const digit = base64Digit(text.charCodeAt(i));
    if (digit < 0) return refuse('base64-syntax', `@${i}`, 'not a base64 character');
    pending = ((pending << 6) | digit) & 0xfff;
    pendingBits += 6;
    if (pendingBits < 8) continue;
    pendingBits -= 8;
    bytes[at++] = pending >> pendingBits;
  }
  const unused = pending & ((1 << pendingBits) - 1);
  return unused === 0 ? ok(bytes) : refuse('base64-syntax', '', 'unused bits are not zero');
}

function base64Digit(unit: number): number {
  if (unit >= 0x41 && unit <= 0x5a) return unit - 0x41;
  if (unit >= 0x61 && unit <= 0x7a) return unit - 0x47;
  if (unit >= 0x30 && unit <= 0x39) return unit + 4;
  if (unit === 0x2b) return 62;
  return unit === 0x2f ? 63 : -1;
}
