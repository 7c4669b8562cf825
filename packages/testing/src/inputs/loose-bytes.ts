/**
 * CBOR that says the same as the canonical bytes and is other bytes: what modules of other
 * languages and careless senders write. Heads take eight bytes, maps are in reverse order, nothing
 * is tagged.
 */
import { concatBytes, type Encodable, utf8 } from '@aos/canon';

const NAT = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const LIST = 4;
const MAP = 5;

export function looseBytes(value: Encodable): Uint8Array {
  if (value === null) return Uint8Array.of(0xf6);
  if (typeof value === 'boolean') return Uint8Array.of(value ? 0xf5 : 0xf4);
  if (typeof value === 'number' || typeof value === 'bigint') return integer(BigInt(value));
  if (typeof value === 'string') {
    const bytes = utf8(value);
    return concatBytes(head(TEXT, BigInt(bytes.length)), bytes);
  }
  if (value instanceof Uint8Array) return concatBytes(head(BYTES, BigInt(value.length)), value);
  if (Array.isArray(value)) {
    return concatBytes(head(LIST, BigInt(value.length)), ...value.map(looseBytes));
  }
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const parts = entries.reverse().flatMap(([key, item]) => [looseBytes(key), looseBytes(item)]);
  return concatBytes(head(MAP, BigInt(entries.length)), ...parts);
}

function integer(value: bigint): Uint8Array {
  return value < 0n ? head(NEGATIVE, -1n - value) : head(NAT, value);
}

/** Major type and argument in the longest form there is. */
function head(major: number, argument: bigint): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = (major << 5) | 27;
  new DataView(bytes.buffer).setBigUint64(1, argument);
  return bytes;
}
