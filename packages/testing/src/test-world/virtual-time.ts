/** Time that moves only when it is told to, and the timers that wait for it. */
import type { Clock, StartTimer } from '@aos/host';

const NS_PER_MS = 1_000_000n;

interface Timer {
  readonly atNs: bigint;
  readonly fire: () => void;
}

export class VirtualTime implements Clock {
  /** A set keeps the order in which they were started. */
  readonly #timers = new Set<Timer>();
  #passedNs = 0n;

  constructor(private readonly startWallNs: bigint) {}

  wallNs(): bigint {
    return this.startWallNs + this.#passedNs;
  }

  monotonicNs(): bigint {
    return this.#passedNs;
  }

  readonly startTimer: StartTimer = (delayMs, fire) => {
    const timer = { atNs: this.#passedNs + BigInt(Math.max(0, delayMs)) * NS_PER_MS, fire };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  /** When the next timer is due; undefined when there is none. */
  get nextNs(): bigint | undefined {
    return this.#next?.atNs;
  }

  get #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (next === undefined || timer.atNs < next.atNs) next = timer;
    }
    return next;
  }

  /** Goes on; time does not go back. Nothing fires yet. */
  moveTo(passedNs: bigint): void {
    if (passedNs > this.#passedNs) this.#passedNs = passedNs;
  }

  /** Goes on by so much, and fires what is due then. */
  pass(ns: bigint): void {
    this.moveTo(this.#passedNs + ns);
    this.fireDue();
  }

  /** Fires what is due now, in order; false when nothing was. That may start what is due too. */
  fireDue(): boolean {
    let hasFired = false;
    const due = [...this.#timers].filter(({ atNs }) => atNs <= this.#passedNs);
    for (const timer of due.sort((a, b) => Number(a.atNs - b.atNs))) {
      // one that fired before may have called it off
      if (!this.#timers.delete(timer)) continue;
      hasFired = true;
      timer.fire();
    }
    return hasFired;
  }
}
