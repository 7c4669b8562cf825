/**
 * What a test world stands on: a store in memory, and the host of the moment over it.
 *
 * Rest is exact: nothing is guessed from turns of the event loop that went by. The host says when
 * nothing of it moves but effects that are held or wait for time, and says so again a turn later,
 * because an adapter of timers asks the clock at the end of a turn.
 */
import { BlobAdapter } from '@aos/adapters-blob';
import { TimerAdapter } from '@aos/adapters-timer';
import { WORKSPACE_KINDS, WorkspaceAdapter } from '@aos/adapters-workspace';
import type { WorldDefinition } from '@aos/air';
import { type Hash, type Result, sha256, utf8 } from '@aos/canon';
import {
  type Ack,
  type EffectOptions,
  type HostEngine,
  haltFault,
  openWorldHost,
  type Quiescence,
  type SubmittedInput,
  signVerb,
  verifyWorld,
  type WorldHost,
  type WorldObserver,
} from '@aos/host';
import { isAnsweredByKernel, type World } from '@aos/kernel';
import { type Adapter, AosFault, chainOf, NONCE_BYTES, type Verb, worldIdOf } from '@aos/protocol';
import { createMemoryStore, type MemoryStore, openMemoryStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { Random } from '../random.js';
import { EffectScript } from './effect-script.js';
import { foundTestWorld, type WorldSource } from './found-test-world.js';
import { losePatience, turn } from './patience.js';
import { type People, TestKeys } from './test-keys.js';
import { VirtualTime } from './virtual-time.js';

export interface TestWorldOptions extends WorldSource {
  /**
   * Who has a key in the world beside `operator` and `host`, and in which roles. Default: one
   * `approver`.
   */
  readonly people?: People;
  /** Adapters to run as they are. They go before those of timers and blobs. */
  readonly adapters?: readonly Adapter[];
  /** How the host runs effects: retries, concurrency, secrets. */
  readonly effects?: Omit<EffectOptions, 'adapters' | 'operator' | 'random' | 'signer'>;
  /** Logs, metrics, traces: they see what a host's observers see, and change nothing. */
  readonly observers?: readonly WorldObserver[];
  /** Decides entropy and the spread of retries. Default 1. */
  readonly seed?: number;
  /** Wall time at which the world is made. Default: the beginning of 2025, UTC. */
  readonly startAt?: Date;
  /** Real time without a move after which a restless world is given up. Default 20,000. */
  readonly patienceMs?: number;
}

const DEFAULT_START = new Date(Date.UTC(2025, 0, 1));
const DEFAULT_PATIENCE_MS = 20_000;
const NS_PER_MS = 1_000_000n;
/** Moments of virtual time at which something fires, in one call. */
const MAX_MOMENTS = 100_000;
/** Turns of the event loop before what a closing host waits for is taken to be time. */
const TURNS_TO_CLOSE = 1000;

/** Modules are instrumented once for all worlds of a process. */
let sharedEngine: HostEngine | undefined;

export class Stage {
  readonly time: VirtualTime;
  readonly script: EffectScript;
  readonly definition: WorldDefinition;
  readonly #options: TestWorldOptions;
  readonly #keys: TestKeys;
  readonly #random: Random;
  readonly #engine: HostEngine;
  readonly #builtIn = [new TimerAdapter(), new BlobAdapter()];
  #store: MemoryStore;
  #host: WorldHost;
  #nonces = 0;
  #isClosed = false;

  constructor(options: TestWorldOptions) {
    const { people = { approver: ['approver'] }, seed = 1, startAt = DEFAULT_START } = options;
    sharedEngine ??= new WasmEngine();
    this.#options = options;
    this.#keys = new TestKeys(people);
    this.#random = new Random(seed);
    this.#engine = sharedEngine;
    this.time = new VirtualTime(BigInt(startAt.getTime()) * NS_PER_MS);
    const founded = foundTestWorld(options, this.#keys.entries, {
      engine: this.#engine,
      clock: this.time,
      fillEntropy: this.#fillEntropy,
    });
    this.definition = founded.definition;
    this.script = new EffectScript(founded.definition);
    this.#store = createMemoryStore(founded.genesis, founded.objects);
    this.#host = this.#open();
  }

  get worldId(): Hash {
    return worldIdOf(this.#store.genesis);
  }

  get chain(): Hash {
    const [bytes] = this.records(this.#store.head);
    return bytes === undefined ? this.worldId : chainOf(bytes);
  }

  records(fromSeq: number): Iterable<Uint8Array> {
    return this.#store.records(fromSeq);
  }

  object(hash: Hash): Uint8Array | undefined {
    return this.#store.object(hash);
  }

  read<T>(look: (world: World) => T): Promise<T> {
    return this.#host.read(look);
  }

  submit(input: SubmittedInput): Promise<Result<Ack>> {
    return this.#host.submit(input);
  }

  async verb(verb: Verb, by: string): Promise<Result<Ack>> {
    const signer = this.#keys.signer(by);
    const place = await this.read(({ worldId, epoch }) => ({ worldId, epoch }));
    const nonce = sha256(utf8(`test nonce ${this.#nonces++}`)).slice(0, NONCE_BYTES);
    return this.submit(signVerb(signer, { ...place, nonce }, verb));
  }

  /** Fault: `test-world-restless`, and the defect that halted the world. */
  async rest(): Promise<Quiescence> {
    let seen = '';
    for (let moment = 0; moment < MAX_MOMENTS; moment++) {
      const hasFired = this.time.fireDue();
      const quiescence = await this.#hostRest();
      if (this.#host.halt !== undefined) throw haltFault(this.#host.halt);
      if (!hasFired && seen === this.#mark) return quiescence;
      seen = this.#mark;
      await turn();
    }
    throw restless('timers that are due at once keep it going');
  }

  /** What falls due on the way happens at its time. Fault: `test-world-restless`. */
  async pass(byNs: bigint): Promise<void> {
    const untilNs = this.time.monotonicNs() + byNs;
    await this.rest();
    for (let moment = 0; moment < MAX_MOMENTS; moment++) {
      const nextNs = this.time.nextNs;
      if (nextNs === undefined || nextNs > untilNs) {
        this.time.moveTo(untilNs);
        return;
      }
      this.time.moveTo(nextNs);
      await this.rest();
    }
    throw restless(
      `something falls due more than ${MAX_MOMENTS} times; let less time pass at once`,
    );
  }

  async reopen(awayNs: bigint): Promise<void> {
    await this.#closeHost();
    this.time.moveTo(this.time.monotonicNs() + awayNs);
    this.#host = this.#open();
    await this.rest();
  }

  /** The journal can still be read. Faults: `test-world-diverged` and those of opening a world. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#closeHost();
    for (const adapter of this.#builtIn) await adapter.close();
    const { ok, records } = verifyWorld(this.#store, this.#engine);
    if (ok) return;
    const message = `record ${records} of the journal does not verify; tell who made the kernel`;
    throw new AosFault('test-world-diverged', message, { retry: 'never' });
  }

  async #closeHost(): Promise<void> {
    let isClosed = false;
    const end = () => {
      isClosed = true;
    };
    const closing = this.#host.close();
    closing.then(end, end);
    for (let turns = 0; !isClosed; turns++) {
      await turn();
      if (turns > TURNS_TO_CLOSE) this.time.moveTo(this.time.nextNs ?? 0n);
      this.time.fireDue();
    }
    await closing;
    this.#store = openMemoryStore(this.#store);
  }

  #open(): WorldHost {
    return openWorldHost({
      store: this.#store,
      engine: this.#engine,
      clock: this.time,
      fillEntropy: this.#fillEntropy,
      startTimer: this.time.startTimer,
      // on threads, receipts that come together would come in an order of chance
      cryptoThreads: 'none',
      observers: this.#options.observers ?? [],
      effects: {
        drainMs: 0,
        ...this.#options.effects,
        adapters: this.#adapters(),
        bound: [(world) => this.script.around(new WorkspaceAdapter(world))],
        signer: this.#keys.signer('host'),
        random: () => this.#random.next() / 2 ** 32,
        onDefect: (defect) => {
          this.script.report(defect.cause);
          this.#options.effects?.onDefect?.(defect);
        },
      },
    });
  }

  /** Those of the test, then our own for kinds that are left, then the script for the others. */
  #adapters(): readonly Adapter[] {
    const { adapters = [] } = this.#options;
    const taken = new Set(adapters.flatMap(({ kinds }) => kinds));
    const own = this.#builtIn.filter(({ kinds }) => !kinds.some((kind) => taken.has(kind)));
    const real: readonly Adapter[] = [...adapters, ...own];
    const served = new Set(real.flatMap(({ kinds }) => kinds));
    const isScripted = (kind: string) => !served.has(kind) && !WORKSPACE_KINDS.includes(kind);
    const scripted = kindsOf(this.definition).filter(isScripted);
    const runsPrograms = real.some(({ implementations }) => implementations?.includes('wasi'));
    const script = this.script.adapter(scripted, runsPrograms ? [] : ['wasi']);
    return [...real.map((each) => this.script.around(each)), script];
  }

  readonly #fillEntropy = (bytes: Uint8Array): void => bytes.set(this.#random.bytes(bytes.length));

  /** Tells whether anything has happened between two moments of rest. */
  get #mark(): string {
    return `${this.#store.head} ${this.#store.durable} ${this.script.changes}`;
  }

  async #hostRest(): Promise<Quiescence> {
    const { patienceMs: ms = DEFAULT_PATIENCE_MS } = this.#options;
    const fault = () => this.#busyFault();
    const { over, stop } = losePatience({ ms, mark: () => this.#mark, fault });
    try {
      for (;;) {
        const changed = this.script.nextChange();
        const isStill = this.script.isStill;
        const rest = this.#host.untilQuiescent({ isStill });
        const quiescence = await Promise.race([rest, changed, over]);
        if (quiescence !== undefined) return quiescence;
      }
    } finally {
      stop();
    }
  }

  #busyFault(): AosFault {
    const busy = this.script.calls().filter(({ state }) => state === 'answering');
    const kinds = [...new Set(busy.map(({ kind }) => kind))].join(', ');
    return restless(
      kinds === ''
        ? 'an adapter, or the world itself, is still at it'
        : `handlers of ${kinds} have not answered; answer HOLD to leave a call open`,
    );
  }
}

/** Kinds that somebody outside has to answer. */
function kindsOf({ reducers, plans }: WorldDefinition): readonly string[] {
  const kinds = new Set(reducers.flatMap(({ effectsEmitted }) => effectsEmitted));
  for (const { plan } of plans.values()) {
    for (const step of plan.steps) if (step.op === 'emit_effect') kinds.add(step.kind);
  }
  // what is about the world itself is answered by the kernel or by the host
  const isOutside = (kind: string) => !/^(introspect|governance)\./.test(kind);
  return [...kinds].filter((kind) => !isAnsweredByKernel(kind) && isOutside(kind));
}

function restless(why: string): AosFault {
  const message = `the world does not come to rest: ${why}`;
  return new AosFault('test-world-restless', message, { retry: 'never' });
}
