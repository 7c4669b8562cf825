/**
 * What ends a call before it has an answer: the host, its deadline, the time it may take, or the
 * adapter that closes. The first of them counts.
 */
import type { EffectCall, EffectContext } from '@aos/protocol';
import { type LlmCode, LlmFailure } from './failure.js';
import { timerMs } from './options.js';

const NS_PER_MS = 1_000_000n;

export class CallStop {
  /** Aborted when the call is stopped. */
  readonly #controller = new AbortController();
  readonly #undo: (() => void)[] = [];
  readonly #deadlineNs: bigint | undefined;
  readonly #clock: EffectContext['clock'];
  #failure: LlmFailure | undefined;

  constructor({ deadlineNs }: EffectCall, { cancel, clock }: EffectContext) {
    this.#deadlineNs = deadlineNs;
    this.#clock = clock;
    const onCancel = () => this.stop('llm-cancelled', 'the host cancelled the effect');
    this.#undo.push(cancel.onCancel(onCancel));
    if (deadlineNs === undefined) return;
    const onDeadline = () => this.stop('llm-deadline', `no answer by logical time ${deadlineNs}`);
    this.#undo.push(clock.at(deadlineNs, onDeadline));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the call was stopped, if it was. */
  get failure(): LlmFailure | undefined {
    return this.#failure;
  }

  /** Ends the call unless it has ended. */
  stop(code: LlmCode, message: string): void {
    if (this.#failure !== undefined) return;
    this.#failure = new LlmFailure(code, message);
    this.#controller.abort();
  }

  /** Ends the call when it has not ended by then. */
  limit(timeoutMs: number): void {
    const expire = () => this.stop('llm-timeout', `no answer within ${timeoutMs} ms`);
    const timer = setTimeout(expire, timerMs(timeoutMs));
    this.#undo.push(() => clearTimeout(timer));
  }

  /** Throws why the call was stopped, if it was. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * What comes of the work, or why the call was stopped, whichever is first. Work that ends by
   * itself when the call is stopped may get some time for it.
   */
  race<T>(work: Promise<T>, graceMs = 0): Promise<T> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const end = () => reject(this.#failure);
      const off = this.onStop(() => {
        if (graceMs === 0) end();
        else timer = setTimeout(end, graceMs);
      });
      const release = () => {
        off();
        clearTimeout(timer);
      };
      work.finally(release).then(resolve, reject);
    });
  }

  /** Resolves after some time; rejects with why the call was stopped. */
  async wait(waitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const passed = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timerMs(waitMs));
    });
    await this.race(passed).finally(() => clearTimeout(timer));
  }

  /** Calls `run` when the call is stopped, at once if it was; the answer calls it off. */
  onStop(run: () => void): () => void {
    if (this.#failure !== undefined) run();
    else this.signal.addEventListener('abort', run, { once: true });
    return () => this.signal.removeEventListener('abort', run);
  }

  /** Whether so much time is left before the deadline. */
  hasTime(waitMs: number): boolean {
    if (this.#deadlineNs === undefined) return true;
    const leftNs = this.#deadlineNs - this.#clock.logicalNowNs();
    return leftNs > BigInt(Math.ceil(waitMs)) * NS_PER_MS;
  }

  /** Lets go of the host and of time. */
  release(): void {
    for (const undo of this.#undo) undo();
  }
}
