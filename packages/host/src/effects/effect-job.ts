/** One released intent on its way to a receipt. */
import { type Hash, toHex } from '@aos/canon';
import type { RawReceipt } from '@aos/kernel';
import { CancelSource } from './cancel-source.js';
import type { UnendedEffect } from './quiescence.js';

/**
 * `queued`: may be started. `running`: an adapter has it. `waiting`: for the next start, or until
 * its receipt is handed in again. `answered`: it has a receipt that the world has not taken, as it
 * stands still or closes. `submitted`: the world is taking its receipt. `left`: nothing more
 * happens to it here; it stays an open intent.
 */
export type JobState = 'queued' | 'running' | 'waiting' | 'answered' | 'submitted' | 'left';

export class EffectJob {
  readonly cancel = new CancelSource();
  state: JobState = 'queued';
  /** How often an adapter was started with it. */
  starts = 0;
  /** It was open when the world was opened: what ran before is not known. */
  isOlder = false;
  /** The receipt, as soon as there is one. */
  receipt: RawReceipt | undefined;
  /** Code of what came of it when that is not ok. */
  code: string | undefined;
  /** Calls off what it waits for. */
  stopWaiting: (() => void) | undefined;

  constructor(
    readonly intent: Hash,
    readonly effect: string,
  ) {}

  get key(): string {
    return toHex(this.intent);
  }
}

/** All jobs, how many of them are in each state, and in which order they came. */
export class JobTable {
  readonly #jobs = new Map<string, EffectJob>();
  readonly #counts = new Map<JobState, number>();

  get(intent: Hash): EffectJob | undefined {
    return this.#jobs.get(toHex(intent));
  }

  values(): Iterable<EffectJob> {
    return this.#jobs.values();
  }

  count(state: JobState): number {
    return this.#counts.get(state) ?? 0;
  }

  /** Whether this holds for every one that runs or waits for its next start. */
  everyUnended(holds: (effect: UnendedEffect) => boolean): boolean {
    for (const { intent, effect, state } of this.#jobs.values()) {
      const isUnended = state === 'running' || state === 'waiting';
      if (isUnended && !holds({ intent, effect, state })) return false;
    }
    return true;
  }

  add(job: EffectJob): void {
    this.#jobs.set(job.key, job);
    this.#add(job.state, 1);
  }

  move(job: EffectJob, state: JobState): void {
    this.#add(job.state, -1);
    job.state = state;
    this.#add(state, 1);
  }

  delete(job: EffectJob): void {
    if (this.#jobs.delete(job.key)) this.#add(job.state, -1);
  }

  #add(state: JobState, by: number): void {
    this.#counts.set(state, this.count(state) + by);
  }
}

/** The jobs of one kind: some run, the others queue. */
export class Lane {
  /** A set keeps the order, and lets go of one in the middle. */
  readonly #queue = new Set<EffectJob>();
  running = 0;

  constructor(readonly limit: number) {}

  get isBusy(): boolean {
    return this.#queue.size > 0;
  }

  push(job: EffectJob): void {
    this.#queue.add(job);
  }

  delete(job: EffectJob): void {
    this.#queue.delete(job);
  }

  /** Takes the next job that may be started. */
  next(): EffectJob | undefined {
    if (this.running >= this.limit) return undefined;
    const [job] = this.#queue;
    if (job !== undefined) this.#queue.delete(job);
    return job;
  }
}
