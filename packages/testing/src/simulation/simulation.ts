/**
 * One world over some lives, decided by one integer: the real kernel and the real host, over a
 * scheduler, clocks, a disk, adapters and clients that are simulated.
 *
 * S1 The same seed gives the same run, line by line; its hash says so.
 * S2 A life ends at any await: by power loss, by a kill, by a fault of the disk, or well.
 * S3 After each life all rules are looked at (checkers/), and sometimes a bit of what is left is
 *    turned on a copy, which whoever opens it refuses or reads as it was.
 * S4 In the last life nothing goes wrong, and everything comes to its end.
 */
import { type VerifyReport, verifyWorld } from '@aos/host';
import { AosFault, decodeGenesis } from '@aos/protocol';
import { openWorldStore, type StoreOptions } from '@aos/store';
import { Random } from '../random.js';
import { SimDisk, type SimDiskOptions } from '../sim-disk.js';
import { Autopsy, examineFlipped } from './autopsy.js';
import type { Remains } from './checkers/checker.js';
import { KEYRING } from './clients/people.js';
import type { Unanswered } from './clients/sender.js';
import { constitutionOf, genesisOf, type SimConstitution, SimEngine } from './constitution.js';
import { DIRECTORY, Life } from './life.js';
import { Servers } from './outside.js';
import type { SimParts } from './parts.js';
import { eventLoopTurn, type LifeEnd, Scheduler } from './scheduler.js';
import { SimClock } from './sim-clock.js';
import { Trace } from './trace.js';
import { Watch } from './watch.js';
import { SEAMS, Weather } from './weather.js';

const MOST_LIVES = 3;
/** Choices of the scheduler after which a life is cut at the latest. */
const MOST_CHOICES = 150;
const CRASH_CHANCE = 0.5;
/** Of the lives that are not cut so: where they are cut, if they come there, how often before. */
const SEAM_CHANCE = 0.8;
const MEETINGS = [1, 1, 1, 2, 3, 6];
const KILL_CHANCE = 0.4;
const FLIP_CHANCE = 0.4;
const FLIPS = 3;
/** The autopsy of each life has replayed everything already. */
const VERIFY_CHANCE = 0.3;

export interface SimReport {
  readonly seed: number;
  /** Of the whole trace, in hexadecimal. */
  readonly hash: string;
  readonly trace: Trace;
  /** What rules were broken, each with its name. */
  readonly problems: readonly string[];
}

/** Lives one seed. Never rejects for what the code under test does. */
export async function simulate(seed: number, parts: SimParts = {}): Promise<SimReport> {
  const simulation = new Simulation(seed, parts);
  await simulation.run();
  const { trace, watch } = simulation;
  return { seed, hash: trace.hash, trace, problems: watch.problems };
}

class Simulation {
  readonly trace = new Trace();
  readonly watch: Watch;
  private readonly random: Random;
  private readonly constitution: SimConstitution;
  private readonly genesis: Uint8Array;
  private readonly autopsy: Autopsy;
  private readonly servers = new Servers();
  private readonly unanswered: Unanswered = new Map();
  private readonly wall = { nowNs: 1_800_000_000_000_000_000n };
  private readonly storeOptions: StoreOptions;
  /** There is a world; one that was never opened may be lost again. */
  private isMade = false;
  private isPromised = false;
  private life = 0;

  constructor(
    seed: number,
    private readonly parts: SimParts,
  ) {
    this.random = new Random(seed);
    this.constitution = constitutionOf(seed);
    const nonce = this.random.bytes(16);
    // with few of them work is left over from one record to the next
    const callsPerStep = this.random.pick([2, 100, 1000]);
    this.genesis = genesisOf(this.constitution, KEYRING, { nonce, callsPerStep });
    this.autopsy = new Autopsy(this.genesis, this.constitution);
    const genesis = decodeGenesis(this.genesis);
    if (!genesis.ok) throw new Error(genesis.refusal.detail);
    this.watch = new Watch(genesis.value, this.constitution);
    this.storeOptions = {
      segmentBytes: this.random.pick([4000, 16_000, 2 ** 20]),
      preallocateBytes: this.random.pick([0, 4096]),
      copyBytes: this.random.pick([0, 2 ** 22]),
      salt: this.random.bytes(16),
    };
  }

  async run(): Promise<void> {
    let disk = new SimDisk(this.random.next());
    try {
      for (let lives = 1 + this.random.below(MOST_LIVES); lives > 0; lives--) {
        disk = await this.liveOn(disk);
        if (this.watch.problems.length > 0) return;
      }
      await this.finishOn(disk);
    } catch (error) {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.watch.tell('nothing is thrown', what);
    }
  }

