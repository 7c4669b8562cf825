/** The clock that adapters see: logical time of one world, and calls when it has come. */
import type { EffectClock } from '@aos/protocol';
import { type Clock, readWallNs } from '../clock.js';
import { type StartTimer, WakeTimer } from '../loop/wake-timer.js';

export class HostEffectClock implements EffectClock {
  readonly #timers = new Set<WakeTimer>();

  constructor(
    private readonly clock: Clock,
    private readonly readLogicalNs: () => bigint,
    private readonly startTimer: StartTimer,
  ) {}

  wallNs(): bigint {
    return readWallNs(this.clock);
  }

  logicalNowNs(): bigint {
    return this.readLogicalNs();
  }

  at(logicalNs: bigint, run: () => void): () => void {
    if (logicalNs <= this.readLogicalNs()) {
      run();
      return () => undefined;
    }
    const timer = new WakeTimer(this.startTimer, () => {
      const nowNs = this.readLogicalNs();
      // timers of a platform may fire early, and reach only so far
      if (nowNs < logicalNs) timer.set(logicalNs, nowNs);
      else {
        this.#timers.delete(timer);
        run();
      }
    });
    this.#timers.add(timer);
    timer.set(logicalNs, this.readLogicalNs());
    return () => this.#clear(timer);
  }

  /** Calls everything off. */
  close(): void {
    for (const timer of [...this.#timers]) this.#clear(timer);
  }

  #clear(timer: WakeTimer): void {
    timer.clear();
    this.#timers.delete(timer);
  }
}
