/** Ends an exchange in which the server does nothing for too long. */
import { type HttpCode, HttpFailure, type Phase } from '../failure.js';
import { type HttpBounds, MAX_TIMER_MS } from '../options.js';

const ORDER: readonly Phase[] = ['connect', 'send', 'headers', 'body'];

const CODES: Readonly<Record<Phase, HttpCode>> = {
  connect: 'http-connect-timeout',
  send: 'http-send-timeout',
  headers: 'http-headers-timeout',
  body: 'http-body-timeout',
};

/** One timer, for what the exchange waits for at the moment. Phases never go back. */
export class StallWatch {
  readonly #timeouts: Readonly<Record<Phase, number>>;
  readonly #expire: (failure: HttpFailure) => void;
  #timer: NodeJS.Timeout | undefined;
  #phase: Phase = 'connect';
  #isOver = false;

  constructor(bounds: HttpBounds, expire: (failure: HttpFailure) => void) {
    this.#timeouts = {
      connect: bounds.connectTimeoutMs,
      send: bounds.sendTimeoutMs,
      headers: bounds.headersTimeoutMs,
      body: bounds.idleTimeoutMs,
    };
    this.#expire = expire;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** From now on the server must do what ends this phase. Says nothing in a later phase. */
  wait(phase: Phase): void {
    if (this.#isOver || ORDER.indexOf(phase) < ORDER.indexOf(this.#phase)) return;
    this.#phase = phase;
    clearTimeout(this.#timer);
    const timeoutMs = Math.min(this.#timeouts[phase], MAX_TIMER_MS);
    const message = `the server did nothing for ${timeoutMs} ms (${phase})`;
    this.#timer = setTimeout(() => this.#expire(new HttpFailure(CODES[phase], message)), timeoutMs);
  }

  /** The server did what was waited for in this phase; what comes next is up to us. */
  rest(phase: Phase): void {
    if (phase === this.#phase) clearTimeout(this.#timer);
  }

  /** Waits for nothing any more, whatever it is told. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}
