/** Those who want to know how the host of a world goes on. */
import type { AosFault } from '@aos/protocol';

export interface HostEvents {
  /** Records have become durable; many may have at once. */
  durable?(): void;
  /** The world takes nothing more, until it is opened again or a halt is cleared. */
  stopped?(fault: AosFault): void;
}

export class HostWatch {
  readonly #watching = new Set<HostEvents>();

  /** The answer ends it. */
  add(events: HostEvents): () => void {
    this.#watching.add(events);
    return () => {
      this.#watching.delete(events);
    };
  }

  durable(): void {
    for (const each of this.#watching) each.durable?.();
  }

  stopped(fault: AosFault): void {
    for (const each of this.#watching) each.stopped?.(fault);
  }
}
