/** Integers in the arguments of verbs. */

/** An integer as decoding gives it: a number when it is a safe one. */
export function integerOf(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}
