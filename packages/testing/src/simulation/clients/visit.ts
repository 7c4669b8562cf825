/**
 * One client at one living world: hands inputs in, looks, and lets all checkers know what it was
 * told. It pauses before whatever it does, so that the scheduler decides who is first.
 */
import type { Result } from '@aos/canon';
import type { Ack, SubmittedInput, WorldHost } from '@aos/host';
import type { World } from '@aos/kernel';
import type { StoredObject } from '@aos/protocol';
import type { Random } from '../../random.js';
import type { Checker } from '../checkers/checker.js';
import type { SimConstitution } from '../constitution.js';
import type { Servers } from '../outside.js';
import type { Scheduler } from '../scheduler.js';
import type { Trace } from '../trace.js';

/** What a life lends to its clients. */
export interface VisitPorts {
  readonly host: WorldHost;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly watch: Required<Checker>;
  readonly constitution: SimConstitution;
  readonly servers: Servers;
}

export class Visit {
  readonly random: Random;

  constructor(
    readonly who: string,
    readonly ports: VisitPorts,
  ) {
    this.random = ports.random;
  }

  pause(what: string): Promise<void> {
    return this.ports.scheduler.turn(`${this.who} ${what}`);
  }

  /** The world of this moment, durable or not: for deciding what to do, never to be told of. */
  peek(): World {
    const seen = worldOf(this.ports.host);
    if (seen === undefined) throw new Gone();
    return seen;
  }

  /** Logical time in some choices of the scheduler, or some timers from now. */
  soon(): bigint {
    const most = this.random.pick([2_000_000, 20_000_000, 4_000_000_000]);
    return this.peek().logicalNowNs + BigInt(this.random.below(most));
  }

  /** As a reader is answered. */
  async read(): Promise<void> {
    await this.pause('reads');
    const { host, watch } = this.ports;
    watch.read(await host.read((world) => world));
  }

  async submit(input: SubmittedInput, what: string): Promise<Result<Ack>> {
    await this.pause(what);
    return this.hand(input, what);
  }

  /** The same at once, for whoever has paused already. */
  async hand(input: SubmittedInput, what: string): Promise<Result<Ack>> {
    const { host, watch, trace, servers } = this.ports;
    const { who } = this;
    const before = this.peek();
    watch.submitted({ who, input });
    if ('verb' in input) servers.heard.push(input);
    const result = await host.submit(input);
    if (result.ok) {
      const { seq, chain } = result.value;
      trace.count(`told ${input.kind ?? 'event'}`, `${who} ${what}, record ${seq}`);
      watch.acknowledged({ who, input, seq, chain });
    } else {
      const { refusal } = result;
      trace.count(`refused ${refusal.code}`, `${who} ${what}`);
      watch.refused({ who, input, refusal, before, after: this.peek() });
    }
    return result;
  }

  async store(object: StoredObject): Promise<void> {
    await this.pause('stores an object');
    await this.ports.host.storeObject(object);
  }
}

/** The world of this moment, while there is one. */
export function worldOf(host: WorldHost): World | undefined {
  let seen: World | undefined;
  host
    .read((world) => {
      seen = world;
    })
    .catch(() => undefined);
  return seen;
}

/** There is no world to look at any more. */
export class Gone extends Error {
  override readonly name = 'Gone';
}
