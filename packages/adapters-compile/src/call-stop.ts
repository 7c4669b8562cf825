/**
 * What ends a call before its compiler has: the host, its deadline, or the adapter that closes. The
 * first of them counts.
 */
import type { EffectCall, EffectContext } from '@aos/protocol';
import type { RunSignal } from './compile-pool.js';
import { CompileFailure } from './failure.js';

export class CallStop implements RunSignal {
  readonly #undo: (() => void)[] = [];
  readonly #listeners = new Set<() => void>();
  #failure: CompileFailure | undefined;

  constructor({ deadlineNs }: EffectCall, { cancel, clock }: EffectContext) {
    const onCancel = () => this.stop('compile-cancelled', 'the host cancelled the effect');
    this.#undo.push(cancel.onCancel(onCancel));
    if (deadlineNs === undefined) return;
    const onDeadline = () =>
      this.stop('compile-deadline', `no answer by logical time ${deadlineNs}`);
    this.#undo.push(clock.at(deadlineNs, onDeadline));
  }

  get isCalledOff(): boolean {
    return this.#failure !== undefined;
  }

  stop(code: 'compile-cancelled' | 'compile-deadline', message: string): void {
    if (this.#failure !== undefined) return;
    this.#failure = new CompileFailure(code, message);
    for (const run of this.#listeners) run();
  }

  /** Throws why the call was stopped, if it was. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  onCallOff(run: () => void): () => void {
    if (this.#failure !== undefined) run();
    else this.#listeners.add(run);
    return () => this.#listeners.delete(run);
  }

  /** Lets go of the host and of time. */
  release(): void {
    for (const undo of this.#undo) undo();
  }
}
