/**
 * The loop of one world: inbox → admit → stamp → step → append → flush → acknowledge.
 *
 * H2 One input is stepped at a time, in the order of submission.
 * H3 Nothing is acknowledged, and no read is answered, before the records it saw are durable.
 * H4 Steps go on while a flush is in flight; records are appended in groups.
 * H5 A failed append fences the world: what was not acknowledged is rejected, nothing is retried,
 *    and only closing and opening again helps.
 * H6 A defect in a step leaves the world as it was and halts it.
 *
 * Deliberately absent: receipts, effects, ticks and control verbs; this build's inputs are events.
 */
import { Defect, type Hash, ok, type Result, refuse } from '@aos/canon';
import { admit, type RawEvent, step, type World } from '@aos/kernel';
import { AosFault, type Batch, type StoredObject, type WorldStore } from '@aos/protocol';
import { type Clock, systemClock } from './clock.js';
import type { HostEngine } from './load-world.js';
import { type FillEntropy, Stamper, systemEntropy } from './stamper.js';
import { divergedFault, replayStore } from './verify-world.js';

export interface WorldHostOptions {
  readonly store: WorldStore;
  readonly engine: HostEngine;
  readonly clock?: Clock;
  readonly fillEntropy?: FillEntropy;
  /** Most inputs waiting at once; beyond it a submission is refused. Default 65,536. */
  readonly inboxLimit?: number;
}

/** A reducer call of the record that was discarded, and why. */
export interface AckFault {
  readonly reducer: string;
  readonly code: string;
}

/** The answer to an event whose record is durable. */
export interface Ack {
  readonly seq: number;
  /** Chain value of the record. */
  readonly chain: Hash;
  /** Reducer calls and events the record holds, faults included. */
  readonly entries: number;
  readonly faults: readonly AckFault[];
}

/** An event that nobody else can change. */
type OwnEvent = Extract<RawEvent, { readonly cbor: Uint8Array }>;

interface Waiting {
  readonly raw: OwnEvent;
  readonly resolve: (answer: Result<Ack>) => void;
  readonly reject: (fault: AosFault) => void;
}

interface Stepped {
  readonly ack: Ack;
  readonly waiting: Waiting;
}

const DEFAULT_INBOX_LIMIT = 65_536;
/** Most bytes of inputs waiting at once. */
const INBOX_BYTES = 1 << 26;
/** Inputs stepped before their records are handed to the store and the event loop gets its turn. */
const GROUP_INPUTS = 64;
/** Groups that may wait for a flush at once; more would only add memory. */
const GROUPS_IN_FLIGHT = 8;

/**
 * Opens a world for writing: replays and judges its journal, then takes inputs. Throws AosFault;
 * `world-diverged` when the journal does not replay to itself.
 */
export function openWorldHost(options: WorldHostOptions): WorldHost {
  const { store, engine, clock = systemClock, fillEntropy = systemEntropy } = options;
  const { world, difference } = replayStore(store, engine);
  if (difference !== undefined) throw divergedFault(difference);
  const stamper = new Stamper(stampOrigin(world), clock, fillEntropy);
  return new WorldHost(world, stamper, options);
}

function stampOrigin(world: World) {
  return { logicalNowNs: world.logicalNowNs, wallNs: world.lastWallNs };
}

export class WorldHost {
  #world: World;
  #inbox: Waiting[] = [];
  #inboxBytes = 0;
  #inFlight = 0;
  #scheduled = false;
  #stopped: AosFault | undefined;
  /** Set once {@link close} was called: what is there is finished, nothing more is taken. */
  #closing: AosFault | undefined;
  #closed: Promise<void> | undefined;
  #idle: (() => void) | undefined;
  #lastCommit: Promise<void> = Promise.resolve();
  readonly #store: WorldStore;
  readonly #engine: HostEngine;
  readonly #stamper: Stamper;
  readonly #inboxLimit: number;

  /** Use {@link openWorldHost}. */
  constructor(world: World, stamper: Stamper, options: WorldHostOptions) {
    this.#world = world;
    this.#stamper = stamper;
    this.#store = options.store;
    this.#engine = options.engine;
    this.#inboxLimit = options.inboxLimit ?? DEFAULT_INBOX_LIMIT;
  }

  /**
   * Hands an event to the world. Resolves with the acknowledgement once its record is durable, or
   * with a refusal that left no trace (`inbox-full`, `event-unreadable`, or the codes of `admit`).
   * Rejects with AosFault when the world stopped before the record was durable: `store-failed`,
   * `world-halted`, `world-closed`. After such a rejection the event may or may not be in the
   * journal.
   */
  submit(raw: RawEvent): Promise<Result<Ack>> {
    const fault = this.#stopped ?? this.#closing;
    if (fault !== undefined) return Promise.reject(fault);
    const event = this.#takeIn(raw);
    if (!event.ok) return Promise.resolve(event);
    const { cbor } = event.value;
    const isFull = this.#inbox.length >= this.#inboxLimit;
    if (isFull || this.#inboxBytes + cbor.length > INBOX_BYTES) {
      const detail = `${this.#inbox.length} inputs are waiting; send again later`;
      return Promise.resolve(refuse('inbox-full', '', detail));
    }
    return new Promise((resolve, reject) => {
      this.#inbox.push({ raw: event.value, resolve, reject });
      this.#inboxBytes += cbor.length;
      this.#schedule();
    });
  }

