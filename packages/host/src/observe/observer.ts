/**
 * Observing: logs, metrics, traces and audits of a world, all from what is durable.
 *
 * O1 An observer is told of a record behind the flush that made it durable, and in the order of the
 *    journal. What the host itself does (refusals, flushes, starts) is told as it happens.
 * O2 Nothing waits for an observer, and none can change anything: with observers and without, equal
 *    inputs make equal journals.
 * O3 One that throws is told nothing more; the others, and the world, do not notice.
 */
import { type Hash, toHashText } from '@aos/canon';
import type { World } from '@aos/kernel';
import {
  AosFault,
  chainOf,
  decodeRecord,
  type JournalRecord,
  type WorldStore,
} from '@aos/protocol';
import type { HostEvents } from '../loop/host-watch.js';
import type { Opening, WorldHost } from '../world-host.js';

/** A durable record. It is decoded once, for the first observer that looks. */
export class ObservedRecord {
  #record: JournalRecord | undefined;

  constructor(readonly bytes: Uint8Array) {}

  get record(): JournalRecord {
    this.#record ??= readRecord(this.bytes);
    return this.#record;
  }

  get chain(): Hash {
    return chainOf(this.bytes);
  }
}

/** What an observer may look at besides. */
export interface ObservedWorld {
  /** As text. */
  readonly worldId: string;
  readonly opening: Opening;
  /** The world of the moment, which may be ahead of what is durable. */
  readonly now: () => World;
  /** Inputs that wait to be stepped. */
  readonly waiting: () => number;
  readonly store: Pick<WorldStore, 'object' | 'records'>;
}

export interface WorldObserver
  extends Pick<HostEvents, 'failed' | 'flushed' | 'refused' | 'started' | 'stopped'> {
  /** Before anything else; nothing of what was replayed is told. */
  opened?(world: ObservedWorld): void;
  record?(observed: ObservedRecord): void;
}

/** Lets observers see a host that has just been opened. */
export function observeHost(
  host: WorldHost,
  observers: readonly WorldObserver[],
  { now, store }: Pick<ObservedWorld, 'now' | 'store'>,
): void {
  if (observers.length === 0) return;
  const { opening } = host;
  const worldId = toHashText(now().worldId);
  const world = { worldId, opening, now, store, waiting: () => host.waiting };
  const shared = new WeakMap<Uint8Array, ObservedRecord>();
  const observedOf = (bytes: Uint8Array) => {
    const known = shared.get(bytes) ?? new ObservedRecord(bytes);
    shared.set(bytes, known);
    return known;
  };
  for (const observer of observers) {
    try {
      observer.opened?.(world);
    } catch (cause) {
      observer.failed?.(cause);
      continue;
    }
    host.watch(listenerOf(observer, observedOf));
  }
}

/** Methods are called on their observer. */
function listenerOf(
  observer: WorldObserver,
  observedOf: (bytes: Uint8Array) => ObservedRecord,
): HostEvents {
  return {
    durable: (records) => {
      if (observer.record === undefined) return;
      for (const bytes of records) observer.record(observedOf(bytes));
    },
    stopped: (fault) => observer.stopped?.(fault),
    refused: (refusal) => observer.refused?.(refusal),
    flushed: (flush) => observer.flushed?.(flush),
    started: (start) => observer.started?.(start),
    failed: (cause) => observer.failed?.(cause),
  };
}

function readRecord(bytes: Uint8Array): JournalRecord {
  const record = decodeRecord(bytes);
  if (record.ok) return record.value;
  const message = 'a record that was just written cannot be read; it may be a defect';
  throw new AosFault(record.refusal.code, message, { retry: 'never' });
}
