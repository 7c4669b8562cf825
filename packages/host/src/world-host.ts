/**
 * The loop of one world: inbox → admit → stamp → step → append → flush → acknowledge.
 *
 * H2 One input is stepped at a time, in the order of the agenda.
 * H3 Nothing is acknowledged, and no read is answered, before the records it saw are durable.
 * H4 Steps go on while a flush is in flight; records are appended in groups.
 * H5 A failed append fences the world: what was not acknowledged is rejected, nothing is retried,
 *    and only closing and opening again helps.
 * H6 A defect in a step leaves the world as it was and halts it. A mark outside the chain keeps it
 *    halted over openings until an operator clears it.
 *
 * H7 Nothing is asked of the outside before the record that asks for it is durable.
 *
 * Deliberately absent: what effects do. What is open of them is in the world, so nothing that was
 * released is lost or forgotten over openings.
 */
import type { Refusal, Result } from '@aos/canon';
import { hashWorld, isRunning, type OpenIntent, type World } from '@aos/kernel';
import {
  AosFault,
  type HaltMark,
  type SnapshotMark,
  type StoredHead,
  type StoredObject,
  type WorldStore,
} from '@aos/protocol';
import { systemClock } from './clock.js';
import type { DeadLetter } from './effects/effect-options.js';
import type { Quiescence, QuiescenceOptions } from './effects/quiescence.js';
import type { RunnerSetup } from './effects/runner-setup.js';
import { type HostView, WorldEffects } from './effects/world-effects.js';
import { SignatureVerifier } from './keys/signatures.js';
import type { Ack } from './loop/acks.js';
import { Agenda, type Task } from './loop/agenda.js';
import { type CommitEvents, Committer, fenceFault } from './loop/committer.js';
import { DenialLog, type DeniedEffect } from './loop/denial-log.js';
import { Entrance, type OfferOptions } from './loop/entrance.js';
import { checkClearance, type HaltClearance, haltFault, haltMarkOf } from './loop/halt.js';
import { type HostEvents, HostWatch } from './loop/host-watch.js';
import { Inbox } from './loop/inbox.js';
import type { SubmittedInput } from './loop/intake.js';
import type { Stepper } from './loop/stepper.js';
import { runTurn, type TurnPorts } from './loop/turn.js';
import { systemTimer, WakeTimer } from './loop/wake-timer.js';
import { JournalTree } from './snapshots/journal-tree.js';
import { SnapshotKeeper } from './snapshots/snapshot-keeper.js';
import { DEFAULT_SNAPSHOT_POLICY } from './snapshots/snapshot-policy.js';
import { makeHead, type SnapshotPorts } from './snapshots/snapshot-writer.js';
import { WorldGrowth } from './snapshots/world-growth.js';
import type { OpenedWorld } from './world/open-world.js';
import type { WorldHostSettings } from './world-host-settings.js';

/** Where an opening began, and why not at the last snapshot. */
export type Opening = Pick<OpenedWorld, 'from' | 'passedOver' | 'replayed'>;

const DEFAULT_INBOX_LIMIT = 65_536;
/** Most bytes of inputs waiting at once. */
const INBOX_BYTES = 1 << 26;
/** Replaying so many records takes some tens of milliseconds; a small snapshot less than ten. */
const DEFAULT_SNAPSHOT_RECORDS = 1000;

export class WorldHost {
  readonly #store: WorldStore;
  readonly #stepper: Stepper;
  readonly #snapshotRecords: number;
  readonly #verifier = new SignatureVerifier();
  readonly #inbox: Inbox;
  readonly #agenda: Agenda;
  readonly #timer: WakeTimer;
  readonly #committer: Committer;
  readonly #effects: WorldEffects;
  readonly #denials = new DenialLog();
  readonly #watch = new HostWatch();
  readonly #turnPorts: TurnPorts;
  readonly #entrance: Entrance;
  readonly #snapshotPorts: SnapshotPorts;
  readonly #keeper: SnapshotKeeper;
  #scheduled = false;
  #stopped: AosFault | undefined;
  #halt: HaltMark | undefined;
  /** Set once {@link close} was called: what is there is finished, nothing more is taken. */
  #closing: AosFault | undefined;
  #closed: Promise<void> | undefined;
  #idle: (() => void) | undefined;

