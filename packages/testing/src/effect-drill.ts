/**
 * The drill of effects: a world that asks the outside lives on a simulated disk that is cut at any
 * operation, before and after record, flush, start, answer and receipt; then these laws must hold.
 *
 * O1 Nothing was started whose intent is not in the journal: nothing goes out before it is durable.
 * O2 Nothing is lost: in a life that is not cut, all that was ever acknowledged comes to its end.
 * O3 What was started more than once had the same idempotency key each time, and no other intent
 *    had it.
 * O4 Every intent that was released is settled once.
 * O5 The journal is true, signatures included.
 */
import { type Hash, toHex } from '@aos/canon';
import {
  type HostEngine,
  openWorldHost,
  type Signer,
  verifyWorld,
  type WorldHost,
} from '@aos/host';
import type { RawEvent } from '@aos/kernel';
import {
  type Adapter,
  AosFault,
  decodeRecord,
  type EffectCall,
  type EffectContext,
  type EffectOutcome,
  type Entry,
  failedOutcome,
  type StoredObject,
  type WorldStore,
} from '@aos/protocol';
import { createWorldStore, openWorldStore, type StoreOptions } from '@aos/store';
import { DrillTime } from './drill-time.js';
import { Random } from './random.js';
import { SimDisk } from './sim-disk.js';

const DIRECTORY = '/worlds/effects';
const LIVES = 4;
const CLIENTS = 3;
const EVENTS_PER_CLIENT = 3;
/** Turns of the event loop that a life goes on after its last event. */
const TURNS_AFTER = 60;
const KILL_CHANCE = 0.5;
const FAILURE_CHANCE = 0.2;
/** Failures of one intent: fewer than the starts that a host makes of it. */
const MAX_FAILURES = 2;

/** The world to torment. Its effects end well, and all its plans end then. */
export interface EffectDrillSubject {
  readonly genesis: Uint8Array;
  readonly objects: readonly StoredObject[];
  newEngine(): HostEngine;
  /** Of the keyring. */
  readonly operator: Signer;
  /** Signs receipts; the operator adds it. */
  readonly signer: Signer;
  readonly kinds: readonly string[];
  event(count: number): RawEvent;
  /** The receipt of a call. */
  answer(call: EffectCall): EffectOutcome;
}

export interface EffectDrillOptions {
  readonly firstSeed?: number;
  readonly seeds: number;
  /** The canary: a disk whose flushes do nothing. The report must then name problems. */
  readonly lieAboutFlush?: boolean;
}

export interface EffectDrillReport {
  readonly cuts: number;
  /** Starts of adapters. */
  readonly starts: number;
  /** Intents that were started more than once. */
  readonly repeated: number;
  /** One line per broken law, naming the seed. */
  readonly problems: readonly string[];
}

/** Each seed is a world with some lives that are cut at a random operation, and one that is not. */
export async function runEffectCutPoints(
  subject: EffectDrillSubject,
  options: EffectDrillOptions,
): Promise<EffectDrillReport> {
  const { firstSeed = 1, seeds, lieAboutFlush = false } = options;
  const total = { cuts: 0, starts: 0, repeated: 0, problems: [] as string[] };
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const ordeal = new EffectOrdeal(subject, seed);
    await ordeal.run(lieAboutFlush);
    total.cuts += ordeal.cuts;
    for (const { starts } of ordeal.outside.values()) {
      total.starts += starts;
      if (starts > 1) total.repeated += 1;
    }
    total.problems.push(...ordeal.problems.map((text) => `seed ${seed}: ${text}`));
  }
  return total;
}

/** What the outside has seen of one intent. */
interface Seen {
  readonly key: string;
  starts: number;
  failures: number;
}

class EffectOrdeal {
  cuts = 0;
  readonly problems: string[] = [];
  /** By intent. */
  readonly outside = new Map<string, Seen>();
  private readonly random: Random;
  private readonly storeOptions: StoreOptions;
  private readonly acknowledged = new Set<number>();
  private submitted = 0;
  private isCreated = false;

