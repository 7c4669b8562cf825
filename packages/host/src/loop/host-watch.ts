/**
 * Those who want to know how the host of a world goes on.
 *
 * Whoever listens is no part of the world: what he is told is over by then, nothing waits for him,
 * and one who throws is told no more.
 */
import type { Hash, Refusal } from '@aos/canon';
import type { AosFault, JournalRecord } from '@aos/protocol';

/** One append to the store. */
export interface Flush {
  readonly records: number;
  readonly objects: number;
  /** Bytes of both. */
  readonly sizeBytes: number;
  /** On the monotonic clock of the host. */
  readonly durationNs: bigint;
}

/** An adapter that was given an intent. */
export interface EffectStart {
  readonly intent: Hash;
  /** Kind of the effect. */
  readonly effect: string;
  readonly adapter: string;
  /** How often it was started by this host, this time included. */
  readonly starts: number;
}

/** A record that has become durable, and its canonical bytes. */
export interface DurableRecord {
  readonly record: JournalRecord;
  readonly bytes: Uint8Array;
  /** Its chain value. */
  readonly chain: Hash;
}

export interface HostEvents {
  /** Records have become durable, in their order. */
  durable?(records: readonly DurableRecord[]): void;
  /** The world takes nothing more, until it is opened again or a halt is cleared. */
  stopped?(fault: AosFault): void;
  /** An input was refused; nothing of it is in the journal. */
  refused?(refusal: Refusal): void;
  flushed?(flush: Flush): void;
  started?(start: EffectStart): void;
  /** This listener threw, and is told nothing more. */
  failed?(cause: unknown): void;
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

  durable(records: readonly DurableRecord[]): void {
    this.#tell((each) => each.durable?.(records));
  }

  stopped(fault: AosFault): void {
    this.#tell((each) => each.stopped?.(fault));
  }

  refused(refusal: Refusal): void {
    this.#tell((each) => each.refused?.(refusal));
  }

  flushed(flush: Flush): void {
    this.#tell((each) => each.flushed?.(flush));
  }

  started(start: EffectStart): void {
    this.#tell((each) => each.started?.(start));
  }

  #tell(tell: (events: HostEvents) => void): void {
    for (const each of this.#watching) {
      try {
        tell(each);
      } catch (cause) {
        this.#watching.delete(each);
        each.failed?.(cause);
      }
    }
  }
}
