/**
 * Stamps: where time and entropy enter a world, and the only place (system.md §2.1).
 *
 * H1 Logical time follows the monotonic clock, gains what the wall clock gained while the world was
 *    closed, and never goes back.
 */
import { randomFillSync } from 'node:crypto';
import { STAMP_ENTROPY_BYTES, type Stamp } from '@aos/protocol';
import { type Clock, readWallNs } from './clock.js';

/** Fills the given bytes with randomness. */
export type FillEntropy = (bytes: Uint8Array) => void;

/** Fills from the operating system. */
export const systemEntropy: FillEntropy = (bytes) => {
  randomFillSync(bytes);
};

/** Where a world stood when it was closed: its logical time and the wall time of its last stamp. */
export interface StampOrigin {
  readonly logicalNowNs: bigint;
  readonly wallNs: bigint;
}

/** Stamps drawn from one refill of the entropy pool: a system call costs more than 32 bytes. */
const POOL_STAMPS = 256;

export class Stamper {
  readonly #logicalBaseNs: bigint;
  readonly #monotonicBaseNs: bigint;
  readonly #pool = new Uint8Array(POOL_STAMPS * STAMP_ENTROPY_BYTES);
  #poolAt = this.#pool.length;

  constructor(
    origin: StampOrigin,
    private readonly clock: Clock,
    private readonly fillEntropy: FillEntropy,
  ) {
    const awayNs = readWallNs(clock) - origin.wallNs;
    this.#logicalBaseNs = origin.logicalNowNs + (awayNs > 0n ? awayNs : 0n);
    this.#monotonicBaseNs = clock.monotonicNs();
  }

  /** Logical time of this moment. */
  logicalNowNs(): bigint {
    return this.#logicalBaseNs + this.clock.monotonicNs() - this.#monotonicBaseNs;
  }

  next(): Stamp {
    return {
      nowNs: readWallNs(this.clock),
      logicalNowNs: this.logicalNowNs(),
      entropy: this.#entropy(),
    };
  }

  #entropy(): Uint8Array {
    if (this.#poolAt === this.#pool.length) {
      this.fillEntropy(this.#pool);
      this.#poolAt = 0;
    }
    const start = this.#poolAt;
    this.#poolAt += STAMP_ENTROPY_BYTES;
    return this.#pool.slice(start, this.#poolAt);
  }
}
