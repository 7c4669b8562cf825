/**
 * The clocks of a simulated machine. Monotonic time belongs to a process and only goes on; wall
 * time belongs to the machine and is set forwards and backwards.
 */
import type { Clock, StartTimer } from '@aos/host';

const NS_PER_MS = 1_000_000n;

interface Timer {
  readonly atNs: bigint;
  readonly fire: () => void;
}

/** Wall time over the lives of a machine. */
export interface WallTime {
  nowNs: bigint;
}

export class SimClock implements Clock {
  #monotonicNs: bigint;
  readonly #timers = new Set<Timer>();

  constructor(
    private readonly wall: WallTime,
    startNs: bigint,
  ) {
    this.#monotonicNs = startNs;
  }

  wallNs(): bigint {
    return this.wall.nowNs;
  }

  monotonicNs(): bigint {
    return this.#monotonicNs;
  }

  get hasTimers(): boolean {
    return this.#timers.size > 0;
  }

  pass(ns: bigint): void {
    this.#monotonicNs += ns;
    this.wall.nowNs += ns;
  }

  /** Somebody sets the clock on the wall. */
  jump(ns: bigint): void {
    this.wall.nowNs += ns;
  }

  readonly startTimer: StartTimer = (delayMs, fire) => {
    const timer = { atNs: this.#monotonicNs + BigInt(delayMs) * NS_PER_MS, fire };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  /** Time passes until the earliest timer is due, and it fires. */
  fireNext(): void {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (next === undefined || timer.atNs < next.atNs) next = timer;
    }
    if (next === undefined) return;
    this.#timers.delete(next);
    if (next.atNs > this.#monotonicNs) this.pass(next.atNs - this.#monotonicNs);
    next.fire();
  }
}
