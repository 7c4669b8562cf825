/**
 * One process, from opening its world to its end: the real host over ports that belong to the
 * scheduler, and the clients of this life.
 */
import { TimerAdapter } from '@aos/adapters-timer';
import { draftRewind, openWorldHost, signClearance, type WorldHost } from '@aos/host';
import { AosFault, type EffectCall, type WorldStore } from '@aos/protocol';
import { createWorldStore, openWorldStore, rewindWorldStore, type StoreOptions } from '@aos/store';
import type { Random } from '../random.js';
import type { SimDisk } from '../sim-disk.js';
import type { Checker } from './checkers/checker.js';
import { decide } from './clients/approver.js';
import { setClocks } from './clients/clock-setter.js';
import { bringReceipts } from './clients/courier.js';
import { forge } from './clients/forger.js';
import { govern } from './clients/governor.js';
import { letGoOn, operate } from './clients/operator.js';
import { PEOPLE } from './clients/people.js';
import { sendEvents, type Unanswered } from './clients/sender.js';
import { Gone, Visit, worldOf } from './clients/visit.js';
import { type SimConstitution, SimEngine } from './constitution.js';
import { OutsideAdapter, type Servers } from './outside.js';
import { type SimParts, withAppend } from './parts.js';
import type { Scheduler } from './scheduler.js';
import type { Trace } from './trace.js';
import { REWIND_SEAMS, type Weather } from './weather.js';

export const DIRECTORY = '/world';

export interface LifePorts {
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly weather: Weather;
  readonly watch: Required<Checker>;
  readonly constitution: SimConstitution;
  readonly servers: Servers;
  readonly unanswered: Unanswered;
  readonly parts: SimParts;
  readonly disk: SimDisk;
  readonly storeOptions: StoreOptions;
  readonly genesis: Uint8Array;
  /** Whether the world was made in an earlier life. */
  readonly isMade: boolean;
}

/** Of lives: an operator has the world go back before it is opened. */
const REWIND_CHANCE = 0.15;
const MOST_REWOUND = 12;

/** Of rewinds: the process dies meanwhile. */
const REWIND_CRASH_CHANCE = 0.5;
const AFTER_CRASH_CHANCE = 0.3;
/** Choices that closing takes. */
const CLOSE_CHOICES = 12;

/** Most inputs of one client. */
const MOST_ACTS = 6;

export class Life {
  /** The world was opened for writing, so it is there for good. */
  hasOpened = false;

  constructor(private readonly ports: LifePorts) {}

