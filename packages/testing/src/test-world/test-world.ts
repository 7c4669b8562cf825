/**
 * A world for the tests of whoever writes reducers and plans: the real kernel, host and module
 * engine over a store in memory, with time that is told to pass and an outside that is scripted.
 *
 * 1. Nothing in it is a stand-in but the outside and the clock: inputs are admitted, effects pass
 *    the gate, receipts are signed by a key of the keyring and verified, modules are metered.
 * 2. Everything is decided by the test: equal tests make equal journals, byte for byte.
 * 3. Timers and blobs are the real adapters; a script for their kinds goes before them. What is
 *    about the world itself is answered by its host.
 * 4. A test that ends with `close` has also shown that its journal verifies from genesis.
 *
 * Deliberately absent: a test runner. Whatever fails throws.
 */
import type { WorldDefinition } from '@aos/air';
import type { Effect, Plan, Reducer, Schema, ValueOf } from '@aos/air/author';
import { asHash, fromHex, type Hash } from '@aos/canon';
import type { Ack, Quiescence } from '@aos/host';
import type { RawInput } from '@aos/kernel';
import type { ApprovalDecision, Entry, EntryKind, JournalRecord, Verb } from '@aos/protocol';
import { type Duration, durationNs } from './durations.js';
import type { EffectName, EffectScript } from './effect-script.js';
import {
  type DescribedRecord,
  JournalReading,
  type TestPlan,
  type TestReceipt,
} from './journal-reading.js';
import { Stage, type TestWorldOptions } from './stage.js';
import { readCells, readState, type TestCell } from './state-reading.js';
import { encodeWritten, unwrap, type Written } from './typed-values.js';

/** What an event may carry beside its value. */
export interface SendOptions {
  /** The cell that is meant, or what to correlate by; written as its schema is. */
  readonly key?: unknown;
  /** Name of the inbox that it comes through. */
  readonly source?: string;
  /** Of events with one id only the first counts. */
  readonly dedup?: string;
}

/** Opens a new world. Close it at the end of the test. */
export async function openTestWorld(options: TestWorldOptions): Promise<TestWorld> {
  const stage = new Stage(options);
  await stage.rest();
  return new TestWorld(stage);
}

export class TestWorld {
  /** What the outside answers, and what it was asked. */
  readonly effects: EffectScript;
  readonly #stage: Stage;
  readonly #reading: JournalReading;

  /** @internal Use {@link openTestWorld}. */
  constructor(stage: Stage) {
    this.#stage = stage;
    this.effects = stage.script;
    this.#reading = new JournalReading(stage, stage.definition);
  }

  get definition(): WorldDefinition {
    return this.#stage.definition;
  }

  get worldId(): Hash {
    return this.#stage.worldId;
  }

  /** Logical time: nanoseconds since the world was made. */
  get nowNs(): bigint {
    return this.#stage.time.monotonicNs();
  }

  /**
   * Sends an event and answers with its acknowledgement, which lists calls of reducers that
   * faulted. What the event leads to may still be under way: `settle` waits for it. A refusal
   * throws AosFault with its code.
   */
  send<S>(schema: Schema<S>, value: Written<NoInfer<S>>, options?: SendOptions): Promise<Ack>;
  send(schema: string, value: unknown, options?: SendOptions): Promise<Ack>;
  async send(schema: Named, value: unknown, { key, ...names }: SendOptions = {}): Promise<Ack> {
    const name = nameOf(schema);
    const cbor = encodeWritten(value, this.definition.schemas.get(name));
    const keyed = key === undefined ? {} : { key: encodeWritten(key, undefined) };
    return this.submit({ schema: name, cbor, ...keyed, ...names });
  }

