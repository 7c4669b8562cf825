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
import { type Hash, type Result, refuse } from '@aos/canon';
import { admit, type RawEvent, step, type World } from '@aos/kernel';
import { AosFault, type StoredObject, type WorldStore } from '@aos/protocol';
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

interface Waiting {
  readonly raw: RawEvent;
  readonly resolve: (answer: Result<Ack>) => void;
  readonly reject: (fault: AosFault) => void;
}

interface Stepped {
  readonly ack: Ack;
  readonly waiting: Waiting;
}

const DEFAULT_INBOX_LIMIT = 65_536;
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
  #inFlight = 0;
  #scheduled = false;
  #stopped: AosFault | undefined;
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
   * with a refusal that left no trace (`inbox-full`, or the codes of `admit`). Rejects with
   * AosFault when the world stopped before the record was durable: `store-failed`, `world-halted`,
   * `world-closed`. After such a rejection the event may or may not be in the journal.
   */
  submit(raw: RawEvent): Promise<Result<Ack>> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    if (this.#inbox.length >= this.#inboxLimit) {
      const detail = `${this.#inboxLimit} inputs are waiting; send again later`;
      return Promise.resolve(refuse('inbox-full', '', detail));
    }
    return new Promise((resolve, reject) => {
      this.#inbox.push({ raw: ownCopy(raw), resolve, reject });
      this.#schedule();
    });
  }

  /**
   * What `look` sees in the world of this moment, once the records it saw are durable. Rejects as
   * {@link submit} does.
   */
  async read<T>(look: (world: World) => T): Promise<T> {
    if (this.#stopped !== undefined) throw this.#stopped;
    const seen = look(this.#world);
    await this.#lastCommit;
    return seen;
  }

  /** Steps what is waiting, flushes, closes the store. What comes later is rejected. */
  async close(): Promise<void> {
    while (this.#stopped === undefined && (this.#inbox.length > 0 || this.#inFlight > 0)) {
      this.#pump();
      await this.#lastCommit.catch(() => undefined);
    }
    this.#stop(
      new AosFault('world-closed', 'the world is closed; open it again', { retry: 'later' }),
    );
    await this.#store.close();
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
    if (group.length === 0) return;
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
    if (this.#inbox.length > 0) this.#schedule();
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
    const append = this.#store.append(batch);
    this.#lastCommit = append;
    append.then(
      () => {
        this.#inFlight -= 1;
        for (const { ack, waiting } of stepped) waiting.resolve({ ok: true, value: ack });
        if (this.#inbox.length > 0) this.#schedule();
      },
      (cause: unknown) => {
        this.#inFlight -= 1;
        const fault = fenceFault(cause);
        this.#stop(fault);
        for (const { waiting } of stepped) waiting.reject(fault);
      },
    );
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
    for (const waiting of this.#inbox.splice(0)) waiting.reject(fault);
  }
}

/** The caller may use its buffer again as soon as submit returns. */
function ownCopy(raw: RawEvent): RawEvent {
  return raw.cbor === undefined ? raw : { schema: raw.schema, cbor: raw.cbor.slice() };
}

function fenceFault(cause: unknown): AosFault {
  if (cause instanceof AosFault) return cause;
  return new AosFault('store-failed', 'the store failed; close the world and open it again', {
    retry: 'later',
    cause,
  });
}