  /** A life in which anything may go wrong; answers with the disk that it leaves. */
  private async liveOn(left: SimDisk): Promise<SimDisk> {
    const { random, trace } = this;
    const { life, scheduler, disk } = this.begin(left, 'foul');
    if (random.chance(CRASH_CHANCE)) scheduler.crashIn(random.below(MOST_CHOICES));
    else if (random.chance(SEAM_CHANCE))
      scheduler.crashAtSeam(random.pick(SEAMS), random.pick(MEETINGS));
    const end = await scheduler.run(life.live());
    this.parts.lifeEnded?.(end);
    trace.write(`life ${this.life} is over: ${end}`);
    this.isPromised ||= life.hasOpened;
    if (end === 'stuck') this.watch.tell('a life comes to its end', 'this one does not');
    const next = this.leave(disk, end);
    await eventLoopTurn();
    this.setClock();
    await this.look(next);
    return next;
  }

  private leave(disk: SimDisk, end: LifeEnd): SimDisk {
    const { random, trace } = this;
    if (end === 'done') return disk.kill(QUIET);
    if (random.chance(KILL_CHANCE)) {
      trace.count('fault kill');
      return disk.kill(QUIET);
    }
    trace.count('fault power-loss');
    return disk.crash(QUIET);
  }

  private async finishOn(left: SimDisk): Promise<void> {
    const { life, scheduler, disk } = this.begin(left, 'fair');
    const end = await scheduler.run(life.finish());
    if (end !== 'done') this.watch.tell('a life comes to its end', `the last one is ${end}`);
    const isThere = await this.look(disk.kill(QUIET), (remains) => {
      const isVerified = this.random.chance(VERIFY_CHANCE);
      this.watch.finished(remains, isVerified ? this.verify(remains) : undefined);
    });
    if (!isThere) this.watch.tell('acknowledged is durable', 'there is no world');
  }

  /** As the command does it, from genesis. */
  private verify({ store }: Remains): VerifyReport {
    const { shared: definitions } = this.constitution;
    return verifyWorld(store, new SimEngine(), { definitions });
  }

  private begin(left: SimDisk, sky: 'fair' | 'foul') {
    const { trace, parts } = this;
    this.life += 1;
    trace.at(this.life, 0);
    const random = new Random(this.random.next());
    const clock = new SimClock(this.wall, BigInt(random.next()));
    const scheduler = new Scheduler(random, { clock, trace, life: this.life });
    const weather = new Weather(random, sky, (fault, about) => trace.count(fault, about));
    const options: SimDiskOptions = {
      ...parts.disk,
      pace: (what) => scheduler.turn(what),
      fate: weather.diskFate,
      told: (loss) => trace.count(`fault writes-${loss}`),
    };
    const disk = left.kill(options);
    const { constitution, servers, unanswered, storeOptions, genesis, isMade, watch } = this;
    const world = { constitution, servers, unanswered, storeOptions, genesis, isMade };
    const ports = { ...world, random, scheduler, trace, weather, watch, parts, disk };
    return { life: new Life(ports), scheduler, disk };
  }

  /** Machines that were off come back with any wall time. */
  private setClock(): void {
    const { random, trace, wall } = this;
    if (random.chance(0.6)) return;
    const isBack = random.chance(0.5);
    const ms = BigInt(random.below(10_000_000));
    wall.nowNs += (isBack ? -ms : ms) * 1_000_000n;
    trace.count(isBack ? 'fault clock-back' : 'fault clock-forward', `${ms} ms`);
  }

  /** Looks at what a life has left; false where no world was made yet. */
  private async look(disk: SimDisk, then?: (remains: Remains) => void): Promise<boolean> {
    const { parts, trace, watch } = this;
    try {
      const store = await this.read(disk);
      this.isMade = true;
      const remains = this.autopsy.examine(parts.found?.(store) ?? store);
      trace.write(`there are ${remains.records.length} records`);
      for (const record of remains.records.slice(this.recorded)) trace.events.record(record);
      this.recorded = remains.records.length;
      watch.ended(remains);
      then?.(remains);
      if (watch.problems.length === 0) await this.turnBits(disk);
      await store.close();
      return true;
    } catch (error) {
      if (!(error instanceof AosFault)) throw error;
      this.isMade = error.code !== 'world-not-found';
      if (this.isMade || this.isPromised)
        watch.tell('what a life has left can be read', `${error.code}: ${error.message}`);
      return false;
    }
  }

  private recorded = 0;

  private read(disk: SimDisk) {
    return openWorldStore(DIRECTORY, { ...this.storeOptions, fs: disk.fs, mode: 'read' });
  }

  /** S3. */
  private async turnBits(disk: SimDisk): Promise<void> {
    const { random, trace, watch, constitution, parts } = this;
    if (!random.chance(FLIP_CHANCE)) return;
    for (let i = 0; i < FLIPS; i++) {
      const copy = disk.copy(random.next());
      const where = copy.flipBit(random);
      if (where === undefined) return;
      trace.count('fault bit-flip-at-rest', `${where.path} at ${where.at}`);
      try {
        const store = await this.read(copy);
        watch.flipped(examineFlipped(parts.flipped?.(store) ?? store, constitution));
        await store.close();
        trace.count('flip makes no difference');
      } catch (error) {
        if (!(error instanceof AosFault)) throw error;
        trace.count(`flip ${error.code}`);
        watch.flipped(error.code);
      }
    }
  }
}

const QUIET: SimDiskOptions = {};
