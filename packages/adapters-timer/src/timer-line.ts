/**
 * All timers of one clock.
 *
 * 1. Of a clock at most one call is asked for at a time: the one of the first timer.
 * 2. Timers that are due at one moment fire in their order, also when they were past already as
 *    they were set: those that are set in one turn are looked at together, behind it.
 * 3. However many are due, the event loop gets its turn in between.
 */
import type { Hash } from '@aos/canon';
import type { EffectClock } from '@aos/protocol';
import { type Place, TimerHeap } from './timer-heap.js';

/** Timers that fire in one turn of the event loop. */
const FIRED_AT_ONCE = 4096;

/** Something to do at a time. */
export interface LineTimer {
  readonly atNs: bigint;
  readonly intentHash: Hash;
  fire(nowNs: bigint): void;
  /** The line is closed before its time. */
  drop(): void;
}

export class TimerLine {
  readonly #heap = new TimerHeap<LineTimer>();
  /** What the clock was asked for, while it owes it. */
  #alarm: { readonly atNs: bigint; callOff: () => void } | undefined;
  #isLookedAt = false;

  constructor(
    private readonly clock: EffectClock,
    /** Called when the last timer is gone. */
    private readonly ended: () => void,
  ) {}

  get size(): number {
    return this.#heap.size;
  }

  /** The answer takes the timer out again. */
  add(timer: LineTimer): Place<LineTimer> {
    this.#lookSoon();
    return this.#heap.add(timer);
  }

  /** Takes a timer out that has not fired. An alarm that was for it finds nothing to do. */
  delete(place: Place<LineTimer>): void {
    if (this.#heap.delete(place) && this.#heap.size === 0) this.#end();
  }

  close(): void {
    const left = this.#heap.clear();
    this.#end();
    for (const timer of left) timer.drop();
  }

  #lookSoon(): void {
    if (this.#isLookedAt) return;
    this.#isLookedAt = true;
    queueMicrotask(() => this.#look());
  }

  #look(): void {
    this.#isLookedAt = false;
    const isMore = this.#fireDue();
    if (isMore) {
      this.#isLookedAt = true;
      setImmediate(() => this.#look());
    } else this.#setAlarm();
  }

  /** Fires what is due; answers whether some of it is left. */
  #fireDue(): boolean {
    const nowNs = this.clock.logicalNowNs();
    for (let fired = 0; ; fired++) {
      const first = this.#heap.first;
      if (first === undefined || first.timer.atNs > nowNs) break;
      if (fired === FIRED_AT_ONCE) return true;
      this.#heap.delete(first);
      first.timer.fire(nowNs);
    }
    return false;
  }

  #setAlarm(): void {
    const atNs = this.#heap.first?.timer.atNs;
    if (atNs === undefined) this.#end();
    else if (atNs !== this.#alarm?.atNs) {
      this.#alarm?.callOff();
      const alarm = { atNs, callOff: () => {} };
      this.#alarm = alarm;
      // the clock may call at once, so what is set is set before
      const callOff = this.clock.at(atNs, () => this.#ring(alarm));
      alarm.callOff = callOff;
    }
  }

  #ring(alarm: object): void {
    if (this.#alarm === alarm) this.#alarm = undefined;
    this.#lookSoon();
  }

  #end(): void {
    this.#alarm?.callOff();
    this.#alarm = undefined;
    this.ended();
  }
}
