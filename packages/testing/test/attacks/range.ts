/**
 * Where attacks are made: a world over a store in memory under the real kernel and host, whose
 * outside only counts. Reducers are puppets that say what their event tells them to.
 */
import { encode, sha256, utf8 } from '@aos/canon';
import {
  type Clock,
  type ControlService,
  type FoundingResult,
  foundWorld,
  openControl,
  openWorldHost,
  type Signer,
  type SubmittedInput,
  signReceipt,
  signVerb,
  type UnsignedReceipt,
  verifyWorld,
  type WorldHost,
} from '@aos/host';
import type { OpenIntent, World } from '@aos/kernel';
import {
  type Adapter,
  decodeRecord,
  type Entry,
  type JournalRecord,
  type KeyRole,
  type SecretSource,
  type Verb,
  type WorldStore,
} from '@aos/protocol';
import { createMemoryStore, type MemoryStore, openMemoryStore } from '@aos/store';
import type { Met, Target } from '../../src/attacks/attack.js';
import { TestKeys } from '../../src/test-world/test-keys.js';
import { VirtualTime } from '../../src/test-world/virtual-time.js';
import { type Answers, CountingAdapter, mapOf, PAID, puppets } from './puppets.js';
import type { Json } from './shooting-world.js';

const PEOPLE = {
  ana: ['approver'],
  ben: ['approver'],
  eve: ['operator'],
  adapter: ['adapter'],
} as const satisfies Record<string, readonly KeyRole[]>;

export type Somebody = 'host' | 'operator' | keyof typeof PEOPLE;

/** Keys of nobody in a world. */
const STRANGERS = { mallory: ['host'] } as const;

const keys = new TestKeys(PEOPLE);
const strangers = new TestKeys(STRANGERS);
export const mallory: Signer = strangers.signer('mallory');
export const signerOf = (name: Somebody): Signer => keys.signer(name);

export interface RangeOptions {
  /** Answers of the counting adapter; `pay` answers ok. */
  readonly answers?: Answers;
  /** Kinds that the counting adapter serves; all others are those of `adapters`. */
  readonly kinds?: readonly string[];
  readonly adapters?: readonly Adapter[];
  /** Kinds that are started and not answered. */
  readonly held?: readonly string[];
  /** Kinds that are counted; all where nothing is said. */
  readonly counted?: readonly string[];
  /** A world like another one, which is not that one. */
  readonly nonce?: number;
  /** WASI modules by the names of their effects. */
  readonly programs?: Programs;
  readonly secrets?: SecretSource;
  /** How many effects of a kind run at once. */
  readonly concurrency?: Readonly<Record<string, number>>;
}

/** Whose key signs receipts; `nobody` runs no effects. */
export type RunBy = Signer | 'nobody';

export type Programs = ReadonlyMap<string, Uint8Array>;

export class Range implements Target {
  /** It stands still until a test moves it. */
  readonly time = new VirtualTime(10n ** 18n);
  readonly counter: CountingAdapter;
  host: WorldHost;
  #store: WorldStore;
  #nonce = 0;
  /** Sequence from which on nobody has looked. */
  #seen = 0;

  constructor(
    definitions: readonly Json[],
    readonly options: RangeOptions = {},
  ) {
    const { kinds = ['pay'], answers = {}, held = [] } = options;
    this.counter = new CountingAdapter(kinds, { ...PAID, ...answers }, held);
    const found = foundOf(definitions, this.time, options);
    if (!found.ok) throw new Error(JSON.stringify(found, null, 1));
    this.#store = createMemoryStore(found.founded.genesis, found.founded.objects);
    this.host = this.#open();
  }

