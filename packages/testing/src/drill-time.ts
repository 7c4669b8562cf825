/** Time that passes as soon as somebody waits for it. */
import type { Clock, StartTimer } from '@aos/host';

const NS_PER_MS = 1_000_000n;

export class DrillTime implements Clock {
  #passedNs = 0n;

  wallNs(): bigint {
    return 10n ** 18n;
  }

  monotonicNs(): bigint {
    return this.#passedNs;
  }

  /** Fires in one of the next turns of the event loop, and has moved time as far by then. */
  readonly startTimer: StartTimer = (delayMs, fire) => {
    const atNs = this.#passedNs + BigInt(delayMs) * NS_PER_MS;
    const immediate = setImmediate(() => {
      if (atNs > this.#passedNs) this.#passedNs = atNs;
      fire();
    });
    return () => clearImmediate(immediate);
  };
}