  /**
   * What `look` sees in the world of this moment, once the records it saw are durable. Rejects as
   * {@link submit} does.
   */
  async read<T>(look: (world: World) => T): Promise<T> {
    const fault = this.#stopped ?? this.#closing;
    if (fault !== undefined) throw fault;
    const seen = look(this.#world);
    await this.#lastCommit;
    return seen;
  }

  /** Steps what is waiting, flushes, closes the store. What comes after the call is rejected. */
  close(): Promise<void> {
    const closed = 'the world is closed; open it again';
    this.#closing ??= new AosFault('world-closed', closed, { retry: 'later' });
    this.#closed ??= this.#finish(this.#closing);
    return this.#closed;
  }

  async #finish(closing: AosFault): Promise<void> {
    while (this.#isBusy) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
        this.#schedule();
      });
    }
    this.#stop(closing);
    await this.#store.close();
  }

  get #isBusy(): boolean {
    return this.#inFlight > 0 || (this.#inbox.length > 0 && this.#stopped === undefined);
  }

  /**
   * The event as bytes of our own: the caller may change what it gave as soon as submit returns,
   * and what it gave may be anything. Admission runs again on the world of the step.
   */
  #takeIn(raw: RawEvent): Result<OwnEvent> {
    try {
      const admitted = admit(this.#world, raw);
      if (!admitted.ok) return admitted;
      const { schema, value } = admitted.value;
      return ok({ schema, cbor: value === raw.cbor ? value.slice() : value });
    } catch (cause) {
      if (cause instanceof Defect) throw cause;
      const why = cause instanceof Error ? cause.message : typeof cause;
      return refuse('event-unreadable', '', `the event cannot be read: ${why}`);
    }
  }

  #schedule(): void {
    if (this.#scheduled || this.#inFlight >= GROUPS_IN_FLIGHT) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#stopped !== undefined || this.#inFlight >= GROUPS_IN_FLIGHT) return;
    const group = this.#inbox.splice(0, GROUP_INPUTS);
    for (const { raw } of group) this.#inboxBytes -= raw.cbor.length;
    const records: Uint8Array[] = [];
    const objects: StoredObject[] = [];
    const stepped: Stepped[] = [];
    for (const [index, waiting] of group.entries()) {
      try {
        const done = this.#stepOne(waiting);
        if (done === undefined) continue;
        records.push(done.bytes);
        objects.push(...done.objects);
        stepped.push({ ack: done.ack, waiting });
      } catch (cause) {
        this.#halt(cause, group.slice(index));
        break;
      }
    }
    if (records.length > 0) this.#commit({ records, objects }, stepped);
    this.#goOn();
  }

  /** Schedules what is left, or tells a waiting close that nothing is. */
  #goOn(): void {
    if (this.#inbox.length > 0 && this.#stopped === undefined) this.#schedule();
    else if (!this.#isBusy) this.#idle?.();
  }

  #stepOne(waiting: Waiting) {
    const admitted = admit(this.#world, waiting.raw);
    if (!admitted.ok) {
      waiting.resolve(admitted);
      return undefined;
    }
    const outcome = step(this.#world, admitted.value, this.#stamper.next(), this.#engine);
    if (outcome.kind === 'need') {
      throw new Error('a module that was loaded at open is gone from the engine');
    }
    this.#world = outcome.world;
    const { record, bytes, objects } = outcome;
    const faults: AckFault[] = [];
    for (const entry of record.entries) {
      if (entry.kind === 'reducer-fault') faults.push({ reducer: entry.reducer, code: entry.code });
    }
    const ack = {
      seq: record.seq,
      chain: outcome.world.chain,
      entries: record.entries.length,
      faults,
    };
    return { bytes, objects, ack };
  }

  #commit(
    batch: { readonly records: Uint8Array[]; readonly objects: StoredObject[] },
    stepped: readonly Stepped[],
  ): void {
    this.#inFlight += 1;
    const append = this.#append(batch);
    this.#lastCommit = append;
    append.then(
      () => {
        this.#inFlight -= 1;
        for (const { ack, waiting } of stepped) waiting.resolve({ ok: true, value: ack });
        this.#goOn();
      },
      (cause: unknown) => {
        this.#inFlight -= 1;
        const fault = fenceFault(cause);
        this.#stop(fault);
        for (const { waiting } of stepped) waiting.reject(fault);
        this.#goOn();
      },
    );
  }

  /** A store that throws has failed like one that rejects. */
  async #append(batch: Batch): Promise<void> {
    await this.#store.append(batch);
  }

  #halt(cause: unknown, unstepped: readonly Waiting[]): void {
    const fault = new AosFault(
      'world-halted',
      `a defect stopped the world before record ${this.#world.seq}: ${String(cause)}`,
      { retry: 'never', cause },
    );
    for (const waiting of unstepped) waiting.reject(fault);
    this.#stop(fault);
  }

  #stop(fault: AosFault): void {
    this.#stopped ??= fault;
    this.#inboxBytes = 0;
    for (const waiting of this.#inbox.splice(0)) waiting.reject(fault);
  }
}

function fenceFault(cause: unknown): AosFault {
  if (cause instanceof AosFault) return cause;
  return new AosFault('store-failed', 'the store failed; close the world and open it again', {
    retry: 'later',
    cause,
  });
}