  constructor(
    private readonly subject: EffectDrillSubject,
    seed: number,
  ) {
    this.random = new Random(seed);
    const segmentBytes = this.random.pick([4000, 2 ** 20]);
    this.storeOptions = { segmentBytes, salt: this.random.bytes(16) };
  }

  async run(lieAboutFlush: boolean): Promise<void> {
    let disk = new SimDisk(this.random.next(), { lieAboutFlush });
    for (let life = 0; life < LIVES && this.problems.length === 0; life++) {
      disk.crashAt(this.random.below(80));
      if (this.random.chance(FAILURE_CHANCE)) {
        disk.failAt(this.random.below(80), this.random.pick(['EIO', 'ENOSPC', 'short-write']));
      }
      const outside = new Outside(this, 'moody');
      await Promise.race([disk.crashed, this.live(disk, outside)]);
      outside.isOver = true;
      this.cuts += 1;
      disk = this.random.chance(KILL_CHANCE) ? disk.kill() : disk.crash();
      await this.inspect(disk);
    }
    if (this.problems.length === 0) await this.finish(disk);
  }

  get kinds(): readonly string[] {
    return this.subject.kinds;
  }

  next(call: EffectCall): { readonly seen: Seen; readonly mood: number; readonly turns: number } {
    const intent = toHex(call.intentHash);
    const key = toHex(call.idempotencyKey);
    const seen = this.outside.get(intent) ?? { key, starts: 0, failures: 0 };
    this.outside.set(intent, seen);
    seen.starts += 1;
    if (seen.key !== key) this.problems.push(`intent ${intent} had two keys`);
    return { seen, mood: this.random.below(10), turns: this.random.below(8) };
  }

  answer(call: EffectCall): EffectOutcome {
    return this.subject.answer(call);
  }

  private async live(disk: SimDisk, outside: Outside): Promise<void> {
    try {
      const host = this.host(await this.begin(disk), outside);
      await Promise.all(Array.from({ length: CLIENTS }, () => this.feed(host)));
      await turns(this.random.below(TURNS_AFTER));
      await host.close();
    } catch (error) {
      const isOfDisk = error instanceof AosFault && error.code === 'store-failed';
      if (!disk.isCrashed && !isOfDisk) throw error;
    }
  }

  private async begin(disk: SimDisk): Promise<WorldStore> {
    const options = { ...this.storeOptions, fs: disk.fs };
    if (this.isCreated) return openWorldStore(DIRECTORY, options);
    const { genesis, objects } = this.subject;
    const store = await createWorldStore(DIRECTORY, genesis, objects, options);
    this.isCreated = true;
    return store;
  }

  private host(store: WorldStore, adapter: Adapter): WorldHost {
    const { operator, signer } = this.subject;
    const time = new DrillTime();
    return openWorldHost({
      store,
      engine: this.subject.newEngine(),
      clock: time,
      startTimer: time.startTimer,
      cryptoThreads: 'none',
      fillEntropy: (bytes) => bytes.set(this.random.bytes(bytes.length)),
      snapshotRecords: this.random.pick([3, 1000]),
      effects: {
        adapters: [adapter],
        signer,
        operator,
        random: () => 0.5,
        concurrency: Object.fromEntries(this.subject.kinds.map((kind) => [kind, 2])),
      },
    });
  }

  private async feed(host: WorldHost): Promise<void> {
    for (let i = 0; i < EVENTS_PER_CLIENT; i++) {
      const answer = await host.submit(this.subject.event(this.submitted++));
      if (!answer.ok) throw new Error(`the subject refused its event: ${answer.refusal.code}`);
      this.acknowledged.add(answer.value.seq);
    }
  }

