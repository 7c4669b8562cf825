/** The two clocks a host reads; a test gives its own. */
export interface Clock {
  /** Wall clock, nanoseconds since the epoch. */
  wallNs(): bigint;
  /** Monotonic clock of this process, nanoseconds from any start. */
  monotonicNs(): bigint;
}

/** The clocks of the machine. The wall clock has millisecond resolution. */
export const systemClock: Clock = {
  wallNs: () => BigInt(Date.now()) * 1_000_000n,
  monotonicNs: () => process.hrtime.bigint(),
};
