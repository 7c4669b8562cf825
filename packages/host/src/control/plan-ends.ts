/**
 * Waiting for the plans that a record has started, for whoever wants their results in the answer to
 * what started them.
 *
 * 1. Only what is durable ends a wait. What is durable already is looked through first, and what
 *    becomes so meanwhile is not missed.
 * 2. One listener serves all who wait; while nobody does there is none.
 */
import { type DescribePorts, describeEntry, type World } from '@aos/kernel';
import type {
  AosFault,
  Entry,
  JournalRecord,
  PlainValue,
  PlanEndShape,
  PlanEndsShape,
} from '@aos/protocol';
import { fenceFault } from '../loop/committer.js';
import type { DurableRecord } from '../loop/host-watch.js';
import type { WorldHost } from '../world-host.js';
import { type RecordsView, readSlice } from './record-slices.js';

/** A living world. */
export interface EndsView extends RecordsView {
  readonly host: Pick<WorldHost, 'watch'>;
  read<T>(look: (world: World) => T): Promise<T>;
  describing(world: World): DescribePorts;
}

export interface EndsWait {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** The plans of one record, as far as they have ended. */
class Started {
  /** Sequence of the next record to look at. */
  next: number;
  /** Names of those that run, by the entry that they began with. */
  readonly #open = new Map<number, string>();
  readonly #results = new Map<number, PlainValue>();
  readonly #ended: PlanEndShape[] = [];

  constructor(
    readonly seq: number,
    private readonly ports: DescribePorts,
  ) {
    this.next = seq;
  }

  get isOver(): boolean {
    return this.next > this.seq && this.#open.size === 0;
  }

  get shape(): PlanEndsShape {
    return { timed_out: !this.isOver, plans: this.#ended };
  }

  look({ seq, entries }: JournalRecord): void {
    if (seq < this.next) return;
    this.next = seq + 1;
    for (const [i, entry] of entries.entries()) {
      const isRoot = entry.kind === 'plan-started' && entry.parent === null;
      if (!isRoot) this.#end(entry);
      else if (seq === this.seq) this.#open.set(i, entry.plan);
    }
  }

  #end(entry: Entry): void {
    if (entry.kind !== 'plan-result' && entry.kind !== 'plan-ended') return;
    const { seq, i } = entry.instance;
    const plan = seq === this.seq ? this.#open.get(i) : undefined;
    if (plan === undefined) return;
    if (entry.kind === 'plan-result') {
      this.#results.set(i, describeEntry(entry, this.ports).value as PlainValue);
      return;
    }
    const { status, code } = entry;
    const value = this.#results.get(i) ?? null;
    this.#open.delete(i);
    this.#ended.push({ plan, instance: `${seq}/${i}`, status, code, value });
  }
}

interface Waiting {
  readonly started: Started;
  over(): void;
  reject(fault: AosFault): void;
}

export class PlanEnds {
  /** By the record that they wait for. */
  readonly #waiting = new Map<number, Set<Waiting>>();
  /** By what ends their waits: one listener each, however many wait. */
  readonly #leaving = new WeakMap<AbortSignal, Set<Waiting>>();
  #entered = 0;
  #leave: () => void = () => undefined;
  #ports: DescribePorts | undefined;
  /** What stopped the world, until it goes on. */
  #fault: AosFault | undefined;

  constructor(private readonly view: EndsView) {}

  /**
   * Sends with `send`, which answers with a record, and waits until all plans that it started have
   * ended, the time is up, or nobody waits any more. Rejects with what stopped the world.
   */
  async after(send: () => Promise<number>, wait: EndsWait): Promise<PlanEndsShape> {
    this.#enter();
    try {
      const seq = await send();
      this.#ports ??= await this.view.read((world) => this.view.describing(world));
      return await this.#until(new Started(seq, this.#ports), wait);
    } finally {
      this.#exit();
    }
  }

