/**
 * The world drill: the whole path from submission to acknowledgement lives on a simulated disk that
 * is cut at any operation; then the laws of a world must hold.
 *
 * L1 Every acknowledged event is there, under the sequence and chain value of its acknowledgement.
 * L2 The chain is intact, and the journal replays to itself.
 * L3 The state that lived is the state that replays: at each acknowledged record, the same hash.
 * L4 The world goes on: the next event is taken, and what it acknowledges is held to L1 too.
 * L5 A snapshot that was acknowledged is there, or a later one; the world that opens from it is the
 *    one that genesis and all records lead to.
 * L6 What an operator said holds: a world that was paused is paused until somebody resumes it.
 */
import { bytesEqual, type Hash, toHex } from '@aos/canon';
import {
  type Ack,
  type Clock,
  type HostEngine,
  loadWorld,
  openWorld,
  openWorldHost,
  type Signer,
  signVerb,
  type WorldHost,
} from '@aos/host';
import { hashWorld, type RawEvent, replayRecord, type World, type WorldMode } from '@aos/kernel';
import { AosFault, chainOf, type StoredObject, type WorldStore } from '@aos/protocol';
import { createWorldStore, openWorldStore, type StoreOptions } from '@aos/store';
import { Random } from './random.js';
import { SimDisk } from './sim-disk.js';

const DIRECTORY = '/worlds/drill';
const LIVES = 3;
const EVENTS_PER_CLIENT = 5;
const FAILURE_CHANCE = 0.2;
const KILL_CHANCE = 0.3;
const SNAPSHOT_CHANCE = 0.12;
const VERB_CHANCE = 0.12;

/** The world to torment: how to found it, an engine for it, and events it takes. */
export interface WorldDrillSubject {
  readonly genesis: Uint8Array;
  readonly objects: readonly StoredObject[];
  newEngine(): HostEngine;
  /** The key of an operator of the world. */
  readonly operator: Signer;
  /** The event to submit when `count` were submitted before. */
  event(count: number): RawEvent;
}

export interface WorldDrillOptions {
  readonly firstSeed?: number;
  readonly seeds: number;
  /** The canary: a disk whose flushes do nothing. The report must then name losses. */
  readonly lieAboutFlush?: boolean;
}

export interface WorldDrillReport {
  readonly cuts: number;
  /** Acknowledged records that were looked for after a cut, summed. */
  readonly acknowledged: number;
  /** How often a world opened from a snapshot. */
  readonly fromSnapshot: number;
  /** One line per broken law, naming the seed. */
  readonly problems: readonly string[];
}

/** Each seed is a world with three lives, each ended by a cut at a random operation. */
export async function runWorldCutPoints(
  subject: WorldDrillSubject,
  options: WorldDrillOptions,
): Promise<WorldDrillReport> {
  const { firstSeed = 1, seeds, lieAboutFlush = false } = options;
  const total = { cuts: 0, acknowledged: 0, fromSnapshot: 0, problems: [] as string[] };
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const ordeal = new WorldOrdeal(subject, seed);
    await ordeal.run(lieAboutFlush);
    total.cuts += ordeal.cuts;
    total.acknowledged += ordeal.looked;
    total.fromSnapshot += ordeal.fromSnapshot;
    total.problems.push(...ordeal.problems.map((text) => `seed ${seed}: ${text}`));
  }
  return total;
}

/** What an acknowledgement promised. */
interface Promised {
  readonly chain: Hash;
  /** Hash of the world right after the record, when it was still the newest. */
  readonly worldHash: Hash | undefined;
  /** What the world does from the record on, when that was what the record says. */
  readonly mode?: WorldMode;
}

class WorldOrdeal {
  cuts = 0;
  looked = 0;
  fromSnapshot = 0;
  readonly problems: string[] = [];
  private readonly random: Random;
  private readonly storeOptions: StoreOptions;
  private readonly promised = new Map<number, Promised>();
  private isCreated = false;
  private submitted = 0;
  /** Last record of the latest snapshot that was acknowledged. */
  private snapshotSeq: number | undefined;

  constructor(
    private readonly subject: WorldDrillSubject,
    seed: number,
  ) {
    this.random = new Random(seed);
    this.storeOptions = {
      segmentBytes: this.random.pick([4000, 16_000, 2 ** 20]),
      preallocateBytes: this.random.pick([0, 4096]),
      salt: this.random.bytes(16),
    };
  }

  async run(lieAboutFlush: boolean): Promise<void> {
    let disk = new SimDisk(this.random.next(), { lieAboutFlush });
    for (let life = 0; life < LIVES && this.problems.length === 0; life++) {
      disk.crashAt(this.random.below(60));
      if (this.random.chance(FAILURE_CHANCE)) {
        const code = this.random.pick(['EIO', 'ENOSPC', 'short-write'] as const);
        disk.failAt(this.random.below(60), code);
      }
      await Promise.race([disk.crashed, this.live(disk)]);
      this.cuts++;
      disk = this.random.chance(KILL_CHANCE) ? disk.kill() : disk.crash();
      await this.inspect(disk);
    }
  }

