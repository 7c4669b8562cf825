/**
 * Text between UTF-8 in linear memory and strings: strict both ways, quick for ASCII.
 *
 * Bytes that are not UTF-8 trap, and so does a string with half a surrogate pair.
 */

const HIGH_BITS: u64 = ((0x80808080 as u64) << 32) | 0x80808080;

/** The string that these UTF-8 bytes are. */
export function decodeText(at: usize, size: usize): string {
  if (!isAscii(at, size)) {
    if (!isUtf8(at, at + size)) unreachable();
    return String.UTF8.decodeUnsafe(at, size);
  }
  const text = changetype<usize>(__new(size << 1, idof<string>()));
  for (let i: usize = 0; i < size; i++) store<u16>(text + (i << 1), load<u8>(at + i));
  return changetype<string>(text);
}

function isAscii(at: usize, size: usize): bool {
  const end = at + size;
  for (; at + 8 <= end; at += 8) if ((load<u64>(at) & HIGH_BITS) !== 0) return false;
  for (; at < end; at++) if (load<u8>(at) >= 0x80) return false;
  return true;
}

/** RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
function isUtf8(at: usize, end: usize): bool {
  while (at < end) {
    const first: u32 = load<u8>(at++);
    if (first < 0x80) continue;
    if (first < 0xc2 || first > 0xf4 || at >= end) return false;
    const second: u32 = load<u8>(at++);
    if (second < lowestSecond(first) || second > highestSecond(first)) return false;
    for (let more = first < 0xe0 ? 0 : first < 0xf0 ? 1 : 2; more > 0; more--) {
      if (at >= end || (load<u8>(at++) & 0xc0) !== 0x80) return false;
    }
  }
  return true;
}

function lowestSecond(first: u32): u32 {
  return first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
}

function highestSecond(first: u32): u32 {
  return first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
}

export function isAsciiString(text: string): bool {
  const from = changetype<usize>(text);
  for (let i = 0; i < text.length; i++) {
    if (load<u16>(from + ((i as usize) << 1)) >= 0x80) return false;
  }
  return true;
}

/** The UTF-8 bytes of a string. */
export function encodeText(text: string): ArrayBuffer {
  return String.UTF8.encode(text, false, String.UTF8.ErrorMode.ERROR);
}

/** `sha256:` and 64 lower-case hex digits; anything else traps. */
export function checkHash(text: string): string {
  if (text.length !== 71 || !text.startsWith('sha256:')) unreachable();
  for (let i = 7; i < 71; i++) checkHexDigit(text.charCodeAt(i));
  return text;
}

/** Lower-case digits in groups of 8-4-4-4-12; anything else traps. */
export function checkUuid(text: string): string {
  if (text.length !== 36) unreachable();
  for (let i = 0; i < 36; i++) {
    const unit = text.charCodeAt(i);
    if (i !== 8 && i !== 13 && i !== 18 && i !== 23) checkHexDigit(unit);
    else if (unit !== 0x2d) unreachable();
  }
  return text;
}

function checkHexDigit(unit: i32): void {
  const isDigit = unit >= 0x30 && unit <= 0x39;
  if (!isDigit && (unit < 0x61 || unit > 0x66)) unreachable();
}
