/** Numbers as bytes in numeric order: what tries of numbers are keyed by. */
import { concatBytes } from '@aos/canon';

/** 8 bytes. */
export function u64be(value: number | bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/** 4 bytes. */
export function u32be(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** The place of an entry in the journal: u64be(seq) ‖ u32be(i). */
export function placeKey({ seq, i }: { readonly seq: number; readonly i: number }): Uint8Array {
  return concatBytes(u64be(seq), u32be(i));
}
