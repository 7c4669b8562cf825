/**
 * Work: what a step still has to do, oldest first.
 *
 * W1. Work is data: what a bounded step or a pause leaves over stands in the world, in snapshots as
 *     anywhere else, and is taken up in the same order.
 * W2. Each piece carries what caused it as the absolute place of an input or an entry.
 */
import type { Hash } from '@aos/canon';
import type { EntryPlace, Instance, Origin } from '@aos/protocol';
import type { Principal } from '../governance/proposal.js';
import type { Settlement } from './settled.js';

/** An event to route: first to plans, then to reducers in manifest order. */
export interface EventWork {
  readonly kind: 'event';
  readonly schema: string;
  /** Canonical in its schema. */
  readonly value: Uint8Array;
  /** As given from outside or attached by a module: correlation bytes, or the key of a cell. */
  readonly key?: Uint8Array;
  /** Source of an inbox event; it goes to the reducer of that inbox and nowhere else. */
  readonly source?: string;
  readonly cause: EntryPlace;
  /** How much of it is done: 0 nothing; n > 0 means that plans know of it, and n − 1 routes. */
  readonly done: number;
}

/** A settled intent to deliver to one of those who wait for it. */
export interface ReceiptWork {
  readonly kind: 'receipt';
  readonly settlement: Settlement;
  readonly waiter: Origin;
  readonly cause: EntryPlace;
}

/** A plan instance in which something is ready. */
export interface PlanWork {
  readonly kind: 'plan';
  readonly instance: Instance;
  readonly cause: EntryPlace;
}

/** A proposal to apply: what came before it is done under the definition that it replaces. */
export interface ApplyWork {
  readonly kind: 'apply';
  readonly proposal: number;
  readonly by: Principal;
  /** The effect of a plan that asked for it, which is answered then; null for a signed verb. */
  readonly intent: Hash | null;
  readonly cause: EntryPlace;
}

/** Intents that wait for people, to be ended where the grant that they wait under is gone. */
export interface RevokeWork {
  readonly kind: 'revoke';
  /** Those before it are looked through. */
  readonly from: Hash | null;
  readonly cause: EntryPlace;
}

export type Work = EventWork | ReceiptWork | PlanWork | ApplyWork | RevokeWork;
