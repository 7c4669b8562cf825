/**
 * Ranges of addresses as grants write them: `10.0.0.0/8`, `fc00::/7` (RFC 4632, RFC 4291 §2.3).
 *
 * A range is exact: the bits behind its prefix are zero, so that nobody reads another range into it
 * than was meant.
 */
import { parseAddress6 } from './address6.js';
import { parseHost } from './host.js';
import { isWithin, wrappedAddress } from './private-address.js';

export interface AddressRange {
  /** 4 or 16 bytes. */
  readonly prefix: Uint8Array;
  readonly bits: number;
}

const BITS = /^(?:0|[1-9][0-9]{0,2})$/;

/** The range, or undefined for a text that is none. */
export function parseRange(text: string): AddressRange | undefined {
  const slash = text.lastIndexOf('/');
  const address = text.slice(0, slash);
  const bits = text.slice(slash + 1);
  const prefix = address.includes(':') ? parseAddress6(address) : parseHost(address)?.address;
  if (prefix === undefined || !BITS.test(bits)) return undefined;
  const range = { prefix, bits: Number(bits) };
  return range.bits <= 8 * prefix.length && isExact(range) ? range : undefined;
}

/** Whether an address lies in a range: itself, or the IPv4 address that it wraps. */
export function isInRange(address: Uint8Array, range: AddressRange): boolean {
  const { prefix, bits } = range;
  if (address.length === prefix.length) return isWithin(address, [prefix, bits]);
  const wrapped = wrappedAddress(address);
  return wrapped !== undefined && isInRange(wrapped, range);
}

function isExact({ prefix, bits }: AddressRange): boolean {
  return prefix.every((byte, i) => {
    const free = Math.min(8, Math.max(0, 8 * (i + 1) - bits));
    return (byte & ((1 << free) - 1)) === 0;
  });
}
