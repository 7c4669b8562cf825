/**
 * CBOR at the level of bytes: heads, skipping and copying, over linear memory.
 *
 * 1. Nothing here allocates for the reader: positions are addresses inside the input.
 * 2. Every length is compared with the end of the input before it is used.
 * 3. Malformed input traps; there is no way to report it and no way to go on.
 */

export const NAT: u8 = 0;
export const NEGATIVE: u8 = 1;
export const BYTES: u8 = 2;
export const TEXT: u8 = 3;
export const LIST: u8 = 4;
export const MAP: u8 = 5;

export const FALSE: u8 = 0xf4;
export const TRUE: u8 = 0xf5;
export const NIL: u8 = 0xf6;

/** Deepest nesting accepted, the same number as the host's codec. */
const MAX_DEPTH: i32 = 128;

/** The self-describe tag 55799 that canonical bytes begin with. */
export const TAG_SIZE: usize = 3;

/** Position after a self-describe tag at `at`, or `at` when none is there. */
export function skipTag(at: usize, end: usize): usize {
  if (end - at < TAG_SIZE || load<u8>(at) !== 0xd9 || load<u8>(at, 1) !== 0xd9) return at;
  return load<u8>(at, 2) === 0xf7 ? at + TAG_SIZE : at;
}

export function writeTag(at: usize): usize {
  store<u8>(at, 0xd9);
  store<u8>(at, 0xd9, 1);
  store<u8>(at, 0xf7, 2);
  return at + TAG_SIZE;
}

export function majorOf(at: usize): u8 {
  return load<u8>(at) >> 5;
}

/** Bytes of the head at `at`, without its content. Reserved and indefinite forms trap. */
export function headSize(at: usize, end: usize): usize {
  if (at >= end) unreachable();
  const info = load<u8>(at) & 31;
  if (info > 27) unreachable();
  const size: usize = info < 24 ? 1 : 1 + (1 << (info - 24));
  if (end - at < size) unreachable();
  return size;
}

/** The number in a head that {@link headSize} has accepted. */
export function headArgument(at: usize): u64 {
  const info = load<u8>(at) & 31;
  if (info < 24) return info;
  if (info === 24) return load<u8>(at, 1);
  if (info === 25) return bswap(load<u16>(at, 1));
  if (info === 26) return bswap(load<u32>(at, 1));
  return bswap(load<u64>(at, 1));
}

/** Position after the whole item at `at`. */
export function skipItem(at: usize, end: usize, depth: i32 = 0): usize {
  if (depth > MAX_DEPTH) unreachable();
  let next = at + headSize(at, end);
  const major = majorOf(at);
  if (major <= NEGATIVE) return next;
  if (major > MAP) return skipSimple(at, next);
  const count = headArgument(at);
  if (count > ((end - next) as u64)) unreachable();
  if (major <= TEXT) return next + (count as usize);
  const items = major === MAP ? count * 2 : count;
  for (let i: u64 = 0; i < items; i++) next = skipItem(next, end, depth + 1);
  return next;
}

/** False, true, null and floats are values; tags, undefined and other simple values are not. */
function skipSimple(at: usize, next: usize): usize {
  const first = load<u8>(at);
  const accepted = first === FALSE || first === TRUE || first === NIL;
  if (!accepted && (first < 0xf9 || first > 0xfb)) unreachable();
  return next;
}

/** Bytes that the shortest head with `argument` takes. */
export function shortestHeadSize(argument: u64): usize {
  if (argument < 24) return 1;
  if (argument <= 0xff) return 2;
  if (argument <= 0xffff) return 3;
  return argument <= 0xffffffff ? 5 : 9;
}

/** Writes the shortest head and returns the position after it. */
export function writeHead(at: usize, major: u8, argument: u64): usize {
  const first = major << 5;
  const size = shortestHeadSize(argument);
  if (size === 1) {
    store<u8>(at, first | (argument as u8));
  } else if (size === 2) {
    store<u8>(at, first | 24);
    store<u8>(at, argument as u8, 1);
  } else if (size === 3) {
    store<u8>(at, first | 25);
    store<u16>(at, bswap(argument as u16), 1);
  } else if (size === 5) {
    store<u8>(at, first | 26);
    store<u32>(at, bswap(argument as u32), 1);
  } else {
    store<u8>(at, first | 27);
    store<u64>(at, bswap(argument), 1);
  }
  return at + size;
}

/** Order of two byte strings: by byte, a prefix first. */
export function compareBytes(a: usize, aSize: usize, b: usize, bSize: usize): i32 {
  const order = memory.compare(a, b, min(aSize, bSize));
  if (order !== 0) return order;
  return aSize < bSize ? -1 : aSize > bSize ? 1 : 0;
}