  /** What clients do meets whatever happens; it ends when the world is closed, or has failed. */
  async live(): Promise<void> {
    const { isMade, random } = this.ports;
    if (isMade && random.chance(REWIND_CHANCE)) await this.#rewind();
    await this.#inWorld(async (host) => {
      await Promise.all(this.#visits(host).map(orGone));
    });
  }

  /** Nothing goes wrong any more, and everything comes to its end. */
  async finish(): Promise<void> {
    await this.#inWorld(async (host) => {
      await letGoOn(this.#visit('operator', host));
      const { blockers } = await host.untilQuiescent({ timers: 'wait' });
      this.ports.watch.rested(blockers);
      await this.#visit('reader', host).read();
    });
  }

  /** Faults of the disk end a life; everything else that is thrown is found by a checker. */
  async #inWorld(work: (host: WorldHost) => Promise<void>): Promise<void> {
    const { trace, scheduler, random, weather } = this.ports;
    try {
      const host = this.#open(await this.#openStore());
      try {
        await this.#clear(host);
        await work(host);
      } finally {
        trace.write('close');
        if (random.chance(weather.killDuringClose))
          scheduler.crashIn(random.below(CLOSE_CHOICES), 'fault crash-during-close');
        await host.close();
      }
    } catch (error) {
      if (scheduler.isOver) return;
      if (!(error instanceof AosFault)) throw error;
      trace.count(`life ends with ${error.code}`, error.message);
    }
  }

  /** As the command does it, with nobody else there. */
  async #rewind(): Promise<void> {
    const { scheduler, trace, random, watch } = this.ports;
    try {
      trace.write('rewind');
      const store = await openWorldStore(DIRECTORY, this.#storeOptions);
      this.hasOpened = true;
      const to = Math.max(0, store.head - random.below(MOST_REWOUND));
      try {
        if (store.head < 0) return;
        const { seq, records, objects } = draftRewind({
          ...{ store, to, engine: new SimEngine(), signer: PEOPLE.operator },
          ...{ clock: scheduler.clock, fillEntropy: this.#fillEntropy },
        });
        watch.rewinding(seq);
        if (random.chance(REWIND_CRASH_CHANCE))
          scheduler.crashAtSeam(random.pick(REWIND_SEAMS), random.pick([1, 1, 2]));
        await rewindWorldStore(store, DIRECTORY, { seq, records, objects });
        trace.count('fault rewind', `to record ${seq}`);
        watch.rewound(seq, records);
        if (random.chance(AFTER_CRASH_CHANCE)) scheduler.crashIn(random.below(8));
      } finally {
        await store.close();
      }
    } catch (error) {
      if (scheduler.isOver) return;
      if (!(error instanceof AosFault)) throw error;
      trace.count(`rewind ends with ${error.code}`, error.message);
    }
  }

  get #storeOptions() {
    const { disk, storeOptions } = this.ports;
    return { ...storeOptions, fs: disk.fs };
  }

  readonly #fillEntropy = (bytes: Uint8Array) => {
    bytes.set(this.ports.random.bytes(bytes.length));
  };

  async #openStore(): Promise<WorldStore> {
    const { genesis, constitution, isMade, parts, watch, trace } = this.ports;
    const options = this.#storeOptions;
    trace.write(isMade ? 'open' : 'create');
    const store = isMade
      ? await openWorldStore(DIRECTORY, options)
      : await createWorldStore(DIRECTORY, genesis, constitution.objects, options);
    this.hasOpened = true;
    const pending: Uint8Array[] = [];
    const watched = withAppend(store, async (batch) => {
      pending.push(...batch.records);
      const last = batch.records.at(-1);
      await store.append(batch);
      // a batch is durable when its append resolves, and so are all before it
      if (last !== undefined) watch.durable(pending.splice(0, pending.indexOf(last) + 1));
    });
    return parts.store?.(watched) ?? watched;
  }

  #open(store: WorldStore): WorldHost {
    const { random, scheduler, trace, weather, watch, constitution, servers, parts } = this.ports;
    const trouble = weather.outside;
    let opened: WorldHost | undefined;
    const started = (call: EffectCall) => watch.started(call, opened && worldOf(opened));
    const ports = { scheduler, trace, random, trouble, constitution, servers, started };
    const signLater = async (message: Uint8Array) => {
      await scheduler.turn('the signer');
      return PEOPLE.host.sign(message);
    };
    const host = openWorldHost({
      store,
      engine: new SimEngine(),
      definitions: constitution.shared,
      clock: scheduler.clock,
      startTimer: scheduler.clock.startTimer,
      cryptoThreads: 'signer',
      fillEntropy: this.#fillEntropy,
      snapshotRecords: random.pick([3, 10, 1000]),
      snapshots: { records: random.pick([5, 20, 1000]) },
      effects: {
        adapters: [new OutsideAdapter(ports), new TimerAdapter()],
        signer: { ...PEOPLE.host, signLater },
        allowMissing: true,
        random: () => random.below(1000) / 1000,
        retry: { firstMs: 50, mostMs: 400, starts: 4 },
        drainMs: 200,
        graceMs: 100,
      },
    });
    const { from, passedOver } = host.opening;
    trace.count(`opened from ${from === 'genesis' ? 'genesis' : 'a snapshot'}`);
    if (passedOver !== undefined) trace.count(`snapshot passed over`, passedOver.code);
    opened = host;
    return parts.host?.(host) ?? host;
  }

  /** A defect that a broken disk has led to: somebody has looked at it. */
  async #clear(host: WorldHost): Promise<void> {
    const { halt } = host;
    if (halt === undefined) return;
    this.ports.trace.count('halted', halt.detail);
    const worldId = await host.read((world) => world.worldId);
    await host.clearHalt(signClearance(PEOPLE.operator, worldId, halt));
  }

  #visits(host: WorldHost): Promise<void>[] {
    const { random, unanswered, weather } = this.ports;
    const acts = () => 1 + random.below(MOST_ACTS);
    const visit = (who: string) => this.#visit(who, host);
    const senders = Array.from({ length: 1 + random.below(3) }, (_, i) =>
      sendEvents(visit(`client ${i}`), acts(), unanswered),
    );
    const others: readonly (readonly [chance: number, come: () => Promise<void>])[] = [
      [0.6, () => operate(visit('operator'), acts())],
      [0.5, () => decide(visit('approver'), acts())],
      [0.6, () => bringReceipts(visit('courier'), 2 * acts())],
      [0.4, () => govern(visit('governor'), 2 * acts(), weather.killDuringApply)],
      [0.3, () => forge(visit('forger'), acts())],
      [0.5, () => setClocks(visit('somebody'), acts(), weather.clock)],
    ];
    const come = others.filter(([chance]) => random.chance(chance));
    return [...senders, ...come.map(([, come]) => come())];
  }

  #visit(who: string, host: WorldHost): Visit {
    return new Visit(who, { ...this.ports, host });
  }
}

/** A client leaves when there is no world for it any more. */
async function orGone(visit: Promise<void>): Promise<void> {
  try {
    await visit;
  } catch (error) {
    if (!(error instanceof Gone) && !(error instanceof AosFault)) throw error;
  }
}
