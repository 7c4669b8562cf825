/**
 * The runner of effects: starts what a world has released, and hands in receipts.
 *
 * E1 Nothing is started before the record that released it is durable.
 * E2 What is open is in the world: after a crash all that was released and has not settled is
 *    started again, with the same intent hash and idempotency key. Nothing is kept beside it.
 * E3 An intent runs at most once at a time; it gets one receipt, which is handed in until the world
 *    has taken it or has no use for it.
 * E4 Kinds do not wait for each other, and a kind waits for itself only up to its concurrency.
 * E5 Nothing is started while the world stands still or does not know the key that signs.
 *
 * Deliberately absent: what effects do, which is the adapters'; settling at a deadline, which is
 * the world's: here a deadline only calls off what runs.
 */
import { bytesEqual, type Refusal } from '@aos/canon';
import type { OpenIntent } from '@aos/kernel';
import type { Adapter, EffectFailure, Output, StoredObject } from '@aos/protocol';
import { signReceiptLater } from '../keys/signing.js';
import { type Answer, answerOf, checkOutcome } from './answer.js';
import { type AttemptPorts, runAttempt } from './attempt.js';
import { callOf } from './effect-context.js';
import { EffectJob, JobTable, Lane } from './effect-job.js';
import {
  DEFAULT_CONCURRENCY,
  DEFAULT_DRAIN_MS,
  type DeadLetter,
  retryDelayNs,
  TIMER_KIND,
} from './effect-options.js';
import { type FrameOrigin, handInFrame } from './frame-channel.js';
import { olderJobs } from './older-jobs.js';
import type { QuiescenceOptions } from './quiescence.js';
import type { EffectWorld, RunnerSetup } from './runner-setup.js';
import { WorldBlobs } from './world-blobs.js';

/** Dead letters that are kept; older ones are in the journal only. */
const MAX_DEAD_LETTERS = 1000;
/** Jobs of one kind that are started in one turn of the event loop. */
const STARTED_AT_ONCE = 1024;

/** What the world says of a receipt that it has no use for: the intent has ended otherwise. */
const SETTLED = new Set(['receipt-duplicate', 'receipt-unknown', 'receipt-epoch']);

const NOT_STARTED: EffectFailure = {
  status: 'cancelled',
  code: 'effect-cancelled',
  message: 'nobody waits for it any more; it was not started since it was called off',
};

export class EffectRunner {
  readonly #jobs = new JobTable();
  readonly #lanes = new Map<string, Lane>();
  readonly #deadLetters: DeadLetter[] = [];
  readonly #watchers = new Set<() => void>();
  readonly #blobs: WorldBlobs;
  #isClosing = false;

  constructor(
    readonly setup: RunnerSetup,
    readonly host: EffectWorld,
    /** Called when something here has moved. */
    private readonly moved: () => void,
  ) {
    const write = (object: StoredObject) => host.store(object);
    this.#blobs = new WorldBlobs({ read: setup.readObject, write });
  }