  /** Pruning and clearing away. */
  readonly growth: WorldGrowth;
  /** How the world was opened. */
  readonly opening: Opening;

  /** Use {@link openWorldHost}. */
  constructor(
    store: WorldStore,
    stepper: Stepper,
    settings: WorldHostSettings & {
      readonly opening: Opening;
      readonly effects: RunnerSetup | undefined;
    },
  ) {
    this.opening = settings.opening;
    const { inboxLimit = DEFAULT_INBOX_LIMIT, startTimer = systemTimer } = settings;
    this.#store = store;
    this.#stepper = stepper;
    this.#snapshotRecords = settings.snapshotRecords ?? DEFAULT_SNAPSHOT_RECORDS;
    this.#inbox = new Inbox({ inputs: inboxLimit, bytes: INBOX_BYTES });
    this.#agenda = new Agenda(this.#inbox);
    this.#turnPorts = { agenda: this.#agenda, stepper, store, verifier: this.#verifier };
    this.#timer = new WakeTimer(startTimer, () => this.#schedule());
    this.#committer = new Committer(store, this.#commitEvents(), settings.clock ?? systemClock);
    const clock = settings.clock ?? systemClock;
    this.#snapshotPorts = {
      ...{ committer: this.#committer, tree: new JournalTree(store) },
      signer: settings.effects?.signer ?? settings.signer,
    };
    this.#keeper = new SnapshotKeeper(store, this.#snapshotPorts, {
      policy: { ...DEFAULT_SNAPSHOT_POLICY, ...settings.snapshots },
      nowNs: () => clock.monotonicNs(),
      world: () => stepper.world,
    });
    this.growth = new WorldGrowth({
      ...{ store, keeper: this.#keeper, tree: this.#snapshotPorts.tree },
      ...{ world: () => stepper.world, logicalNowNs: () => stepper.logicalNowNs },
    });
    this.#entrance = new Entrance({
      ...{ stepper, store, inbox: this.#inbox, committer: this.#committer, watch: this.#watch },
      ...{ verifier: this.#verifier, threads: settings.cryptoThreads ?? 'beside' },
      arrived: () => this.#schedule(),
    });
    this.#halt = store.halt;
    if (this.#halt !== undefined) this.#stopped = haltFault(this.#halt);
    this.#effects = new WorldEffects(settings.effects, this.#lend());
    this.#goOn();
    this.#effects.open();
  }

  #commitEvents(): CommitEvents {
    return {
      failed: (fault) => this.#stop(fault),
      durable: ({ outputs, told, denials }) => {
        this.#denials.add(denials);
        this.#effects.take(outputs);
        this.#keeper.durable(told);
        this.#watch.durable(told);
      },
      flushed: (flush) => this.#watch.flushed(flush),
      settled: () => this.#goOn(),
    };
  }

  /** What effects are run on: the world of the moment, and ways to hand in and to store. */
  #lend(): HostView {
    const host = this;
    return {
      get world() {
        return host.#stepper.world;
      },
      get isStarting() {
        const isOpen = host.#stopped === undefined && host.#closing === undefined;
        return isOpen && isRunning(host.#stepper.world);
      },
      get isTaking() {
        return host.#stopped === undefined;
      },
      get isBusy() {
        return host.#isBusy;
      },
      get fault() {
        return host.#stopped?.code;
      },
      get wakeAtNs() {
        return host.#stepper.wakeAtNs;
      },
      submit: (input) => host.#offer(input, { isOwn: true }),
      failed: (cause) => host.#stop(fenceFault(cause)),
      store: (object) => host.#committer.append({ records: [], objects: [object] }),
      started: (start) => host.#watch.started(start),
    };
  }

  /** Logical time of this moment, which no record may have yet. */
  get logicalNowNs(): bigint {
    return this.#stepper.logicalNowNs;
  }

  /** The defect that halted the world, until an operator clears it. */
  get halt(): HaltMark | undefined {
    return this.#halt;
  }

  /**
   * Hands an input to the world. Resolves with the acknowledgement once its record is durable, or
   * with a refusal that left no trace (`inbox-full`, `event-unreadable`, `signature-invalid`, or
   * the codes of `admit`). A second event of one dedup id gets the acknowledgement of the first.
   * Rejects with AosFault when the world stopped before the record was durable: `store-failed`,
   * `world-halted`, `world-closed`. After such a rejection the input may or may not be in the
   * journal. `onAccepted` is told before that, when the input waits to be stepped and its
   * signature was found to hold.
   */
  submit(submitted: SubmittedInput, onAccepted?: () => void): Promise<Result<Ack>> {
    if (this.#closing !== undefined) return Promise.reject(this.#closing);
    return this.#offer(submitted, { onAccepted });
  }

  /** As {@link submit}, also while the world is closing. */
  #offer(submitted: SubmittedInput, options: OfferOptions): Promise<Result<Ack>> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    return this.#entrance.offer(submitted, options);
  }

  /**
   * What `look` sees in the world of this moment, once the records it saw are durable. A world that
   * a defect halted can still be read. Rejects with `store-failed` or `world-closed`.
   */
  async read<T>(look: (world: World) => T): Promise<T> {
    const fault = this.#halt === undefined ? (this.#stopped ?? this.#closing) : this.#closing;
    if (fault !== undefined) throw fault;
    const seen = look(this.#stepper.world);
    await this.#committer.last;
    return seen;
  }

  /** Intents that have not settled, released or waiting for approval, once they are durable. */
  openIntents(): Promise<readonly OpenIntent[]> {
    return this.read((world) => [...world.intents.range()]);
  }

  /** The latest effects that came to nothing, oldest first; the journal has all of them. */
  get deadLetters(): readonly DeadLetter[] {
    return this.#effects.deadLetters;
  }

  /** The latest effects that the gate denied, oldest first, with what would help. */
  get denials(): readonly DeniedEffect[] {
    return this.#denials.denials;
  }

  /** Inputs that wait to be stepped. */
  get waiting(): number {
    return this.#inbox.size;
  }

  /** Tells of what happens to the world from now on, or that it has stopped; the answer ends it. */
  watch(events: HostEvents): () => void {
    const fault = this.#stopped;
    if (fault !== undefined) queueMicrotask(() => events.stopped?.(fault));
    return this.#watch.add(events);
  }

  /** Where the effect of an open intent stands, or the code of what keeps it. */
  standingOf(intent: OpenIntent): string | undefined {
    return this.#effects.explain(intent);
  }

  /** Stores an object of nobody; resolves when it is durable. Rejects as {@link submit} does. */
  async storeObject(object: StoredObject): Promise<void> {
    const fault = this.#stopped ?? this.#closing;
    if (fault !== undefined) throw fault;
    await this.#committer.append({ records: [], objects: [object] });
  }

  /**
   * Resolves when nothing moves any more, with what the world then waits for: receipts, timers,
   * time, people, or to be let go on. Effects that lead to others are all run before.
   */
  untilQuiescent(options?: QuiescenceOptions): Promise<Quiescence> {
    return this.#effects.untilQuiescent(options);
  }

  /**
   * Writes the world of this moment as a snapshot, and resolves with its mark when that is durable.
   * Rejects as {@link submit} does.
   */
  async snapshot(): Promise<SnapshotMark> {
    const fault = this.#stopped ?? this.#closing;
    if (fault !== undefined) throw fault;
    return this.#keeper.take();
  }

  /**
   * The head of this moment, once it is durable, signed where this host has a key that the world
   * knows. Rejects as {@link submit} does.
   */
  async head(): Promise<StoredHead> {
    const { world } = this.#stepper;
    const stored = await makeHead(world, hashWorld(world), this.#snapshotPorts);
    return this.read(() => stored);
  }

  /** Ends a halt: an operator has looked at it. Refusals: `halt-none`, `signature-invalid`, … */
  async clearHalt(clearance: HaltClearance): Promise<Refusal | undefined> {
    const halt = this.#halt;
    if (halt === undefined) return { code: 'halt-none', at: '', detail: 'the world is not halted' };
    const refusal = checkClearance(this.#stepper.world, { halt, clearance }, this.#verifier);
    if (refusal !== undefined) return refusal;
    const marks = [{ kind: 'halt-cleared', seq: halt.seq }] as const;
    await this.#committer.append({ records: [], objects: [], marks });
    this.#halt = undefined;
    this.#stopped = undefined;
    this.#schedule();
    this.#effects.goOn();
    return undefined;
  }

  /**
   * Starts no more effects and waits for those that run, up to a bound; steps what is waiting,
   * flushes, makes a snapshot if the last is far back, closes the store. What comes after the call
   * is rejected.
   */
  close(): Promise<void> {
    const closed = 'the world is closed; open it again';
    this.#closing ??= new AosFault('world-closed', closed, { retry: 'later' });
    this.#closed ??= this.#finish(this.#closing);
    return this.#closed;
  }

  async #finish(closing: AosFault): Promise<void> {
    const drained = this.#effects.drain();
    if (drained !== undefined) await drained;
    this.#agenda.close();
    while (this.#isBusy) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
        this.#schedule();
      });
    }
    const isWhole = this.#stopped === undefined;
    this.#stop(closing);
    try {
      await this.#keeper.close();
      if (isWhole && this.#keeper.behind >= this.#snapshotRecords) await this.#keeper.take();
    } finally {
      await this.#store.close();
    }
  }

  get #isBusy(): boolean {
    if (this.#committer.isBusy) return true;
    if (this.#stopped !== undefined) return false;
    return this.#inbox.size > 0 || this.#agenda.hasNext(this.#stepper);
  }

  #schedule(): void {
    if (this.#scheduled || this.#committer.isFull) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#stopped !== undefined || this.#committer.isFull) return;
    const { group, failed } = runTurn(this.#turnPorts);
    this.#committer.commit(group);
    if (failed !== undefined) this.#fail(failed.cause, failed.task);
    this.#goOn();
  }

  /** Schedules what is left, waits for time, or tells a waiting close that nothing is left. */
  #goOn(): void {
    const isStopped = this.#stopped !== undefined;
    if (!isStopped && this.#agenda.hasNext(this.#stepper)) this.#schedule();
    else if (!this.#isBusy) this.#idle?.();
    this.#effects.rest();
    const { wakeAtNs, world } = this.#stepper;
    if (wakeAtNs === undefined || isStopped || this.#closing !== undefined || !isRunning(world)) {
      this.#timer.clear();
    } else this.#timer.set(wakeAtNs, this.#stepper.logicalNowNs);
  }

  /** What the outside failed at only stops the world; everything else is a defect and halts it. */
  #fail(cause: unknown, { raw, waiting }: Task): void {
    const rejected = [...(waiting === undefined ? [] : [waiting]), ...this.#inbox.clear()];
    const reject = (fault: AosFault) => {
      for (const each of rejected) each.reject(fault);
    };
    if (cause instanceof AosFault) {
      this.#stop(cause);
      reject(cause);
      return;
    }
    const halt = haltMarkOf(cause, { world: this.#stepper.world, raw });
    const fault = haltFault(halt, cause);
    this.#halt = halt;
    this.#stop(fault);
    const told = () => reject(fault);
    this.#committer.append({ records: [], objects: [], marks: [halt] }).then(told, told);
  }

  #stop(fault: AosFault): void {
    if (this.#stopped === undefined) this.#watch.stopped(fault);
    this.#stopped ??= fault;
    this.#timer.clear();
    for (const waiting of this.#inbox.clear()) waiting.reject(fault);
    this.#effects.rest();
  }
}
