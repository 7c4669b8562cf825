/**
 * The world that an adapter serves, lent to adapters whose effects are about that very world. Most
 * adapters know nothing of it; whoever composes a host decides which get it.
 *
 * 1. What is seen is durable.
 * 2. What is handed in goes the way of everything from outside: it is admitted, or refused.
 */
import type { Hash, Result } from '@aos/canon';
import type { Adapter } from './adapter.js';

/** An event as an adapter hands it in. */
export interface LentEvent {
  readonly schema: string;
  /** CBOR of its schema. */
  readonly value: Uint8Array;
  /** Of events with one id only the first counts, and all get its answer. */
  readonly dedup: string;
}

/** What became of an event. */
export interface LentAck {
  readonly seq: number;
  /** Calls of reducers that were discarded. */
  readonly faults: readonly { readonly reducer: string; readonly code: string }[];
}

/** What is to be seen at a place of the world that is looked at like a folder. */
export type LentView =
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'directory';
      readonly entries: readonly LentEntry[];
      /** Whether there are entries behind these. */
      readonly hasMore: boolean;
    };

export interface LentEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory';
}

export interface WorldPort {
  /**
   * What a reducer knows, canonical in the schema of its states: undefined where there is no state.
   * Fault: `reducer-unknown`.
   */
  state(reducer: string, key?: Uint8Array): Promise<Uint8Array | undefined>;
  /** Rejects as a world does that is closed or stopped. */
  submit(event: LentEvent): Promise<Result<LentAck>>;
  /** Whether an event of this id has come in, as far as the world remembers. */
  hasTaken(dedup: string): Promise<boolean>;
  /** Who asked for an effect that is open: `world:` and the name of the plan or reducer. */
  askedBy(intent: Hash): Promise<string>;
  /** Payloads of the receipts that are ok and signed for an adapter, from the latest records on. */
  receipts(adapterId: string, records: number): AsyncIterable<Uint8Array>;
  /**
   * `mem`, `state` or `policy`, and what is below: undefined where there is nothing. Entries come
   * behind that of the name `after`.
   */
  look(
    path: readonly string[],
    page: { readonly after?: string; readonly limit: number },
  ): Promise<LentView | undefined>;
}

/** Makes an adapter of one world. It holds nothing that would have to be let go of. */
export type BindAdapter = (world: WorldPort) => Adapter;