  /** Several clients submit until their events are through, the disk is cut or the store fails. */
  private async live(disk: SimDisk): Promise<void> {
    try {
      const store = await this.begin(disk);
      const host = this.host(store);
      const clients = this.random.pick([1, 3, 9]);
      await Promise.all(Array.from({ length: clients }, () => this.feed(host)));
      await host.close();
    } catch (error) {
      if (!disk.isCrashed && codeOf(error) !== 'store-failed') throw error;
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

  private host(store: WorldStore): WorldHost {
    const fillEntropy = (bytes: Uint8Array) => bytes.set(this.random.bytes(bytes.length));
    return openWorldHost({
      store,
      engine: this.subject.newEngine(),
      clock: stillClock,
      cryptoThreads: 'none',
      fillEntropy,
      snapshotRecords: this.random.pick([3, 1000]),
    });
  }

  private async feed(host: WorldHost): Promise<void> {
    for (let i = 0; i < EVENTS_PER_CLIENT; i++) {
      if (this.random.chance(SNAPSHOT_CHANCE)) await this.takeSnapshot(host);
      if (this.random.chance(VERB_CHANCE)) await this.steer(host, this.random.pick(VERBS));
      await this.submit(host);
    }
  }

  private async submit(host: WorldHost): Promise<void> {
    const answer = await host.submit(this.subject.event(this.submitted));
    if (answer.ok) {
      this.submitted++;
      await this.promise(host, answer.value);
      return;
    }
    const { code } = answer.refusal;
    if (code !== 'world-paused') throw new Error(`the subject refused its event: ${code}`);
  }

  /** Another client may have been first; then the world is as it was to be. */
  private async steer(host: WorldHost, verb: 'pause' | 'resume'): Promise<void> {
    const signed = await host.read((world) => signVerb(this.subject.operator, world, { verb }));
    const answer = await host.submit(signed);
    if (answer.ok) await this.promise(host, answer.value, MODES[verb]);
    else if (answer.refusal.code !== 'mode-unchanged') {
      throw new Error(`the subject refused its verb: ${answer.refusal.code}`);
    }
  }

  private async takeSnapshot(host: WorldHost): Promise<void> {
    const { seq } = await host.snapshot();
    this.snapshotSeq = Math.max(seq, this.snapshotSeq ?? seq);
  }

  private async promise(host: WorldHost, { seq, chain }: Ack, mode?: WorldMode): Promise<void> {
    const seen = await host.read((world) =>
      world.seq === seq + 1 ? { worldHash: hashWorld(world) } : { worldHash: undefined },
    );
    if (this.promised.has(seq)) this.problems.push(`record ${seq} was acknowledged twice`);
    this.promised.set(seq, mode === undefined ? { chain, ...seen } : { chain, ...seen, mode });
  }

  private async inspect(disk: SimDisk): Promise<void> {
    this.looked += this.promised.size;
    try {
      const store = await openWorldStore(DIRECTORY, { ...this.storeOptions, fs: disk.fs });
      this.isCreated = true;
      const replayed = this.checkLaws(store);
      if (replayed !== undefined) this.checkSnapshot(store, replayed);
      const host = this.host(store);
      if (replayed?.mode === 'paused') await this.steer(host, 'resume');
      await this.submit(host);
      await host.close();
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined) throw error;
      if (this.isCreated || code !== 'world-not-found') this.problems.push(code);
    }
  }

  /** L5. */
  private checkSnapshot(store: WorldStore, replayed: World): void {
    const { world, from, passedOver } = openWorld(store, this.subject.newEngine());
    if (from !== 'genesis') this.fromSnapshot++;
    if (passedOver !== undefined) this.problems.push(`a snapshot: ${passedOver.code}`);
    if (!bytesEqual(hashWorld(world), hashWorld(replayed))) {
      this.problems.push('the world of the snapshot is not that of genesis');
    }
    const { snapshotSeq } = this;
    if (snapshotSeq !== undefined && (store.snapshot?.seq ?? -2) < snapshotSeq) {
      this.problems.push(`the acknowledged snapshot after record ${snapshotSeq} is gone`);
    }
  }

  /** L1 to L3 and L6; answers with the world that genesis and all records lead to. */
  private checkLaws(store: WorldStore): World | undefined {
    const engine = this.subject.newEngine();
    let world: World = loadWorld(store, engine);
    for (const bytes of store.records(0)) {
      const { seq } = world;
      const verdict = replayRecord(world, bytes, { engine, object: (hash) => store.object(hash) });
      if (verdict.kind !== 'same') {
        this.problems.push(`record ${seq} does not replay`);
        return undefined;
      }
      world = verdict.world;
      const promise = this.promised.get(seq);
      if (promise !== undefined) this.checkPromise(seq, promise, bytes, world);
    }
    for (const seq of this.promised.keys()) {
      if (seq >= world.seq) this.problems.push(`acknowledged record ${seq} is gone`);
    }
    return world;
  }

  private checkPromise(seq: number, promise: Promised, bytes: Uint8Array, world: World): void {
    if (!bytesEqual(promise.chain, chainOf(bytes))) {
      this.problems.push(`record ${seq} is not the one acknowledged, ${toHex(promise.chain)}`);
    }
    const { worldHash, mode = world.mode } = promise;
    if (mode !== world.mode) this.problems.push(`after record ${seq} the world is not ${mode}`);
    if (worldHash !== undefined && !bytesEqual(worldHash, hashWorld(world))) {
      this.problems.push(`after record ${seq} the live world and the replayed one differ`);
    }
  }
}

const VERBS = ['pause', 'resume', 'resume'] as const;
const MODES = { pause: 'paused', resume: 'running' } as const;

const stillClock: Clock = { wallNs: () => 10n ** 18n, monotonicNs: () => 0n };

function codeOf(error: unknown): string | undefined {
  return error instanceof AosFault ? error.code : undefined;
}
