/**
 * A port of plans that is as small as it can be: a queue, a list of open effects, a list of times.
 *
 * After every record the whole plan state is written, dropped and read again, so that nothing that
 * an instance needs lives outside of it.
 */
import type { WorldDefinition } from '@aos/air';
import { decode, encode, type Hash, sha256, toHex, utf8, type Value } from '@aos/canon';
import { type CarriedValue, CURRENT_RUNTIME, type EntryPlace, type Instance } from '@aos/protocol';
import type { GateVerdict } from '../src/gate/verdict.js';
import { advanceInstance } from '../src/plans/advance.js';
import { compilePlans, type Plans } from '../src/plans/compile/compile.js';
import { deliverEvent, deliverReceipt, fireDeadline } from '../src/plans/deliver.js';
import type {
  EffectAsk,
  PlanDeadline,
  PlanEntry,
  PlanEvent,
  PlanPort,
} from '../src/plans/plan-ports.js';
import { startTriggered } from '../src/plans/start.js';
import { emptyPlanState, type PlanState, planCodecs } from '../src/plans/state/plan-state.js';
import type { LeafCodec, TrieSource } from '../src/trie/leaf-codec.js';
import { NodeCache } from '../src/trie/node-cache.js';
import { Trie } from '../src/trie/trie.js';
import type { Settlement } from '../src/world/settled.js';
import { numBytes, type Start, startBytes } from './plan-world.js';
import { must } from './script-world.js';

type Status = Settlement['status'];
type Work =
  | { readonly kind: 'event'; readonly event: PlanEvent; readonly cause: EntryPlace }
  | { readonly kind: 'plan'; readonly instance: Instance; readonly cause: EntryPlace }
  | { readonly kind: 'receipt'; readonly ask: EffectAsk; readonly settlement: Settlement };

export interface BenchOptions {
  /** Units of one record. */
  readonly budget?: number;
  readonly limits?: Partial<PlanPort['limits']>;
  /** The code with which effects of these parameters are denied. */
  readonly deny?: (n: number) => string | undefined;
}

/** One entry as tests read it, such as `a done` or `plan-ended error div-by-zero`. */
export interface Logged {
  readonly place: EntryPlace;
  readonly cause: EntryPlace;
  readonly entry: PlanEntry | { readonly kind: 'intent' | 'denied' | 'domain-event' };
  readonly text: string;
}

export interface OpenEffect {
  readonly ask: EffectAsk;
  readonly intent: Hash;
}

export class PlanBench implements PlanPort {
  planState: PlanState;
  seq = -1;
  logicalNowNs = 0n;
  readonly limits: PlanPort['limits'];
  readonly manifest: Hash;
  readonly log: Logged[] = [];
  readonly effects: OpenEffect[] = [];
  readonly cancelled: string[] = [];
  readonly deadlines: PlanDeadline[] = [];
  readonly #plans: Plans;
  readonly #queue: Work[] = [];
  readonly #objects = new Map<string, Uint8Array>();
  readonly #source: TrieSource;
  #units = 0;
  #entries = 0;
  #asked = 0;

