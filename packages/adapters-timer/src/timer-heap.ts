/**
 * Timers in the order in which they fire.
 *
 * 1. By time, then by the hash of the intent, then as they came: the order does not depend on when
 *    a host got to start them.
 * 2. Adding, taking the first and taking out any cost the logarithm of how many there are; a timer
 *    that was taken out is gone at once and holds no room.
 * 3. Among a million timers most of the cost is waiting for memory. So a node has four children,
 *    and times are compared as doubles that lie side by side; rounding keeps their order, and
 *    where two are equal the timers themselves are asked.
 */
import { compareBytes, type Hash } from '@aos/canon';

/** What the heap has to know of a timer. */
export interface Timed {
  /** Logical time at which it fires. */
  readonly atNs: bigint;
  readonly intentHash: Hash;
}

/** Where a timer stands; whoever added it takes it out by this. */
export interface Place<T> {
  readonly timer: T;
  readonly order: number;
  /** Index in the heap, or {@link OUT}. */
  at: number;
}

const OUT = -1;
const CHILDREN = 4;

export class TimerHeap<T extends Timed> {
  readonly #times: number[] = [];
  readonly #places: Place<T>[] = [];
  #order = 0;

  get size(): number {
    return this.#places.length;
  }

  /** The timer that fires next. */
  get first(): Place<T> | undefined {
    return this.#places[0];
  }

  add(timer: T): Place<T> {
    const place = { timer, order: this.#order, at: this.size };
    this.#order += 1;
    this.#times.push(0);
    this.#places.push(place);
    this.#rise(place, Number(timer.atNs));
    return place;
  }

  /** Takes a timer out; answers whether it was in. */
  delete(place: Place<T>): boolean {
    const { at } = place;
    if (at === OUT) return false;
    place.at = OUT;
    const last = this.#places.pop() as Place<T>;
    const time = this.#times.pop() as number;
    if (last === place) return true;
    last.at = at;
    if (!this.#rise(last, time)) this.#sink(last, time);
    return true;
  }

  /** Takes all out, in no order. */
  clear(): T[] {
    this.#times.length = 0;
    return this.#places.splice(0).map((place) => {
      place.at = OUT;
      return place.timer;
    });
  }

  #put(place: Place<T>, time: number, at: number): void {
    this.#places[at] = place;
    this.#times[at] = time;
    place.at = at;
  }

  /** Puts a timer where it belongs on the way up from where it is; answers whether it moved. */
  #rise(place: Place<T>, time: number): boolean {
    const from = place.at;
    let at = from;
    while (at > 0) {
      const up = Math.floor((at - 1) / CHILDREN);
      if (!this.#isBefore(place, time, up)) break;
      this.#put(this.#places[up] as Place<T>, this.#times[up] as number, at);
      at = up;
    }
    this.#put(place, time, at);
    return at !== from;
  }

  /** The same on the way down. */
  #sink(place: Place<T>, time: number): void {
    let { at } = place;
    for (;;) {
      const child = this.#firstChild(at);
      if (child === undefined || this.#isBefore(place, time, child)) break;
      this.#put(this.#places[child] as Place<T>, this.#times[child] as number, at);
      at = child;
    }
    this.#put(place, time, at);
  }

  #firstChild(at: number): number | undefined {
    const from = CHILDREN * at + 1;
    if (from >= this.size) return undefined;
    const before = Math.min(from + CHILDREN, this.size);
    let first = from;
    for (let i = from + 1; i < before; i++) {
      if (this.#isBefore(this.#places[i] as Place<T>, this.#times[i] as number, first)) first = i;
    }
    return first;
  }

  #isBefore(place: Place<T>, time: number, at: number): boolean {
    const other = this.#times[at] as number;
    return time === other ? isBefore(place, this.#places[at] as Place<T>) : time < other;
  }
}

function isBefore<T extends Timed>(a: Place<T>, b: Place<T>): boolean {
  if (a.timer.atNs !== b.timer.atNs) return a.timer.atNs < b.timer.atNs;
  const byHash = compareBytes(a.timer.intentHash, b.timer.intentHash);
  return byHash === 0 ? a.order < b.order : byHash < 0;
}
