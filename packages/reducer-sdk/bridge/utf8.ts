/** Well-formed UTF-8: shortest forms, no surrogates, nothing beyond U+10FFFF. */

const HIGH_BITS: u64 = 0x8080808080808080;

/** Ends the call unless these bytes are UTF-8. */
export function assertUtf8(start: usize, size: usize): void {
  const end = start + size;
  let at = start;
  while (at < end) {
    if (end - at >= 8 && (load<u64>(at) & HIGH_BITS) === 0) at += 8;
    else at = afterCharacter(at, end);
  }
}

function afterCharacter(at: usize, end: usize): usize {
  const first = load<u8>(at);
  if (first < 0x80) return at + 1;
  const size: usize = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (size === 0 || end - at < size) unreachable();
  const second = load<u8>(at, 1);
  if (!isSecond(first, second)) unreachable();
  if (size > 2 && load<u8>(at, 2) >> 6 !== 2) unreachable();
  if (size > 3 && load<u8>(at, 3) >> 6 !== 2) unreachable();
  return at + size;
}

/** The second byte tells long forms, surrogates and too large numbers. */
function isSecond(first: u8, second: u8): bool {
  if (first === 0xe0) return second >= 0xa0 && second <= 0xbf;
  if (first === 0xed) return second >= 0x80 && second <= 0x9f;
  if (first === 0xf0) return second >= 0x90 && second <= 0xbf;
  if (first === 0xf4) return second >= 0x80 && second <= 0x8f;
  return second >> 6 === 2;
}
