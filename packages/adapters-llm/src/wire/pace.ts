/**
 * How often a provider may be asked: as many requests, and as many tokens, as go into a minute.
 *
 * Each limit is a bucket that is full at first and fills evenly. Whoever takes more than there is
 * waits until it is back at nothing; a request larger than a whole bucket waits for a full one.
 */

export interface PaceLimits {
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
}

class Bucket {
  #level: number;
  #atMs: number;

  constructor(
    private readonly size: number,
    nowMs: number,
  ) {
    this.#level = size;
    this.#atMs = nowMs;
  }

  /** Milliseconds until so much can be taken. */
  delayMs(amount: number, nowMs: number): number {
    this.#fill(nowMs);
    const missing = Math.min(amount, this.size) - this.#level;
    return missing <= 0 ? 0 : Math.ceil((missing * MINUTE_MS) / this.size);
  }

  take(amount: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#level -= amount;
  }

  #fill(nowMs: number): void {
    const passedMs = Math.max(0, nowMs - this.#atMs);
    this.#level = Math.min(this.size, this.#level + (passedMs * this.size) / MINUTE_MS);
    this.#atMs = nowMs;
  }
}

export class Pace {
  readonly #requests: Bucket | undefined;
  readonly #tokens: Bucket | undefined;
  #pausedUntilMs = 0;

  constructor({ requestsPerMinute, tokensPerMinute }: PaceLimits, nowMs: number) {
    this.#requests = requestsPerMinute ? new Bucket(requestsPerMinute, nowMs) : undefined;
    this.#tokens = tokensPerMinute ? new Bucket(tokensPerMinute, nowMs) : undefined;
  }

  /** Milliseconds until a request of so many tokens may go. */
  delayMs(tokens: number, nowMs: number): number {
    return Math.max(
      this.#pausedUntilMs - nowMs,
      this.#requests?.delayMs(1, nowMs) ?? 0,
      this.#tokens?.delayMs(tokens, nowMs) ?? 0,
      0,
    );
  }

  take(tokens: number, nowMs: number): void {
    this.#requests?.take(1, nowMs);
    this.#tokens?.take(tokens, nowMs);
  }

  /** Nobody goes before then: the provider has asked for it. */
  pauseUntil(untilMs: number): void {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, untilMs);
  }
}

const MINUTE_MS = 60_000;