  constructor(
    definition: WorldDefinition,
    private readonly options: BenchOptions = {},
  ) {
    this.#source = { read: (hash) => this.#objects.get(toHex(hash)), cache: new NodeCache() };
    this.planState = emptyPlanState(this.#source);
    this.limits = { ...CURRENT_RUNTIME.limits, ...options.limits };
    this.manifest = definition.manifestHash;
    this.#plans = compilePlans(definition);
  }

  /** What the journal says, without the starts. */
  get lines(): readonly string[] {
    return this.log.map(({ text }) => text);
  }

  get isIdle(): boolean {
    return this.#queue.length === 0;
  }

  start(start: Start = {}): this {
    return this.event('t/Start@1', startBytes(start));
  }

  event(schema: string, value: Uint8Array, key?: Uint8Array): this {
    const event = key === undefined ? { schema, value } : { schema, value, key };
    return this.#record((cause) => this.#queue.push({ kind: 'event', event, cause }));
  }

  /** Settles an open effect, by its position among the open ones. */
  settle(at = 0, status: Status = 'ok', n = 1): this {
    const [found] = this.effects.splice(at, 1);
    if (found === undefined) throw new Error(`no open effect at ${at}`);
    return this.tell(found, status, n);
  }

  /** Settles every open effect in one record. */
  settleAll(): this {
    const open = this.effects.splice(0);
    return this.#record(() => {
      for (const effect of open) this.#queue.push(settledBy(effect, 'ok', 1));
    });
  }

  tell(effect: OpenEffect, status: Status = 'ok', n = 1): this {
    return this.#record(() => this.#queue.push(settledBy(effect, status, n)));
  }

  /** Moves the clock and fires what is due. */
  tick(atNs: bigint): this {
    this.logicalNowNs = atNs;
    return this.#record((cause) => {
      const due = this.deadlines.filter((each) => each.atNs <= atNs);
      due.sort((a, b) => Number(a.atNs - b.atNs) || a.instance.seq - b.instance.seq);
      for (const each of due) {
        this.clearDeadline(each);
        fireDeadline(this, each, cause);
      }
    });
  }

  continue(): this {
    return this.#record(() => {});
  }

  /** Goes on until nothing is left to do; throws when that takes too long. */
  settleDown(most = 10_000): this {
    for (let i = 0; !this.isIdle; i++) {
      if (i >= most) throw new Error('the queue does not get empty');
      this.continue();
    }
    return this;
  }

  get instances(): readonly Instance[] {
    return [...this.planState.instances.range()].map(({ id }) => id);
  }

  // The port.

  plansOf(): Plans {
    return this.#plans;
  }

  spend(): boolean {
    if (this.#units >= (this.options.budget ?? Number.POSITIVE_INFINITY)) return false;
    this.#units += 1;
    return true;
  }

  carry(value: Uint8Array): CarriedValue {
    return { inline: value };
  }

  append(entry: PlanEntry, cause: EntryPlace): EntryPlace {
    return this.#write(entry, cause, textOf(entry));
  }

  schedule(instance: Instance, cause: EntryPlace): void {
    this.#queue.push({ kind: 'plan', instance, cause });
  }

  isSameSchema(): boolean {
    return true;
  }

  admitEvent(event: PlanEvent): string | undefined {
    return event.value.length > 10_000 ? 'event-too-large' : undefined;
  }

  raiseEvent(event: PlanEvent, cause: EntryPlace): void {
    const place = this.#write({ kind: 'domain-event' }, cause, `raised ${event.schema}`);
    this.#queue.push({ kind: 'event', event, cause: place });
  }

  authorize(ask: EffectAsk): GateVerdict {
    const n = numberIn(ask.params);
    const key = ask.idempotencyKey ?? utf8(`key ${this.#asked}`);
    const intent = sha256(encode({ params: ask.params, key, attempt: ask.attempt }));
    const code = this.options.deny?.(n);
    const base = { decision: {}, fuel: 0, calls: 0 };
    this.#asked += 1;
    if (code !== undefined) return { kind: 'denied', code, at: '', advice: '', ...base } as never;
    return { kind: 'open', state: {}, intent: { hash: intent }, ...base } as never;
  }

  open(ask: EffectAsk, verdict: GateVerdict, cause: EntryPlace): void {
    const what = `${ask.effect} ${numberIn(ask.params)}`;
    if (verdict.kind === 'denied') {
      this.#write({ kind: 'denied' }, cause, `denied ${what}`);
      return;
    }
    const intent = verdict.kind === 'shared' ? verdict.intent : verdict.intent.hash;
    this.effects.push({ ask, intent });
    this.#write({ kind: 'intent' }, cause, `intent ${what}${ask.attempt > 1 ? ' again' : ''}`);
  }

  cancelEffect(intent: Hash): 'coming' | 'left' {
    const found = this.effects.find((each) => toHex(each.intent) === toHex(intent));
    if (found !== undefined) this.cancelled.push(found.ask.origin.step);
    return 'coming';
  }

  setDeadline(deadline: PlanDeadline): void {
    this.deadlines.push(deadline);
  }

  clearDeadline({ instance, step }: PlanDeadline): void {
    const at = this.deadlines.findIndex(
      (each) =>
        each.step === step && each.instance.seq === instance.seq && each.instance.i === instance.i,
    );
    if (at >= 0) this.deadlines.splice(at, 1);
  }

  #record(input: (cause: EntryPlace) => void): this {
    this.seq += 1;
    this.#units = 0;
    this.#entries = 0;
    input({ seq: this.seq, i: null });
    for (let work = this.#queue[0]; work !== undefined; work = this.#queue[0]) {
      if (this.#run(work) === 'spent') break;
      this.#queue.shift();
    }
    this.planState = this.#reopened();
    return this;
  }

  #run(work: Work): 'spent' | 'over' {
    if (work.kind === 'plan') return advanceInstance(this, work.instance, work.cause);
    if (work.kind === 'event') {
      deliverEvent(this, work.event, work.cause);
      startTriggered(this, work.event, work.cause);
      return 'over';
    }
    const { settlement, ask } = work;
    const cause = { seq: this.seq, i: null };
    if (deliverReceipt(this, { origin: ask.origin, settlement }, cause) === 'late') {
      this.#write({ kind: 'dropped', code: 'receipt-late' }, cause, 'dropped receipt-late');
    }
    return 'over';
  }

  #reopened(): PlanState {
    const codecs = planCodecs(this.#source);
    const { instances, waits } = this.planState;
    return {
      instances: this.#reopen(instances, codecs.instances),
      waits: this.#reopen(waits, codecs.waits),
    };
  }

  #reopen<T>(trie: Trie<T>, codec: LeafCodec<T>): Trie<T> {
    if (trie.size === 0) return Trie.empty(codec, this.#source);
    for (const { hash, bytes } of trie.unstored().objects) this.#objects.set(toHex(hash), bytes);
    return Trie.open(trie.root(), trie.size, codec, this.#source);
  }

  #write(entry: Logged['entry'], cause: EntryPlace, text: string): EntryPlace {
    const place = { seq: this.seq, i: this.#entries++ };
    this.log.push({ place, cause, entry, text });
    return place;
  }
}

