/**
 * The way to one provider: so many requests at once, no faster than its pace, in the order in which
 * they came.
 */
import type { CallStop } from '../call-stop.js';
import { LlmFailure } from '../failure.js';
import type { LlmLimits } from '../options.js';
import { Pace } from './pace.js';

interface Waiter {
  readonly tokens: number;
  readonly go: () => void;
}

export class Lane {
  readonly #limits: LlmLimits;
  readonly #pace: Pace;
  readonly #nowMs: () => number;
  readonly #waiting: Waiter[] = [];
  #running = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: LlmLimits, nowMs: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#nowMs = nowMs;
    this.#pace = new Pace(limits, nowMs());
  }

  /** Waits for its turn; the answer ends it. Throws `llm-busy`, and why the call was stopped. */
  async enter(tokens: number, stop: CallStop): Promise<() => void> {
    stop.check();
    if (this.#waiting.length >= this.#limits.waiting) {
      const message = `${this.#limits.waiting} calls wait for this provider already`;
      throw new LlmFailure('llm-busy', message);
    }
    let waiter: Waiter | undefined;
    const turn = new Promise<void>((go) => {
      waiter = { tokens, go };
      this.#waiting.push(waiter);
    });
    this.#advance();
    try {
      await stop.race(turn);
    } catch (error) {
      this.#leave(waiter as Waiter);
      throw error;
    }
    return () => this.#end();
  }

  /** Lets nobody go for a while. */
  pause(forMs: number): void {
    this.#pace.pauseUntil(this.#nowMs() + forMs);
  }

  #advance(): void {
    clearTimeout(this.#timer);
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (this.#running >= this.#limits.concurrent) return;
      const delayMs = this.#pace.delayMs(first.tokens, this.#nowMs());
      if (delayMs > 0) {
        this.#timer = setTimeout(() => this.#advance(), delayMs);
        return;
      }
      this.#pace.take(first.tokens, this.#nowMs());
      this.#running += 1;
      this.#waiting.shift();
      first.go();
    }
  }

  #end(): void {
    this.#running -= 1;
    this.#advance();
  }

  /** One that was let go in the same moment as it was stopped gives its turn back. */
  #leave(waiter: Waiter): void {
    const place = this.#waiting.indexOf(waiter);
    if (place < 0) this.#end();
    else this.#waiting.splice(place, 1);
    this.#advance();
  }
}
