/** The platform on Node: the same answers as the portable one, from native code. */

import { Buffer, isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';

export function sha256(bytes: Uint8Array): Uint8Array {
  return fromLatin1(hash('sha256', bytes, 'binary'));
}

export function sha512(bytes: Uint8Array): Uint8Array {
  return fromLatin1(hash('sha512', bytes, 'binary'));
}

/** Of byte strings of one length. */
export function hasSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Text of bytes that are known to be ASCII. */
export function readAscii(bytes: Uint8Array, start: number, end: number): string {
  return native.latin1Slice.call(bytes, start, end);
}

/** Text of UTF-8, or undefined when it is not. */
export function readUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  const part = new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
  return isUtf8(part) ? native.utf8Slice.call(bytes, start, end) : undefined;
}

export function toHex(bytes: Uint8Array): string {
  return native.hexSlice.call(bytes, 0, bytes.length);
}

/** Digests come as text, because a fresh native buffer costs more than the digest itself. */
function fromLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

type Slice = (this: Uint8Array, start: number, end: number) => string;

/** They work on any Uint8Array, and without wrapping it; the types know neither. */
const native = Buffer.prototype as unknown as {
  readonly latin1Slice: Slice;
  readonly utf8Slice: Slice;
  readonly hexSlice: Slice;
};
