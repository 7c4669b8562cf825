/** When a world is due for a snapshot: whichever of these is reached first. */

export interface SnapshotPolicy {
  /** Records since the last one; replaying so many takes about half a second. */
  readonly records: number;
  /** Bytes of those records. */
  readonly bytes: number;
  /** Seconds since the last one, looked at when a record comes. */
  readonly seconds: number;
}

export const DEFAULT_SNAPSHOT_POLICY: SnapshotPolicy = {
  records: 50_000,
  bytes: 1 << 26,
  seconds: 3600,
};

/** What has come since the last snapshot. */
export class SnapshotMeter {
  #records = 0;
  #bytes = 0;
  #sinceNs: bigint;

  constructor(
    private readonly policy: SnapshotPolicy,
    private readonly nowNs: () => bigint,
  ) {
    this.#sinceNs = nowNs();
  }

  add(records: number, bytes: number): void {
    this.#records += records;
    this.#bytes += bytes;
  }

  get isDue(): boolean {
    if (this.#records === 0) return false;
    const { records, bytes, seconds } = this.policy;
    if (this.#records >= records || this.#bytes >= bytes) return true;
    return this.nowNs() - this.#sinceNs >= BigInt(Math.ceil(seconds)) * 1_000_000_000n;
  }

  reset(): void {
    this.#records = 0;
    this.#bytes = 0;
    this.#sinceNs = this.nowNs();
  }
}