  /** The latest effects that came to nothing, oldest first. */
  get deadLetters(): readonly DeadLetter[] {
    return [...this.#deadLetters];
  }

  /** Takes up what the world has open. Call it once, when all the world knows is durable. */
  open(): void {
    this.#attempt(() => {
      for (const job of olderJobs(this.host.world, this.setup.table)) this.#add(job);
    });
    this.poke();
  }

  /** What records asked for that are durable now. */
  take(outputs: readonly Output[]): void {
    this.#attempt(() => {
      for (const output of outputs) {
        if (output.kind === 'release') this.#release(output.intent);
        if (output.kind === 'cancel') this.#cancel(this.#jobs.get(output.intent));
      }
    });
    this.poke();
  }

  /** Something has changed: starts and hands in what may be. */
  poke(): void {
    if (this.#jobs.count('answered') > 0 && this.host.isTaking) {
      for (const job of [...this.#jobs.values()]) {
        if (job.state === 'answered') this.#submit(job);
      }
    }
    for (const [kind, lane] of this.#lanes) this.#pump(kind, lane);
  }

  /** Looking at the world may read from its store; where that fails the world is stopped. */
  #attempt(run: () => void): void {
    try {
      run();
    } catch (cause) {
      this.host.failed(cause);
    }
  }

  /** Whether nothing moves here by itself; timers move with time only. */
  isAtRest({ timers = 'list', isStill }: QuiescenceOptions): boolean {
    const jobs = this.#jobs;
    if (jobs.count('submitted') > 0) return false;
    const set = timers === 'list' ? (this.#lanes.get(TIMER_KIND)?.running ?? 0) : 0;
    if (jobs.count('running') + jobs.count('waiting') > set) {
      const isSet = (effect: string) => set > 0 && effect === TIMER_KIND;
      if (isStill === undefined) return false;
      if (!jobs.everyUnended((each) => isSet(each.effect) || isStill(each))) return false;
    }
    return !this.#mayStart || ![...this.#lanes].some(([kind, lane]) => this.#hasNext(kind, lane));
  }

  /** Why an intent that was released has not settled yet. */
  explain(intent: OpenIntent): string {
    const job = this.#jobs.get(intent.hash);
    if (job === undefined) return 'left';
    if (job.state !== 'queued') return job.state === 'left' ? (job.code ?? 'left') : job.state;
    if (!this.setup.table.has(job.effect)) return 'adapter-missing';
    return this.#isKnown ? 'queued' : 'host-key-unknown';
  }

  /**
   * Starts nothing more, waits for what runs, and calls off what takes too long: that stays an open
   * intent. Adapters stay open, as others may use them.
   */
  async drain(): Promise<void> {
    this.#isClosing = true;
    const { startTimer, options, clock } = this.setup;
    let isOver = false;
    const stop = startTimer(options.drainMs ?? DEFAULT_DRAIN_MS, () => {
      isOver = true;
      this.#changed();
    });
    await this.#until(() => isOver || this.#isDone(this.#lanes.get(TIMER_KIND)?.running ?? 0));
    stop();
    for (const job of this.#jobs.values())
      if (job.state === 'running') job.cancel.cancel('closing');
    await this.#until(() => this.#isDone(0));
    for (const job of this.#jobs.values()) job.stopWaiting?.();
    clock.close();
  }

  #isDone(running: number): boolean {
    return this.#jobs.count('running') <= running && this.#jobs.count('submitted') === 0;
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
    this.moved();
  }

  /** Whether the world knows the key that receipts are signed with, in a role that may. */
  get #isKnown(): boolean {
    const { keyId } = this.setup.options.signer;
    return this.host.world.keyring.some(
      (key) =>
        key.revokedAt === null &&
        bytesEqual(key.keyId, keyId) &&
        key.roles.some((role) => role === 'host' || role === 'adapter'),
    );
  }

  get #mayStart(): boolean {
    return !this.#isClosing && this.host.isStarting && this.#isKnown;
  }

  #hasNext(kind: string, lane: Lane): boolean {
    return lane.isBusy && this.setup.table.has(kind) && lane.running < lane.limit;
  }

  #release(hash: OpenIntent['hash']): void {
    const intent = this.host.world.intents.get(hash);
    // it may have ended in a later record already
    if (intent === undefined || this.#jobs.get(hash) !== undefined) return;
    this.#add(new EffectJob(hash, intent.effect));
  }

  #add(job: EffectJob): void {
    this.#jobs.add(job);
    this.#laneOf(job.effect).push(job);
  }

  #laneOf(kind: string): Lane {
    const known = this.#lanes.get(kind);
    if (known !== undefined) return known;
    const most = kind === TIMER_KIND ? Number.POSITIVE_INFINITY : DEFAULT_CONCURRENCY;
    const lane = new Lane(this.setup.options.concurrency?.[kind] ?? most);
    this.#lanes.set(kind, lane);
    return lane;
  }

  #pump(kind: string, lane: Lane): void {
    const adapter = this.setup.table.get(kind);
    if (adapter === undefined || !lane.isBusy || !this.#mayStart) return;
    for (let started = 0; started < STARTED_AT_ONCE && this.#mayStart; started++) {
      const job = lane.next();
      if (job === undefined) return;
      this.#attempt(() => this.#start(job, adapter, lane));
    }
    setImmediate(() => this.#pump(kind, lane));
  }

  #start(job: EffectJob, adapter: Adapter, lane: Lane): void {
    const { world } = this.host;
    const intent = world.intents.get(job.intent);
    // given up meanwhile by another epoch, and maybe asked for again: then it waits for its people
    if (intent?.state !== 'released') {
      this.#jobs.delete(job);
      return;
    }
    if (intent.isCancelled) {
      this.#answer(job, { intent, adapter, answer: this.#notStarted(job) });
      return;
    }
    // what comes of it is signed
    this.setup.signer.prepare?.();
    // reads from the store, which may fail: what has not begun must not count as running
    const call = callOf(world, intent);
    lane.running += 1;
    job.starts += 1;
    this.#jobs.move(job, 'running');
    const origin = { adapter, intent };
    const { intent: hash, effect, starts } = job;
    this.host.started({ intent: hash, effect, adapter: adapter.id, starts });
    runAttempt({ ...origin, call }, job, this.#portsOf(origin)).then((outcome) => {
      lane.running -= 1;
      this.#attempt(() => {
        const answer = checkOutcome(this.host.world, intent, outcome);
        this.#conclude(job, { intent, adapter, answer });
      });
      // the world was stopped before anything came of it: nobody waits for this job any more
      if (job.state === 'running') this.#jobs.move(job, 'left');
      this.#pump(job.effect, lane);
      this.#changed();
    });
  }

  #portsOf(origin: FrameOrigin): AttemptPorts {
    const { engine, clock, graceNs, options } = this.setup;
    const { hash: intent } = origin.intent;
    return {
      ...{ world: () => this.host.world, engine, blobs: this.#blobs, clock, graceNs },
      secrets: options.secrets,
      handInFrame: (payload) => handInFrame(this, origin, payload),
      onDefect: ({ id }, cause) => options.onDefect?.({ adapter: id, intent, cause }),
    };
  }

  /** An outcome becomes another start, a receipt, or nothing. */
  #conclude(job: EffectJob, { intent, adapter, answer }: Concluded): void {
    job.code = answer.code;
    const delayNs = this.#retryDelay(job, intent, answer);
    const isCalledOff = job.cancel.reason === 'closing' && answer.status === 'cancelled';
    if (isCalledOff || (this.#isClosing && delayNs !== undefined)) {
      this.#jobs.move(job, 'left');
    } else if (delayNs !== undefined) {
      this.#wait(job, delayNs, () => {
        this.#jobs.move(job, 'queued');
        this.#laneOf(job.effect).push(job);
        this.poke();
        this.#changed();
      });
    } else this.#answer(job, { intent, adapter, answer });
  }

  /** How long until the next start; undefined when the outcome is the last word. */
  #retryDelay(job: EffectJob, { deadlineNs }: OpenIntent, answer: Answer): bigint | undefined {
    const { retry, random, clock } = this.setup;
    const { reason } = job.cancel;
    if (reason === 'cancelled' || reason === 'deadline') return undefined;
    if (answer.status === 'ok' || answer.retry !== 'later') return undefined;
    if (job.starts >= retry.starts) return undefined;
    const delayNs = retryDelayNs(retry, job.starts, random);
    const isInTime = deadlineNs === undefined || clock.logicalNowNs() + delayNs < deadlineNs;
    return isInTime ? delayNs : undefined;
  }

  #wait(job: EffectJob, delayNs: bigint, run: () => void): void {
    const { clock } = this.setup;
    this.#jobs.move(job, 'waiting');
    job.stopWaiting = clock.at(clock.logicalNowNs() + delayNs, () => {
      job.stopWaiting = undefined;
      run();
    });
  }

  async #answer(job: EffectJob, { intent, adapter, answer }: Concluded): Promise<void> {
    const { status, payload, costCents, code } = answer;
    const { hash: intentHash, epoch, attempt } = intent;
    const { worldId } = this.host.world;
    const body = { worldId, epoch, intentHash, attempt, adapterId: adapter.id, status };
    const unsigned = costCents === undefined ? body : { ...body, costCents };
    this.#jobs.move(job, 'submitted');
    if (code !== undefined && status !== 'cancelled') this.#bury(job, code);
    try {
      job.receipt = await signReceiptLater(this.setup.signer, unsigned, payload);
      this.#submit(job);
    } catch (cause) {
      // no receipt can be made here: the intent stays open for a host that can
      this.#jobs.move(job, 'left');
      this.host.failed(cause);
      this.#changed();
    }
  }

  /** Hands the receipt in. A world that stands still takes it when it goes on, or opens again. */
  async #submit(job: EffectJob): Promise<void> {
    const { receipt } = job;
    if (receipt === undefined) return;
    this.#jobs.move(job, 'submitted');
    try {
      const result = await this.host.submit(receipt);
      if (result.ok) this.#jobs.delete(job);
      else this.#refused(job, result.refusal);
    } catch {
      this.#jobs.move(job, 'answered');
    }
    this.#changed();
  }

  #refused(job: EffectJob, { code }: Refusal): void {
    if (SETTLED.has(code)) {
      this.#jobs.delete(job);
    } else if (code === 'inbox-full' && !this.#isClosing) {
      const { retry, random } = this.setup;
      this.#wait(job, retryDelayNs(retry, 1, random), () => this.#submit(job));
    } else {
      job.code = code;
      this.#jobs.move(job, 'left');
      this.#bury(job, code);
    }
  }

  #bury({ intent, effect, starts }: EffectJob, code: string): void {
    const atNs = this.setup.clock.logicalNowNs();
    this.#deadLetters.push({ intent, effect, code, starts, atNs });
    if (this.#deadLetters.length > MAX_DEAD_LETTERS) this.#deadLetters.shift();
  }

  /** What runs is told; what does not is answered for, unless the world has settled it already. */
  #cancel(job: EffectJob | undefined): void {
    if (job === undefined) return;
    job.cancel.cancel('cancelled');
    const isIdle = job.state === 'queued' || (job.state === 'waiting' && !job.receipt);
    if (!isIdle) return;
    job.stopWaiting?.();
    this.#laneOf(job.effect).delete(job);
    const intent = this.host.world.intents.get(job.intent);
    const adapter = this.setup.table.get(job.effect) ?? { id: 'host' };
    if (intent === undefined) this.#jobs.delete(job);
    else this.#answer(job, { intent, adapter, answer: this.#notStarted(job) });
  }

  /** It cost nothing, unless it may have been started before, here or before this opening. */
  #notStarted({ starts, isOlder }: EffectJob): Answer {
    const answer = answerOf(this.host.world, NOT_STARTED);
    return isOlder || starts > 0 ? answer : { ...answer, costCents: 0n };
  }
}

interface Concluded {
  readonly intent: OpenIntent;
  readonly adapter: Pick<Adapter, 'id'>;
  readonly answer: Answer;
}