  #open(by: RunBy = signerOf('host')): WorldHost {
    const { adapters = [], secrets, concurrency = {} } = this.options;
    const all = [...adapters, this.counter];
    const how = { concurrency, drainMs: 0, allowMissing: true };
    const effects = { adapters: all, ...how, ...(secrets && { secrets }) };
    return openWorldHost({
      store: this.#store,
      engine: puppets,
      clock: this.time,
      startTimer: this.time.startTimer,
      cryptoThreads: 'none',
      ...(by === 'nobody' ? {} : { effects: { ...effects, signer: by } }),
    });
  }

  get store(): WorldStore {
    return this.#store;
  }

  control(): ControlService {
    return openControl({ store: this.#store, engine: puppets, host: this.host });
  }

  executed(): number {
    const { counted } = this.options;
    const { started } = this.counter;
    return counted === undefined
      ? started.length
      : started.filter(({ effect }) => counted.includes(effect)).length;
  }

  async settle(): Promise<void> {
    const { held = [] } = this.options;
    await this.host.untilQuiescent({ isStill: ({ effect }) => held.includes(effect) });
  }

  read<T>(look: (world: World) => T): Promise<T> {
    return this.host.read(look);
  }

  /** Hands in whatever it is; answers with the codes that it met, here and in the journal. */
  async submit(input: SubmittedInput): Promise<Met> {
    this.#seen = this.#store.head + 1;
    const result = await this.host.submit(input);
    if (!result.ok) return [result.refusal.code];
    await this.settle();
    return this.met();
  }

  /** Codes in the journal since the last input was handed in. */
  met(): Met {
    return this.metSince(this.#seen);
  }

  /** Codes in the journal from a record on. */
  metSince(seq: number): Met {
    return this.entries(seq).flatMap((entry) => codesIn(entry));
  }

  event(schema: string, value: unknown, more: object = {}): Promise<Met> {
    return this.submit({ schema, cbor: encode(value as never), ...more });
  }

  /** Starts a plan by its trigger: its input is an event. */
  async verb(verb: Verb, by: Somebody | Signer = 'operator'): Promise<Met> {
    return this.submit(await this.signed(verb, by));
  }

  async signed(verb: Verb, by: Somebody | Signer = 'operator', nonce?: Uint8Array) {
    const signer = typeof by === 'string' ? signerOf(by) : by;
    const { worldId, epoch } = await this.read((world) => world);
    const fresh = sha256(utf8(`attack nonce ${this.#nonce++}`)).slice(0, 16);
    return signVerb(signer, { worldId, epoch, nonce: nonce ?? fresh }, verb);
  }

  /** A receipt of an intent, true but for what is said. */
  async receipt(
    intent: OpenIntent,
    { by = 'host', payload = encode({ n: 1 }), ...more }: ReceiptTwist = {},
  ) {
    const { worldId } = await this.read((world) => world);
    const { hash: intentHash, epoch, attempt } = intent;
    const body = { worldId, epoch, intentHash, attempt, adapterId: 'counting', status: 'ok' };
    const unsigned = { ...body, ...more } as UnsignedReceipt;
    return signReceipt(typeof by === 'string' ? signerOf(by) : by, unsigned, payload);
  }

  /** The intent that was opened last, of those that are open. */
  async lastIntent(): Promise<OpenIntent> {
    const open = await this.read(({ intents }) => [...intents.range()]);
    const last = open.sort((a, b) => a.openedAt.seq - b.openedAt.seq).at(-1);
    if (last === undefined) throw new Error('no intent is open');
    return last;
  }

  entries(fromSeq = 0): readonly Entry[] {
    return this.records(fromSeq).flatMap(({ entries }) => entries);
  }

  records(fromSeq = 0): readonly JournalRecord[] {
    return [...this.#store.records(fromSeq)].map((bytes) => {
      const record = decodeRecord(bytes);
      if (!record.ok) throw new Error(record.refusal.code);
      return record.value;
    });
  }

  /** Codes of receipts that say why something came to nothing. */
  receiptCodes(fromSeq: number): Met {
    return this.records(fromSeq).flatMap(({ input }) => {
      if (input.kind !== 'receipt' || input.receipt.status === 'ok') return [];
      const code = mapOf(input.payload.inline).get('code');
      return typeof code === 'string' ? [code] : [];
    });
  }

  /** Opens the world anew, or another one in its place; there, `effects` may say who runs it. */
  async reopen(store?: WorldStore, effects?: RunBy): Promise<void> {
    await this.shut();
    this.#store = store ?? (await this.again());
    this.host = this.#open(effects);
    await this.settle();
  }

  /** Closes the world; what is in flight stays so. */
  protected async shut(): Promise<void> {
    let isShut = false;
    const shut = this.host.close().finally(() => {
      isShut = true;
    });
    while (!isShut) {
      await new Promise(setImmediate);
      // it waits for no time at all, which has to pass
      this.time.pass(0n);
    }
    await shut;
  }

  /** The store that was closed, open again. */
  protected async again(): Promise<WorldStore> {
    return openMemoryStore(this.#store as MemoryStore);
  }

  /** Ends it; whatever was tried, the journal replays to itself. */
  async close(): Promise<boolean> {
    this.counter.release();
    await this.shut();
    const store = await this.again();
    const { ok } = verifyWorld(store, puppets);
    await store.close();
    return ok;
  }
}

function foundOf(
  definitions: readonly Json[],
  clock: Clock,
  { nonce = 0, programs = new Map() }: RangeOptions,
): FoundingResult {
  const documents = [documentOf(definitions)];
  const fillEntropy = (bytes: Uint8Array) => bytes.fill(nonce);
  const reducers = moduleNames(definitions).map((name) => [name, utf8(name)] as const);
  const modules = new Map([...reducers, ...programs]);
  const plan = { documents, modules, keyring: keys.entries };
  return foundWorld(plan, { engine: puppets, clock, fillEntropy });
}

export const documentOf = (definitions: readonly Json[]) => {
  return { path: 'air/world.air.json', text: JSON.stringify(definitions) };
};

export const moduleNames = (definitions: readonly Json[]): readonly string[] =>
  (definitions as unknown as readonly Named[])
    .filter(({ $kind, wasm_hash }) => $kind === 'defmodule' && wasm_hash === undefined)
    .map(({ name }) => name);

/** Codes of why there is no world of these definitions; none where there is one. */
export function refusalOf(definitions: readonly Json[], programs: Programs = new Map()): Met {
  const found = foundOf(definitions, new VirtualTime(10n ** 18n), { programs });
  return found.ok ? [] : codesOf(found);
}

interface Named {
  readonly $kind: string;
  readonly name: string;
  readonly wasm_hash?: string;
}

type ReceiptTwist = Partial<UnsignedReceipt> & {
  readonly by?: Somebody | Signer;
  readonly payload?: Uint8Array;
};

function codesIn(entry: Entry): Met {
  switch (entry.kind) {
    case 'decision':
      return entry.code === null ? [] : [entry.code];
    case 'reducer-fault':
    case 'dropped':
      return [entry.code];
    case 'plan-ended':
      return entry.code === undefined || entry.code === null ? [] : [entry.code];
    case 'settled':
      return typeof entry.code === 'string' ? [entry.code] : [];
    default:
      return [];
  }
}

/** Codes of a definition that is none. */
function codesOf(found: {
  readonly ok: boolean;
  readonly findings?: readonly { readonly code: string }[];
  readonly refusal?: { readonly code: string } | undefined;
}): Met {
  if (found.ok) return [];
  const codes = (found.findings ?? []).map(({ code }) => code);
  return found.refusal === undefined ? codes : [...codes, found.refusal.code];
}

/** The hash of a text, for what must be one. */
export const hashText = (text: string): string =>
  `sha256:${Buffer.from(sha256(utf8(text))).toString('hex')}`;
