/** The two clocks a host reads; a test gives its own. */
export interface Clock {
  /** Wall clock, nanoseconds since the epoch. */
  wallNs(): bigint;
  /** Monotonic clock of this process, nanoseconds from any start. */
  monotonicNs(): bigint;
}

const MAX_U64 = 2n ** 64n - 1n;

/** The wall time as genesis and stamps can hold it: a clock outside 64 bits reads as their end. */
export function readWallNs(clock: Clock): bigint {
  const wallNs = clock.wallNs();
  if (wallNs < 0n) return 0n;
  return wallNs > MAX_U64 ? MAX_U64 : wallNs;
}

/** The clocks of the machine. The wall clock has millisecond resolution. */
export const systemClock: Clock = {
  wallNs: () => BigInt(Date.now()) * 1_000_000n,
  monotonicNs: () => process.hrtime.bigint(),
};
