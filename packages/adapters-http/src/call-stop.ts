/**
 * What ends a call before it has an answer: the host, its deadline, the time it may take, or the
 * adapter that closes. The first of them counts.
 */
import type { EffectCall, EffectContext } from '@aos/protocol';
import { type HttpCode, HttpFailure } from './failure.js';
import { MAX_TIMER_MS } from './options.js';

export class CallStop {
  /** Rejects with the failure when the call is stopped; never resolves. */
  readonly ended: Promise<never>;
  readonly #undo: (() => void)[] = [];
  readonly #atEnd = new Set<() => void>();
  #reject: (failure: HttpFailure) => void = () => undefined;
  #failure: HttpFailure | undefined;

  constructor({ deadlineNs }: EffectCall, { cancel, clock }: EffectContext) {
    this.ended = new Promise((_, reject) => {
      this.#reject = reject;
    });
    // Whoever races against it sees it; that nobody does is no error.
    this.ended.catch(() => undefined);
    const onCancel = () => this.stop('http-cancelled', 'the host cancelled the effect');
    this.#undo.push(cancel.onCancel(onCancel));
    if (deadlineNs === undefined) return;
    const onDeadline = () => this.stop('http-deadline', `no answer by logical time ${deadlineNs}`);
    this.#undo.push(clock.at(deadlineNs, onDeadline));
  }

  /** Ends the call unless it has ended. */
  stop(code: HttpCode, message: string): void {
    if (this.#failure !== undefined) return;
    this.#failure = new HttpFailure(code, message);
    this.#reject(this.#failure);
    for (const run of this.#atEnd) run();
  }

  /** Ends the call when it has not ended by then. */
  limit(timeoutMs: number): void {
    const expire = () => this.stop('http-timeout', `no answer within ${timeoutMs} ms`);
    const timer = setTimeout(expire, Math.min(timeoutMs, MAX_TIMER_MS));
    this.#undo.push(() => clearTimeout(timer));
  }

  /** Throws why the call was stopped, if it was. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Calls `run` when the call is stopped, at once if it was; the answer calls it off. */
  onStop(run: () => void): () => void {
    if (this.#failure !== undefined) run();
    else this.#atEnd.add(run);
    return () => this.#atEnd.delete(run);
  }

  /** Lets go of the host and of time. */
  release(): void {
    for (const undo of this.#undo) undo();
  }
}
