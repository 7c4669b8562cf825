/**
 * Addresses that are not of the public internet: private, local, shared, reserved, for
 * documentation or for many at once (the special-purpose registries of IANA, RFC 6890).
 *
 * An address that wraps an IPv4 address is as private as that one. Of the others only what is
 * known to be public is public.
 */

type Range = readonly [prefix: ArrayLike<number>, bits: number];

const PRIVATE4: readonly Range[] = [
  [[0], 8],
  [[10], 8],
  [[100, 64], 10],
  [[127], 8],
  [[169, 254], 16],
  [[172, 16], 12],
  [[192, 0, 0], 24],
  [[192, 0, 2], 24],
  [[192, 88, 99], 24],
  [[192, 168], 16],
  [[198, 18], 15],
  [[198, 51, 100], 24],
  [[203, 0, 113], 24],
  [[224], 3],
];

/** 2000::/3 holds all public addresses; these parts of it are not. */
const PUBLIC6: Range = [[0x20], 3];
const PRIVATE6: readonly Range[] = [
  [[0x20, 0x01, 0x00], 23],
  [[0x20, 0x01, 0x0d, 0xb8], 32],
  [[0x3f, 0xff, 0x00], 20],
];

/** Prefixes before an IPv4 address, and where that stands: mapped, translated, 6to4. */
const WRAPPERS: readonly (readonly [Range, number])[] = [
  [[[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff], 96], 12],
  [[[0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0], 96], 12],
  [[[0x20, 0x02], 16], 2],
];

/** Whether an address of 4 or 16 bytes is anything but public; other lengths are private. */
export function isPrivateAddress(address: Uint8Array): boolean {
  if (address.length === 4) return PRIVATE4.some((range) => isWithin(address, range));
  if (address.length !== 16) return true;
  const wrapped = wrappedAddress(address);
  if (wrapped !== undefined) return isPrivateAddress(wrapped);
  return !isWithin(address, PUBLIC6) || PRIVATE6.some((range) => isWithin(address, range));
}

/** The IPv4 address that one of 16 bytes wraps. */
export function wrappedAddress(address: Uint8Array): Uint8Array | undefined {
  if (address.length !== 16) return undefined;
  const wrapper = WRAPPERS.find(([range]) => isWithin(address, range));
  return wrapper && address.subarray(wrapper[1], wrapper[1] + 4);
}

/** Whether an address begins with the bits of a prefix. */
export function isWithin(address: Uint8Array, [prefix, bits]: Range): boolean {
  for (let i = 0; 8 * i < bits; i++) {
    const mask = 0xff & (0xff00 >> Math.min(8, bits - 8 * i));
    if (((address[i] as number) & mask) !== ((prefix[i] as number) & mask)) return false;
  }
  return true;
}
