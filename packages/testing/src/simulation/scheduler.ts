/**
 * Who goes next. Everything a process waits for is a pending operation here, and one after the
 * other goes on in an order that the seed decides.
 *
 * 1. Between two choices the code under test runs until it waits again, or not quite: also that is
 *    decided by the seed.
 * 2. Time passes with choices, and to the earliest timer when that is chosen.
 * 3. A life ends at any choice: whatever is pending then never goes on, as in a process that died.
 */
import type { Random } from '../random.js';
import type { SimClock } from './sim-clock.js';
import type { Trace } from './trace.js';

/** Operations that go on in one turn of the event loop, and turns until the next choice. */
const MOST_AT_ONCE = 3;
const MOST_TURNS = 3;
const TIMER_CHANCE = 0.04;
/** One choice takes up to so long. */
const STEP_NS = 400_000;
/** Choices within which a process dies that has come to where it is to die. */
const SEAM_CHOICES = 3;
/** Turns without anything pending after which nothing more will come. */
const IDLE_TURNS = 50;
/** More choices than any life needs: it goes on and on. */
const MAX_CHOICES = 20_000;

interface Pending {
  readonly what: string;
  readonly go: () => void;
}

export interface SchedulerPorts {
  readonly clock: SimClock;
  readonly trace: Trace;
  /** Its number. */
  readonly life: number;
}

export type LifeEnd = 'crashed' | 'done' | 'stuck';

export class Scheduler {
  #choices = 0;
  #crashAt = Number.POSITIVE_INFINITY;
  #why: string | undefined;
  #crashSeam: string | undefined;
  #untilSeam = 0;
  #isOver = false;
  readonly #pending: Pending[] = [];

  readonly clock: SimClock;

  constructor(
    private readonly random: Random,
    private readonly ports: SchedulerPorts,
  ) {
    this.clock = ports.clock;
  }

  /** Nothing of this life happens any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves when it is the turn of this operation. */
  turn(what: string): Promise<void> {
    const seam = seamOf(what);
    this.ports.trace.events.count(`waited for ${seam}`);
    if (seam === this.#crashSeam) this.#meetSeam();
    return new Promise((go) => this.#pending.push({ what, go }));
  }

  /** Resolves after some time of the clock. */
  sleep(what: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.startTimer(ms, () => {
        this.ports.trace.write(`${what}, after ${ms} ms`);
        resolve();
      });
    });
  }

  /** The process dies so many choices from now, if nothing comes before; `why` is counted then. */
  crashIn(choices: number, why?: string): void {
    const at = this.#choices + choices;
    if (at >= this.#crashAt) return;
    this.#crashAt = at;
    this.#why = why;
  }

  /** The process dies while, or right after, it waits for this for the nth time. */
  crashAtSeam(seam: string, nth: number): void {
    this.#crashSeam = seam;
    this.#untilSeam = nth;
  }

  #meetSeam(): void {
    this.#untilSeam -= 1;
    if (this.#untilSeam === 0) this.crashIn(this.random.below(SEAM_CHOICES));
  }

  /** Lets the work of a life go on until it ends or dies. */
  async run(work: Promise<unknown>): Promise<LifeEnd> {
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    work.then(done, done);
    const end = await this.#loop(() => isDone);
    this.#isOver = true;
    if (end === 'crashed') this.#countCrash();
    if (end === 'crashed' && this.#why !== undefined) this.ports.trace.count(this.#why);
    return end;
  }

  /** At everything that was waited for at this moment. */
  #countCrash(): void {
    const { events } = this.ports.trace;
    for (const seam of new Set(this.#pending.map(({ what }) => seamOf(what))))
      events.count(`crashed at ${seam}`);
    if (this.clock.hasTimers) events.count('crashed at a timer');
  }

  async #loop(isDone: () => boolean): Promise<LifeEnd> {
    for (let idle = 0; idle < IDLE_TURNS; ) {
      await eventLoopTurn();
      if (isDone()) return 'done';
      if (this.#choices >= this.#crashAt) return 'crashed';
      if (this.#choices >= MAX_CHOICES) return 'stuck';
      if (this.#pending.length === 0 && !this.clock.hasTimers) {
        idle += 1;
        continue;
      }
      idle = 0;
      await this.#choose();
    }
    return 'stuck';
  }

  async #choose(): Promise<void> {
    const { random, clock } = this;
    this.#choices += 1;
    this.ports.trace.at(this.ports.life, this.#choices);
    clock.pass(BigInt(random.below(STEP_NS)));
    if (this.#pending.length === 0 || (clock.hasTimers && random.chance(TIMER_CHANCE))) {
      clock.fireNext();
      return;
    }
    for (let count = 1 + random.below(MOST_AT_ONCE); count > 0; count--) {
      const at = random.below(this.#pending.length);
      const [next] = this.#pending.splice(at, 1);
      if (next === undefined) break;
      this.ports.trace.write(next.what);
      next.go();
    }
    for (let turns = random.below(MOST_TURNS); turns > 0; turns--) await eventLoopTurn();
  }
}

/** Lets everything go on that waits for nothing of the simulation. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What kind of operation it is, whatever it is about: `flush journal`, `client sends`. */
function seamOf(what: string): string {
  const seam = seams.get(what) ?? plain(what);
  if (seams.size < MAX_SEAMS) seams.set(what, seam);
  return seam;
}

const seams = new Map<string, string>();
const MAX_SEAMS = 10_000;

function plain(what: string): string {
  if (what === 'the signer') return what;
  if (what.startsWith('answer ')) return 'an answer';
  const place = what.replace(/([0-9a-f]{8}|[0-9])+/g, 'N');
  return /^(flush|truncate|write) /.test(place) ? place : place.replace(/ .*/, '');
}
