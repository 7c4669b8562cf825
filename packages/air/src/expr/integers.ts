/** Exact integers as values hold them: `number` when safe, `bigint` beyond. */

export interface Range {
  readonly least: bigint;
  readonly most: bigint;
}

/** Of `int`, `time` and `duration`. */
export const INT_RANGE: Range = { least: -(2n ** 63n), most: 2n ** 63n - 1n };
export const NAT_RANGE: Range = { least: 0n, most: 2n ** 64n - 1n };

export type Integer = number | bigint;

/** The one representation of an integer, so that equal integers are identical. */
export function toInteger(exact: bigint): Integer {
  const near = Number(exact);
  return Number.isSafeInteger(near) ? near : exact;
}

export function isWithin(integer: Integer, { least, most }: Range): boolean {
  return integer >= least && integer <= most;
}
