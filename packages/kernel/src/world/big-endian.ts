/** Numbers as bytes in numeric order: what tries of numbers are keyed by. */

const WORD = 0x1_0000_0000;

/** 8 bytes; a number is a safe one from 0. */
export function u64be(value: number | bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  if (typeof value === 'number') putLong(bytes, 0, value);
  else new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

/** 4 bytes. */
export function u32be(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  putWord(bytes, 0, value);
  return bytes;
}

/** The place of an entry in the journal: u64be(seq) ‖ u32be(i). */
export function placeKey({ seq, i }: { readonly seq: number; readonly i: number }): Uint8Array {
  const bytes = new Uint8Array(12);
  putLong(bytes, 0, seq);
  putWord(bytes, 8, i);
  return bytes;
}

function putLong(bytes: Uint8Array, at: number, value: number): void {
  putWord(bytes, at, Math.floor(value / WORD));
  putWord(bytes, at + 4, value);
}

/** The lowest 32 bits. */
function putWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