  /** O1, O4, and that what was acknowledged is there. */
  private async inspect(disk: SimDisk): Promise<void> {
    try {
      const store = await openWorldStore(DIRECTORY, { ...this.storeOptions, fs: disk.fs });
      this.isCreated = true;
      this.checkJournal(store);
      await store.close();
    } catch (error) {
      if (!(error instanceof AosFault)) throw error;
      if (this.isCreated || error.code !== 'world-not-found') this.problems.push(error.code);
    }
  }

  private checkJournal(store: WorldStore): Entry[] {
    const entries = [...store.records(0)].flatMap(entriesOf);
    const opened = new Set(intentsOf(entries, 'intent'));
    const settled = intentsOf(entries, 'settled');
    for (const intent of this.outside.keys()) {
      if (!opened.has(intent)) this.problems.push(`intent ${intent} was started and is not there`);
    }
    if (new Set(settled).size < settled.length) this.problems.push('an intent is settled twice');
    for (const seq of this.acknowledged) {
      if (seq > store.head) this.problems.push(`acknowledged record ${seq} is gone`);
    }
    return entries;
  }

  /** O2 to O5, in a life in which nothing goes wrong. */
  private async finish(disk: SimDisk): Promise<void> {
    const host = this.host(await this.begin(disk), new Outside(this, 'kind'));
    const { blockers } = await host.untilQuiescent({ timers: 'wait' });
    for (const each of blockers) this.problems.push(`at the end there is ${each.kind}`);
    await host.close();
    const store = await openWorldStore(DIRECTORY, { ...this.storeOptions, fs: disk.fs });
    const entries = this.checkJournal(store);
    const [opened, settled] = [intentsOf(entries, 'intent'), intentsOf(entries, 'settled')];
    if (settled.length !== opened.length) {
      this.problems.push(`${opened.length} intents, and ${settled.length} settled`);
    }
    const started = entries.filter(({ kind }) => kind === 'plan-started').length;
    const ended = entries.filter((each) => each.kind === 'plan-ended' && each.status === 'ok');
    if (started !== ended.length) this.problems.push(`${ended.length} of ${started} plans ended`);
    const keys = new Set([...this.outside.values()].map(({ key }) => key));
    if (keys.size !== this.outside.size) this.problems.push('two intents had one key');
    const report = verifyWorld(store, this.subject.newEngine());
    if (!report.ok) this.problems.push(`record ${report.records} does not verify`);
    await store.close();
  }
}

/** The adapter of one life. Moody ones are slow, fail for a while, or never answer. */
class Outside implements Adapter {
  readonly id = 'drill';
  readonly kinds: readonly string[];
  /** The process is dead: nothing more goes out. */
  isOver = false;

  constructor(
    private readonly ordeal: EffectOrdeal,
    private readonly temper: 'kind' | 'moody',
  ) {
    this.kinds = ordeal.kinds;
  }

  async start(call: EffectCall, { cancel }: EffectContext): Promise<EffectOutcome> {
    if (this.isOver) return new Promise(() => undefined);
    const { seen, mood, turns: wait } = this.ordeal.next(call);
    if (this.temper === 'kind' || mood < 4) return this.ordeal.answer(call);
    if (mood === 9) return untilCancelled(cancel);
    await turns(wait);
    if (mood > 6 || seen.failures >= MAX_FAILURES) return this.ordeal.answer(call);
    seen.failures += 1;
    return failedOutcome({ status: 'error', code: 'drill-busy', message: '', retry: 'later' });
  }

  async close() {}
}

function untilCancelled(cancel: EffectContext['cancel']): Promise<EffectOutcome> {
  const message = 'it was called off';
  return new Promise((resolve) => {
    cancel.onCancel(() =>
      resolve(failedOutcome({ status: 'cancelled', code: 'drill-cancelled', message })),
    );
  });
}

function entriesOf(bytes: Uint8Array): readonly Entry[] {
  const record = decodeRecord(bytes);
  return record.ok ? record.value.entries : [];
}

function intentsOf(entries: readonly Entry[], kind: 'intent' | 'settled'): string[] {
  return entries.flatMap((each) => (each.kind === kind ? [toHex(each.intent as Hash)] : []));
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}
