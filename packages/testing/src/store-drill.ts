/**
 * The cut-point drill: a store lives on a simulated disk, the disk is cut at any operation, and
 * whatever the store acknowledged must be there afterwards.
 *
 * One case is a seed and its cuts. It lives several times: create or open, append with some in
 * flight, close and open between, until the cut; then power loss or a kill, and the check: the
 * world opens for reading and for writing with the same content, everything acknowledged is there
 * byte for byte, nothing is there that was not given, each record has its objects, and opening
 * again changes nothing. Some disks fail an operation on the way.
 */
import { AosFault, type WorldStore } from '@aos/protocol';
import { createWorldStore, openWorldStore, type StoreOptions } from '@aos/store';
import { Random } from './random.js';
import { SimDisk, type SimDiskOptions } from './sim-disk.js';
import { StoreLedger } from './store-ledger.js';

const DIRECTORY = '/worlds/drill';
const MAX_CASES = 10_000;
const LIVES = 3;
const STINTS_PER_LIFE = 2;
const APPENDS_PER_STINT = 10;
const WAIT_CHANCE = 0.2;
const MAX_TURNS = 12;
/** Creation and opening are short, and every operation of theirs should be cut now and then. */
const EARLY_CHANCE = 0.25;
const EARLY_OPERATIONS = 16;
const FAILURE_CHANCE = 0.25;
const KILL_CHANCE = 0.3;

export interface StoreDrillOptions {
  readonly firstSeed?: number;
  readonly seeds: number;
  /** Cases per seed, each with its first cut somewhere in that seed's life; default 4. */
  readonly cutsPerSeed?: number;
  /** The canary: a disk whose flushes do nothing. The report must then name losses. */
  readonly lieAboutFlush?: boolean;
}

export interface StoreDrillReport {
  /** Crashes that were survived or not. */
  readonly cuts: number;
  /** Acknowledged records that were looked for after a crash, summed. */
  readonly acknowledged: number;
  /** One line per broken promise, naming seed and case. */
  readonly problems: readonly string[];
}

/** Deterministic: the same options give the same report. */
export async function runStoreCutPoints(options: StoreDrillOptions): Promise<StoreDrillReport> {
  const { firstSeed = 1, seeds, cutsPerSeed = 4, lieAboutFlush = false } = options;
  const problems: string[] = [];
  let cuts = 0;
  let acknowledged = 0;
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const operations = await new StoreCase(seed, 0).wholeLife();
    for (let index = 0; index < cutsPerSeed; index++) {
      const subject = new StoreCase(seed, index);
      await subject.run(operations, { lieAboutFlush });
      cuts += subject.cuts;
      acknowledged += subject.acknowledged;
      problems.push(...subject.problems.map((text) => `seed ${seed} case ${index}: ${text}`));
    }
  }
  return { cuts, acknowledged, problems };
}

class StoreCase {
  cuts = 0;
  acknowledged = 0;
  readonly problems: string[] = [];
  private readonly ledger: StoreLedger;
  private readonly storeOptions: StoreOptions;
  /** Decides the work; the same in all cases of a seed. */
  private readonly work: Random;
  /** Decides what befalls the disk. */
  private readonly fates: Random;

  constructor(seed: number, index: number) {
    this.work = new Random(seed);
    this.fates = new Random(seed * MAX_CASES + index);
    this.ledger = new StoreLedger(new Random(seed));
    this.storeOptions = {
      segmentBytes: this.work.pick([600, 1500, 4000, 2 ** 20]),
      preallocateBytes: this.work.pick([0, 512, 4096]),
      salt: this.work.bytes(16),
      copyBytes: seed % 2 === 0 ? 0 : 2 ** 20,
    };
  }

  /** Lives once and nothing happens; returns how many operations that took. */
  async wholeLife(): Promise<number> {
    const disk = new SimDisk(0);
    await this.live(disk);
    return disk.operations;
  }

