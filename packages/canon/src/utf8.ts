/**
 * UTF-8 in both directions, strict: no overlong forms, no surrogates, nothing beyond U+10FFFF
 * (RFC 3629 §4). No replacement characters: text either has bytes or is refused.
 */

import * as platform from '#platform';

/** Above this, appending makes ropes that are slow to use as map keys. */
const SHORT_BYTES = 12;

/** Size of the text in UTF-8, or -1 if it has a lone surrogate. */
export function utf8SizeBytes(text: string): number {
  let size = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    size += unit < 0x800 ? 1 : 2;
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const next = text.charCodeAt(i + 1);
    if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return -1;
    i++;
  }
  return size;
}

/** Writes well-formed text of known size; the target has room for it. Returns the end position. */
export function writeUtf8(text: string, target: Uint8Array, start: number): number {
  let at = start;
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      target[at++] = code;
      continue;
    }
    if (code < 0x800) {
      target[at++] = 0xc0 | (code >> 6);
    } else {
      if (code >= 0xd800 && code <= 0xdfff) {
        code = 0x10000 + ((code & 0x3ff) << 10) + (text.charCodeAt(++i) & 0x3ff);
        target[at++] = 0xf0 | (code >> 18);
        target[at++] = 0x80 | ((code >> 12) & 0x3f);
      } else {
        target[at++] = 0xe0 | (code >> 12);
      }
      target[at++] = 0x80 | ((code >> 6) & 0x3f);
    }
    target[at++] = 0x80 | (code & 0x3f);
  }
  return at;
}

/** Text of `bytes[start, end)`, or undefined when they are not UTF-8. */
export function readUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start <= SHORT_BYTES) return readShort(bytes, start, end);
  for (let at = start; at < end; at++) {
    if ((bytes[at] as number) >= 0x80) return platform.readUtf8(bytes, start, end);
  }
  return platform.readAscii(bytes, start, end);
}

/** In steps of four: for keys and other short texts faster than a native call. */
function readShort(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = '';
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const a = bytes[at] as number;
    const b = bytes[at + 1] as number;
    const c = bytes[at + 2] as number;
    const d = bytes[at + 3] as number;
    if ((a | b | c | d) >= 0x80) return platform.readUtf8(bytes, start, end);
    text += String.fromCharCode(a, b, c, d);
  }
  for (; at < end; at++) {
    const unit = bytes[at] as number;
    if (unit >= 0x80) return platform.readUtf8(bytes, start, end);
    text += String.fromCharCode(unit);
  }
  return text;
}
