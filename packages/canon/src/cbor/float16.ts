/** IEEE 754 binary16, which the language has no view for: exact conversions by bits. */

/**
 * Half-precision bits of a single-precision number given by its bits, or -1 when half cannot hold
 * it exactly. NaN is not a number here: the caller has handled it.
 */
export function halfBitsOfSingleBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 0xff) return fraction === 0 ? sign | 0x7c00 : -1;
  if (exponent >= 113 && exponent <= 142) {
    if ((fraction & 0x1fff) !== 0) return -1;
    return sign | ((exponent - 112) << 10) | (fraction >>> 13);
  }
  if (exponent >= 103 && exponent <= 112) return subnormalHalfBits(sign, exponent, fraction);
  return exponent === 0 && fraction === 0 ? sign : -1;
}

/** A normal single below 2^-14 is a half subnormal when the bits shifted out are zero. */
function subnormalHalfBits(sign: number, exponent: number, fraction: number): number {
  const significand = fraction | 0x800000;
  const shift = 126 - exponent;
  if ((significand & ((1 << shift) - 1)) !== 0) return -1;
  return sign | (significand >>> shift);
}

/** The number that half-precision bits stand for. */
export function numberOfHalfBits(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