  async run(operations: number, options: SimDiskOptions): Promise<void> {
    let disk = new SimDisk(this.fates.next(), options);
    for (let life = 0; life < LIVES && this.problems.length === 0; life++) {
      const isEarly = this.fates.chance(EARLY_CHANCE);
      disk.crashAt(this.fates.below(isEarly ? EARLY_OPERATIONS : operations));
      if (this.fates.chance(FAILURE_CHANCE)) this.breakSomething(disk, operations);
      await Promise.race([disk.crashed, this.live(disk)]);
      this.cuts++;
      disk = await this.inspect(this.fates.chance(KILL_CHANCE) ? disk.kill() : disk.crash());
    }
  }

  private breakSomething(disk: SimDisk, operations: number): void {
    const operation = this.fates.below(operations);
    const code = this.fates.pick(['EIO', 'ENOSPC', 'short-write', undefined] as const);
    if (code) disk.failAt(operation, code);
    else disk.failFrom(operation);
  }

  /** Ends with the work, with the disk, or at a failure that opening again does not heal. */
  private async live(disk: SimDisk): Promise<void> {
    try {
      let store = await this.begin(disk);
      for (let stint = 0; stint < STINTS_PER_LIFE; stint++) {
        await this.appendSome(disk, store);
        await store.close();
        store = await this.open(disk);
        this.ledger.adopt(store);
      }
      await store.close();
    } catch (error) {
      if (disk.isCrashed || codeOf(error) === 'store-failed') return;
      this.problems.push(`a life ended with ${error}`);
    }
  }

  private async begin(disk: SimDisk): Promise<WorldStore> {
    const options = { ...this.storeOptions, fs: disk.fs };
    const { isCreated, genesis, firstObjects } = this.ledger;
    if (isCreated) return this.open(disk);
    const store = await createWorldStore(DIRECTORY, genesis, firstObjects, options);
    this.ledger.created();
    return store;
  }

  private open(disk: SimDisk, mode: 'read' | 'write' = 'write'): Promise<WorldStore> {
    return openWorldStore(DIRECTORY, { ...this.storeOptions, fs: disk.fs, mode });
  }

  /** Some appends at once, some one after the other; a fenced store just ends the stint. */
  private async appendSome(disk: SimDisk, store: WorldStore): Promise<void> {
    let last = Promise.resolve();
    try {
      for (let step = 0; step < APPENDS_PER_STINT && !disk.isCrashed; step++) {
        last = this.ledger.give(store);
        last.catch(() => undefined);
        if (this.work.chance(WAIT_CHANCE)) await last;
        // so that appends meet writes and flushes that are under way
        for (let turns = this.work.below(MAX_TURNS); turns > 0; turns--) await undefined;
      }
      await last;
    } catch (error) {
      if (codeOf(error) !== 'store-failed') throw error;
    }
  }

  /** Opens what is left, in every way; returns the disk for the next life. */
  private async inspect(disk: SimDisk): Promise<SimDisk> {
    this.acknowledged += this.ledger.acknowledged;
    try {
      const head = await this.look(disk, 'read');
      if ((await this.look(disk, 'write')) !== head) this.problems.push('opening changed the head');
      // what a writer has found is durable, even if the power fails right after
      const next = disk.crash();
      if ((await this.look(next, 'read')) !== head) this.problems.push('opening was not durable');
      return next;
    } catch (error) {
      const code = codeOf(error);
      if (!code) throw error;
      if (this.ledger.isCreated || code !== 'world-not-found') this.problems.push(code);
      return disk;
    }
  }

  /** Checks the world as one way of opening shows it; returns the head. */
  private async look(disk: SimDisk, mode: 'read' | 'write'): Promise<number> {
    const store = await this.open(disk, mode);
    if (!this.ledger.isCreated) this.ledger.created();
    this.problems.push(...this.ledger.check(store));
    if (mode === 'write') this.ledger.adopt(store);
    const { head } = store;
    if (mode === 'read') await store.close();
    return head;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof AosFault ? error.code : undefined;
}