  async #until(started: Started, { timeoutMs, signal }: EndsWait): Promise<PlanEndsShape> {
    const endMs = performance.now() + timeoutMs;
    const isLate = () => signal?.aborted === true || performance.now() >= endMs;
    while (!this.#look(started) && !isLate()) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (started.isOver || isLate()) return started.shape;
    if (this.#fault !== undefined) throw this.#fault;
    return this.#wait(started, { timeoutMs: endMs - performance.now(), signal });
  }

  /** Looks at what is durable; false while more of it is left to look for ends in. */
  #look(started: Started): boolean {
    const { view } = this;
    const recent = view.recent.from(started.next, Number.POSITIVE_INFINITY);
    const found = recent.length > 0 ? recent : readSlice(view, started.next);
    for (const { record } of found) started.look(record);
    return started.isOver || recent.length > 0 || started.next > view.head;
  }

  #wait(started: Started, { timeoutMs, signal }: EndsWait): Promise<PlanEndsShape> {
    const { seq } = started;
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        dropFrom(this.#waiting, seq, waiting);
        if (signal !== undefined) this.#leaving.get(signal)?.delete(waiting);
      };
      const over = () => {
        leave();
        resolve(started.shape);
      };
      const fail = (fault: AosFault) => {
        leave();
        reject(fault);
      };
      const timer = setTimeout(over, timeoutMs);
      const waiting = { started, over, reject: fail };
      addTo(this.#waiting, seq, waiting);
      if (signal !== undefined) this.#endWith(signal, waiting);
    });
  }

  #endWith(signal: AbortSignal, waiting: Waiting): void {
    const known = this.#leaving.get(signal);
    if (known !== undefined) {
      known.add(waiting);
      return;
    }
    const leaving = new Set([waiting]);
    this.#leaving.set(signal, leaving);
    const end = () => {
      for (const { over } of [...leaving]) over();
    };
    signal.addEventListener('abort', end, { once: true });
  }

  #enter(): void {
    this.#entered += 1;
    if (this.#entered > 1) return;
    this.#fault = undefined;
    const forget = this.view.recent.follow();
    const unwatch = this.view.host.watch({
      durable: (records) => this.#take(records),
      stopped: (fault) => this.#stop(fault),
    });
    this.#leave = () => {
      unwatch();
      forget();
      this.#ports = undefined;
    };
  }

  #exit(): void {
    this.#entered -= 1;
    if (this.#entered === 0) this.#leave();
  }

  #take(records: readonly DurableRecord[]): void {
    this.#fault = undefined;
    for (const { record } of records) {
      // a world may define its plans anew while one runs
      if (record.input.kind === 'governance') this.#ports = undefined;
      for (const entry of record.entries) {
        if (entry.kind !== 'plan-ended' && entry.kind !== 'plan-result') continue;
        for (const waiting of [...(this.#waiting.get(entry.instance.seq) ?? [])]) {
          lookFor(waiting, record);
        }
      }
    }
  }

  #stop(fault: AosFault): void {
    this.#fault = fault;
    for (const each of [...this.#waiting.values()]) {
      for (const waiting of [...each]) waiting.reject(fault);
    }
  }
}

/** A value that cannot be read is no matter of those who wait for others. */
function lookFor({ started, over, reject }: Waiting, record: JournalRecord): void {
  try {
    started.look(record);
    if (started.isOver) over();
  } catch (cause) {
    reject(fenceFault(cause));
  }
}

function addTo<K>(sets: Map<K, Set<Waiting>>, key: K, waiting: Waiting): void {
  const known = sets.get(key);
  if (known === undefined) sets.set(key, new Set([waiting]));
  else known.add(waiting);
}

function dropFrom<K>(sets: Map<K, Set<Waiting>>, key: K, waiting: Waiting): void {
  const known = sets.get(key);
  known?.delete(waiting);
  if (known?.size === 0) sets.delete(key);
}