  /** Hands in any input, signed receipts and verbs among them, as `WorldHost.submit` takes it. */
  async submit(input: Exclude<RawInput, { readonly kind: 'continue' | 'tick' }>): Promise<Ack> {
    return unwrap(await this.#stage.submit(input));
  }

  /** Signs a verb with a key of the world, and hands it in. */
  async verb(verb: Verb, by = 'operator'): Promise<Ack> {
    return unwrap(await this.#stage.verb(verb, by));
  }

  /** Lets an effect that waits for people go on, in the name of somebody of `people`. */
  approve(intent: Hash | string, by = 'approver'): Promise<Ack> {
    return this.#decide(intent, 'approve', by);
  }

  /** As {@link approve}, but against it. */
  reject(intent: Hash | string, by = 'approver'): Promise<Ack> {
    return this.#decide(intent, 'reject', by);
  }

  #decide(intent: Hash | string, decision: ApprovalDecision, by: string): Promise<Ack> {
    const intentHash = typeof intent === 'string' ? asHash(unwrap(fromHex(intent))) : intent;
    return this.verb({ verb: 'approve-intent', intentHash, decision }, by);
  }

  /**
   * Waits until nothing moves that could without more time or people, and answers with what the
   * world then waits for; `blockers` is empty when nothing is left. Throws what went wrong in a
   * script, and `test-effect-unscripted`.
   */
  async settle(): Promise<Quiescence> {
    const quiescence = await this.#stage.rest();
    this.effects.throwProblem();
    return quiescence;
  }

  /** Lets time pass: all that falls due on the way happens at its time, and settles. */
  async advance(by: Duration): Promise<Quiescence> {
    await this.#stage.pass(durationNs(by));
    return this.settle();
  }

  /** What a reducer knows; undefined before its first state. A keyed one is asked for one key. */
  state<S, E>(reducer: Reducer<S, E>, key?: unknown): Promise<ValueOf<S> | undefined>;
  // biome-ignore lint/suspicious/noExplicitAny: a name does not tell the shape of a state
  state(reducer: string, key?: unknown): Promise<any>;
  state(reducer: Named, key?: unknown): Promise<unknown> {
    return this.#stage.read((world) => readState(world, nameOf(reducer), key));
  }

  /** The cells of a reducer in the order of their keys, at most 10,000. */
  cells<S, E>(reducer: Reducer<S, E>): Promise<readonly TestCell<ValueOf<S>>[]>;
  cells(reducer: string): Promise<readonly TestCell[]>;
  cells(reducer: Named): Promise<readonly TestCell[]> {
    return this.#stage.read((world) => readCells(world, nameOf(reducer)));
  }

  /** Receipts that the world has taken, of an effect or of all. */
  receipts<P, R>(effect: Effect<P, R>): readonly TestReceipt<ValueOf<R>>[];
  receipts(kind?: string): readonly TestReceipt[];
  receipts(effect?: EffectName): readonly TestReceipt[] {
    return this.#reading.receipts(typeof effect === 'object' ? effect.kind : effect);
  }

  /** Instances of a plan, or of all plans, in the order in which they started. */
  plans<I, O>(plan: Plan<I, O>): readonly TestPlan<ValueOf<I>, ValueOf<O>>[];
  plans(plan?: string): readonly TestPlan[];
  plans(plan?: Named): readonly TestPlan[] {
    return this.#reading.plans(plan && nameOf(plan));
  }

  /** The journal as it is. */
  records(): readonly JournalRecord[] {
    return this.#reading.records();
  }

  /** All entries of the journal, or those of one kind. */
  entries(): readonly Entry[];
  entries<K extends EntryKind>(kind: K): readonly Extract<Entry, { readonly kind: K }>[];
  entries(kind?: EntryKind): readonly Entry[] {
    return kind === undefined ? this.#reading.entries() : this.#reading.entries(kind);
  }

  /** The journal as people read it. */
  describe(): readonly DescribedRecord[] {
    return this.#reading.describe();
  }

  /** The chain value of the last record: equal ones mean equal journals. */
  get chain(): Hash {
    return this.#stage.chain;
  }

  /** Closes the world as a host does, lets time pass, and opens it again over the same store. */
  async reopen(awayFor: Duration = 0n): Promise<void> {
    await this.#stage.reopen(durationNs(awayFor));
  }

  /**
   * Closes the world and verifies its journal from genesis, signatures included. Throws what went
   * wrong in scripts and was not thrown yet, and `test-world-diverged`.
   */
  async close(): Promise<void> {
    await this.#stage.close();
    this.effects.throwProblem();
  }
}

/** A definition of `@aos/air/author`, or its name. */
type Named = string | { readonly name: string };

function nameOf(each: Named): string {
  return typeof each === 'string' ? each : each.name;
}
