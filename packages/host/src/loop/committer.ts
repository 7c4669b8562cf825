/**
 * Committing: groups of records on their way to the disk, and what is told once they are there.
 *
 * 1. Groups go to the store in order; several may wait for a flush at once.
 * 2. Nobody hears of a record before the append that holds it has resolved.
 * 3. The first append that fails stops everything: its group and all after it are rejected.
 */
import {
  AosFault,
  type Batch,
  type Output,
  type StoredObject,
  type WorldStore,
} from '@aos/protocol';
import type { Clock } from '../clock.js';
import type { Ack } from './acks.js';
import type { DeniedEffect } from './denial-log.js';
import type { DurableRecord, Flush } from './host-watch.js';
import type { Waiting } from './inbox.js';

/** Groups that may wait for a flush at once; more would only add memory. */
const GROUPS_IN_FLIGHT = 8;

/** Records that were stepped together, and the answers that wait for them. */
export class Group {
  readonly records: Uint8Array[] = [];
  /** The same, for whoever watches. */
  readonly told: DurableRecord[] = [];
  readonly objects: StoredObject[] = [];
  /** What the records ask of the outside. */
  readonly outputs: Output[] = [];
  /** What was denied in them. */
  readonly denials: DeniedEffect[] = [];
  readonly answers: { readonly waiting: Waiting; readonly ack: () => Ack }[] = [];

  get isEmpty(): boolean {
    return this.records.length === 0 && this.answers.length === 0;
  }
}

export interface CommitEvents {
  /** An append failed. */
  failed(fault: AosFault): void;
  /** The records of the group are durable. */
  durable(group: Group): void;
  /** An append has succeeded. */
  flushed(flush: Flush): void;
  /** An append has ended, either way. */
  settled(): void;
}

export class Committer {
  #inFlight = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: WorldStore,
    private readonly events: CommitEvents,
    private readonly clock: Pick<Clock, 'monotonicNs'>,
  ) {}

  get isFull(): boolean {
    return this.#inFlight >= GROUPS_IN_FLIGHT;
  }

  get isBusy(): boolean {
    return this.#inFlight > 0;
  }

  /** Resolves when all that was handed over is durable; rejects when it never will be. */
  get last(): Promise<void> {
    return this.#last;
  }

  commit(group: Group): void {
    if (group.isEmpty) return;
    const { answers } = group;
    this.append(group).then(
      () => {
        this.events.durable(group);
        for (const { waiting, ack } of answers) answer(waiting, ack);
      },
      (fault: AosFault) => {
        for (const { waiting } of answers) waiting.reject(fault);
      },
    );
  }

  /** Rejects with the AosFault that {@link CommitEvents.failed} was told of. */
  append(batch: Batch): Promise<void> {
    this.#inFlight += 1;
    const done = this.#write(batch).catch((cause: unknown) => {
      const fault = fenceFault(cause);
      this.events.failed(fault);
      throw fault;
    });
    this.#last = done;
    const settle = () => {
      this.#inFlight -= 1;
      this.events.settled();
    };
    done.then(settle, settle);
    return done;
  }

  /** A store that throws has failed like one that rejects. */
  async #write(batch: Batch): Promise<void> {
    const startNs = this.clock.monotonicNs();
    await this.store.append(batch);
    const { records, objects } = batch;
    const sizeBytes = sizeOf(records) + sizeOf(objects.map(({ bytes }) => bytes));
    const durationNs = this.clock.monotonicNs() - startNs;
    this.events.flushed({
      records: records.length,
      objects: objects.length,
      sizeBytes,
      durationNs,
    });
  }
}

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

/** An acknowledgement that is read back may meet a store that has failed since. */
function answer(waiting: Waiting, ack: () => Ack): void {
  try {
    waiting.resolve({ ok: true, value: ack() });
  } catch (cause) {
    waiting.reject(fenceFault(cause));
  }
}

/** What a store threw, as the fault that stops its world. */
export function fenceFault(cause: unknown): AosFault {
  if (cause instanceof AosFault) return cause;
  return new AosFault('store-failed', 'the store failed; close the world and open it again', {
    retry: 'later',
    cause,
  });
}
