/**
 * The adapter of all effects, and what becomes of their receipts: soon, slow, out of order, twice,
 * late, forged, or never. It remembers over lives what it has done, as a server would.
 */
import { encode, toHex } from '@aos/canon';
import { signReceipt } from '@aos/host';
import type { RawReceipt, RawVerb } from '@aos/kernel';
import {
  type Adapter,
  type EffectCall,
  type EffectContext,
  type EffectOutcome,
  failedOutcome,
} from '@aos/protocol';
import { randomValue } from '../inputs/random-value.js';
import type { Random } from '../random.js';
import { forgedReceipt } from './clients/forgery.js';
import { PEOPLE } from './clients/people.js';
import type { SimConstitution } from './constitution.js';
import type { Scheduler } from './scheduler.js';
import type { Trace } from './trace.js';

const MOST_SLOW_MS = 5000;
/** Failures of one intent after which it is answered for good. */
const MOST_FAILURES = 2;

/** What servers know and keep when a host dies. */
export class Servers {
  readonly failures = new Map<string, number>();
  /** Receipts that somebody else than the host hands in, now or in a later life. */
  readonly post: RawReceipt[] = [];
  /** Verbs that were handed in, as whoever listens has them. */
  readonly heard: RawVerb[] = [];
}

export interface OutsidePorts {
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly random: Random;
  /** The share of effects that something happens to. */
  readonly trouble: number;
  readonly constitution: SimConstitution;
  readonly servers: Servers;
  started(call: EffectCall): void;
}

export class OutsideAdapter implements Adapter {
  readonly id = 'outside';
  readonly kinds: readonly string[];
  /** Calls that were not answered, in the order of their starts. */
  readonly #open: EffectCall[] = [];

  constructor(private readonly ports: OutsidePorts) {
    this.kinds = kindsOf(ports.constitution);
  }

  async start(call: EffectCall, { cancel }: EffectContext): Promise<EffectOutcome> {
    const { scheduler, trace, random, trouble } = this.ports;
    const what = `${call.effect} ${toHex(call.intentHash).slice(0, 8)}`;
    if (scheduler.isOver) return new Promise(() => undefined);
    this.ports.started(call);
    this.#open.push(call);
    trace.write(`start ${what}`);
    const day = random.chance(trouble) ? 'bad' : 'good';
    const isLost = day === 'bad' && random.chance(0.2);
    if (day === 'bad' && random.chance(0.15)) {
      trace.count('fault adapter-throws', what);
      throw new Error('a defect of the adapter');
    }
    const called = new Promise<EffectOutcome>((resolve) => {
      cancel.onCancel(() => resolve(cancelled));
    });
    if (isLost) {
      trace.count('fault receipt-lost', what);
      return called;
    }
    return Promise.race([called, this.#serve(call, what, day)]);
  }

  async close() {}

  async #serve(call: EffectCall, what: string, day: 'good' | 'bad'): Promise<EffectOutcome> {
    const { scheduler, trace, random } = this.ports;
    if (day === 'bad' && random.chance(0.3)) {
      trace.count('fault receipt-slow', what);
      await scheduler.sleep(`answer ${what}`, 1 + random.below(MOST_SLOW_MS));
    } else await scheduler.turn(`answer ${what}`);
    if (this.#open[0] !== call) trace.count('fault receipt-reordered', what);
    this.#open.splice(this.#open.indexOf(call), 1);
    const failure = day === 'bad' ? this.#fail(call, what) : undefined;
    const outcome = failure ?? this.#answer(call);
    if (day === 'bad' && random.chance(0.6)) this.#postReceipt(call, outcome, what);
    return outcome;
  }

  #answer({ effect }: EffectCall): EffectOutcome {
    const { random, constitution } = this.ports;
    const type = constitution.generated.definition.effectOf(effect)?.receipt.type;
    if (type === undefined) return failed('sim-unknown', 'never');
    return { status: 'ok', payload: encode(randomValue(random, type)) };
  }

  #fail({ intentHash }: EffectCall, what: string): EffectOutcome | undefined {
    const { random, trace, servers } = this.ports;
    const intent = toHex(intentHash);
    const failures = servers.failures.get(intent) ?? 0;
    if (failures >= MOST_FAILURES || random.chance(0.5)) return undefined;
    servers.failures.set(intent, failures + 1);
    trace.count('fault adapter-fails', what);
    return failed('sim-busy', random.pick(['later', 'never']));
  }

  /** Another receipt of the same intent, signed by a key that may, or forged in some way. */
  #postReceipt(call: EffectCall, { status, payload }: EffectOutcome, what: string): void {
    const { random, trace, servers } = this.ports;
    const isForged = random.chance(0.5);
    const { worldId, epoch, intentHash, attempt } = call;
    const body = { worldId, epoch, intentHash, attempt, adapterId: 'post', status };
    trace.count(isForged ? 'fault receipt-forged' : 'fault receipt-duplicate', what);
    const receipt = signReceipt(PEOPLE.adapter, body, payload);
    servers.post.push(isForged ? forgedReceipt(random, receipt) : receipt);
  }
}

function failed(code: string, retry: 'later' | 'never'): EffectOutcome {
  return failedOutcome({ status: 'error', code, message: '', retry });
}

const cancelled = failedOutcome({ status: 'cancelled', code: 'sim-cancelled', message: '' });

/** Kinds that the host or the kernel answers itself, and timers, which are real. */
const SERVED_ELSEWHERE = /^(governance|introspect)\.|^timer\.set$/;

function kindsOf({ generated, patches, find: of }: SimConstitution): readonly string[] {
  const definitions = [generated.definition, ...[...patches.keys()].map(of)];
  const kinds = definitions.flatMap(({ manifest, find }) =>
    (manifest.effects ?? []).flatMap(({ name }) => find('defeffect', name)?.kind ?? []),
  );
  return [...new Set(kinds)].filter((kind) => !SERVED_ELSEWHERE.test(kind)).sort();
}
