/** An effect as it is asked for, before anything of it was checked. */
import type { Hash } from '@aos/canon';
import type { Origin } from '@aos/protocol';
import type { GateEffect } from './gate-effect.js';

/** When and where an effect is asked for: all the gate knows of time. */
export interface Moment {
  /** Of the stamp of the record that is being made. */
  readonly logicalNowNs: bigint;
  /** Sequence of that record. */
  readonly seq: number;
  readonly epoch: number;
  readonly worldId: Hash;
}

/** An effect that a reducer or a plan asks for. */
export interface EffectRequest {
  readonly origin: Origin;
  /** Kind of the effect. */
  readonly effect: string;
  /** Name of the grant. */
  readonly cap: string;
  /** Any CBOR in the schema of the effect's parameters. */
  readonly params: Uint8Array;
  /** Exactly 32 bytes; whoever gives the same shares one intent. Without it nobody does. */
  readonly idempotencyKey?: Uint8Array;
  /** Number of intents asked for earlier in the record. */
  readonly index: number;
  /** Counts from 1. An explicit key stands for another one at each attempt. */
  readonly attempt: number;
  /** On the logical clock. */
  readonly deadlineNs?: bigint;
  readonly now: Moment;
  /**
   * The definition that whoever asks is pinned to; that of the gate when absent. It says what the
   * effect is; grants and policy are always those of the gate.
   */
  readonly under?: EffectDefinitions;
}

/** The effects of a definition. */
export interface EffectDefinitions {
  readonly manifestHash: Hash;
  /** By kind. */
  readonly effects: ReadonlyMap<string, GateEffect>;
}
