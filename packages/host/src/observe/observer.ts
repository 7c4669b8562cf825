/**
 * Observing: logs, metrics, traces and audits of a world, all from what is durable.
 *
 * O1 An observer is told of a record behind the flush that made it durable, and in the order of the
 *    journal. What the host itself does (refusals, flushes, starts) is told as it happens.
 * O2 Nothing waits for an observer, and none can change anything: with observers and without, equal
 *    inputs make equal journals.
 * O3 One that throws is told nothing more; the others, and the world, do not notice.
 */
import { toHashText } from '@aos/canon';
import type { World } from '@aos/kernel';
import type { WorldStore } from '@aos/protocol';
import type { DurableRecord, HostEvents } from '../loop/host-watch.js';
import type { Opening, WorldHost } from '../world-host.js';

/** What an observer may look at besides. */
export interface ObservedWorld {
  /** As text. */
  readonly worldId: string;
  readonly opening: Opening;
  /** The world of the moment, which may be ahead of what is durable. */
  readonly now: () => World;
  /** Inputs that wait to be stepped. */
  readonly waiting: () => number;
  readonly store: Pick<WorldStore, 'first' | 'object' | 'records'>;
}

export interface WorldObserver
  extends Pick<HostEvents, 'failed' | 'flushed' | 'refused' | 'started' | 'stopped'> {
  /** Before anything else; nothing of what was replayed is told. */
  opened?(world: ObservedWorld): void;
  record?(observed: DurableRecord): void;
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
  for (const observer of observers) {
    try {
      observer.opened?.(world);
    } catch (cause) {
      observer.failed?.(cause);
      continue;
    }
    host.watch(listenerOf(observer));
  }
}

/** Methods are called on their observer. */
function listenerOf(observer: WorldObserver): HostEvents {
  return {
    durable: (records) => {
      if (observer.record === undefined) return;
      for (const each of records) observer.record(each);
    },
    stopped: (fault) => observer.stopped?.(fault),
    refused: (refusal) => observer.refused?.(refusal),
    flushed: (flush) => observer.flushed?.(flush),
    started: (start) => observer.started?.(start),
    failed: (cause) => observer.failed?.(cause),
  };
}
