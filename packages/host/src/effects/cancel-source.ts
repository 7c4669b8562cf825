/** Cancelling: from the host to one call of an adapter. */
import type { CancelSignal } from '@aos/protocol';

/** Why a call is called off: the world said so, its deadline came, or the host closes. */
export type CancelReason = 'cancelled' | 'deadline' | 'closing';

export class CancelSource implements CancelSignal {
  readonly #listeners = new Set<{ readonly run: () => void }>();
  #reason: CancelReason | undefined;

  /** Why it was cancelled, once it was: the first reason counts. */
  get reason(): CancelReason | undefined {
    return this.#reason;
  }

  get isCancelled(): boolean {
    return this.#reason !== undefined;
  }

  onCancel(run: () => void): () => void {
    if (this.isCancelled) {
      run();
      return () => undefined;
    }
    const listener = { run };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  cancel(reason: CancelReason): void {
    if (this.isCancelled) return;
    this.#reason = reason;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const { run } of listeners) {
      try {
        run();
      } catch {
        // a listener is the adapter's: it answers late then, which is bounded, and others are told
      }
    }
  }
}