function settledBy({ ask, intent }: OpenEffect, status: Status, n: number): Work {
  const payload = status === 'ok' ? numBytes(n) : encode({ code: `ask-${status}`, message: '' });
  const { effect, params } = ask;
  const outcome = { status, code: null, adapterId: 'test', payload, sig: new Uint8Array(64) };
  return { kind: 'receipt', ask, settlement: { intent, effect, params, ...outcome } };
}

function textOf(entry: PlanEntry): string {
  switch (entry.kind) {
    case 'plan-started':
      return `started ${nameOf(entry.plan)}`;
    case 'plan-step':
      return [entry.step, entry.outcome, ...(entry.code === null ? [] : [entry.code])].join(' ');
    case 'plan-result':
      return `result ${JSON.stringify(shown(entry.value))}`;
    case 'plan-ended':
      return ['ended', entry.status, ...(entry.code === null ? [] : [entry.code])].join(' ');
    case 'dropped':
      return `dropped ${entry.code}`;
  }
}

const nameOf = (plan: string): string => plan.slice(2, -2);

function shown(value: CarriedValue): unknown {
  return value.inline === undefined ? 'large' : plain(must(decode(value.inline)));
}

function numberIn(params: Uint8Array): number {
  const value = must(decode(params));
  return Number(value instanceof Map ? value.get('n') : undefined);
}

function plain(value: Value): unknown {
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, each]) => [String(key), plain(each)]));
  }
  return Array.isArray(value) ? value.map(plain) : value;
}
