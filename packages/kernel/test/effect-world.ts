/**
 * A world of keyed and un-keyed reducers that ask for effects, behind routes and inboxes; its
 * modules are functions of the test.
 *
 * `e/K@1` is keyed by text and takes Put, the receipts of timers and of any effect. `e/U@1` is not,
 * takes Put and Poke, and of receipts only version 1 of a timer's. Put goes to both, Poke to U.
 * `e/F@1` is keyed through a route of its family. The slots `default`, `note`, `bad`, `ask` and
 * `soon` are bound to grants: `bad` is denied, `ask` waits for an approver, `soon` expires at
 * 1,000, `query` is for `introspect.*`.
 */
import { type AirDocument, loadAir, type WorldDefinition } from '@aos/air';
import {
  decode,
  decodePlain,
  type Encodable,
  encode,
  encodeUntagged,
  type Hash,
  sha256,
  toHex,
  utf8,
  type Value,
} from '@aos/canon';
import {
  admit,
  createWorld,
  hashWorld,
  NodeCache,
  openSnapshot,
  type RawInput,
  type RawVerb,
  replay,
  type StepDone,
  step,
  type TrieSource,
  takeSnapshot,
  type World,
} from '@aos/kernel';
import {
  type CallOutcome,
  CURRENT_RUNTIME,
  type Engine,
  type Entry,
  type EntryKind,
  encodeGenesis,
  GENESIS_FORMAT,
  type KeyRole,
  keyIdOf,
  type ReceiptBody,
  type RuntimeLimits,
  type Verb,
  verbArgs,
} from '@aos/protocol';
import { expect } from 'vitest';
import { must } from './script-world.js';

/** What one call is given. */
export interface Call {
  readonly state: Uint8Array | null;
  readonly schema: string;
  /** Tag and value of the event. */
  readonly tag: Value;
  readonly value: ReadonlyMap<Value, Value>;
  readonly key: Uint8Array | undefined;
  readonly ctx: ReadonlyMap<Value, Value> | undefined;
}

/** What a reducer gives back; a text is a fault of that code. */
export type Script = (call: Call) => Encodable | string;
export type Scripts = { readonly [name in 'K' | 'U' | 'F']?: Script };

const text = { text: {} };
const record = (fields: object) => ({ record: fields });
const schema = (name: string, type: object) => ({ $kind: 'defschema', name, type });
const refs = (...names: string[]) => names.map((name) => ({ name }));
const arms = (tags: { readonly [tag: string]: string }) => ({
  variant: Object.fromEntries(Object.entries(tags).map(([tag, ref]) => [tag, { ref }])),
});

/** Kinds and schemas of what a world may ask of itself. */
const QUESTIONS = [
  ['introspect.manifest', 'IntrospectManifest'],
  ['introspect.reducer_state', 'IntrospectReducerState'],
  ['introspect.journal_head', 'IntrospectJournalHead'],
  ['introspect.list_cells', 'IntrospectListCells'],
] as const;

const reducer = (name: string, event: string, more: object = {}) => ({
  $kind: 'defmodule',
  name,
  module_kind: 'reducer',
  abi: {
    reducer: {
      state: 'e/State@1',
      event,
      annotations: 'e/State@1',
      context: 'sys/ReducerContext@1',
      effects_emitted: ['timer.set', 'e.note', ...QUESTIONS.map(([kind]) => kind)],
      cap_slots: {
        note: 'note',
        bad: 'note',
        ask: 'note',
        soon: 'note',
        free: 'note',
        query: 'query',
      },
    },
  },
  ...more,
});

const grant = (name: string, cap: string, more: object = {}) => ({
  name,
  cap,
  params: {},
  ...more,
});
const slots = {
  query: 'query',
  default: 'timers',
  note: 'notes',
  bad: 'bad',
  ask: 'ask',
  soon: 'soon',
};

const nodes = [
  schema('e/State@1', record({ n: { nat: {} } })),
  schema('e/Key@1', text),
  schema('e/Put@1', record({ id: { ref: 'e/Key@1' }, what: text })),
  schema('e/Poke@1', record({ what: text })),
  schema('e/NoteParams@1', record({ text })),
  schema('e/NoteReceipt@1', record({ size: { nat: {} } })),
  schema(
    'e/KEvent@1',
    arms({ Put: 'e/Put@1', Fired: 'sys/TimerFired@2', Done: 'sys/EffectReceipt@1' }),
  ),
  schema('e/UEvent@1', arms({ Put: 'e/Put@1', Poke: 'e/Poke@1', Fired: 'sys/TimerFired@1' })),
  schema('e/FEvent@1', arms({ Put: 'e/Put@1', Done: 'sys/EffectReceipt@1' })),
  {
    $kind: 'defeffect',
    name: 'e/note@1',
    kind: 'e.note',
    params_schema: 'e/NoteParams@1',
    receipt_schema: 'e/NoteReceipt@1',
    cap_type: 'note',
    origin_scope: 'both',
  },
  ...QUESTIONS.map(([kind, schemas], i) => ({
    $kind: 'defeffect',
    name: `e/question${i}@1`,
    kind,
    params_schema: `sys/${schemas}Params@1`,
    receipt_schema: `sys/${schemas}Receipt@1`,
    cap_type: 'query',
    origin_scope: 'both',
  })),
  {
    $kind: 'defcap',
    name: 'e/cap@1',
    cap_type: 'note',
    schema: record({}),
    enforcer: { module: 'sys/CapAllowAll@1' },
  },
  {
    $kind: 'defpolicy',
    name: 'e/policy@1',
    rules: [
      { when: { cap_name: 'bad' }, decision: 'deny' },
      {
        when: { cap_name: 'ask' },
        decision: 'require_approval',
        approval: { role: 'approver', count: 1, expires_ns: 500 },
      },
      { when: {}, decision: 'allow' },
    ],
  },
  reducer('e/K@1', 'e/KEvent@1', { key_schema: 'e/Key@1' }),
  reducer('e/U@1', 'e/UEvent@1'),
  reducer('e/F@1', 'e/FEvent@1', { key_schema: 'e/Key@1' }),
];

const manifest = {
  $kind: 'manifest',
  air_version: '1',
  schemas: refs(
    ...nodes.flatMap((node) =>
      node.$kind === 'defschema' ? [(node as { name: string }).name] : [],
    ),
  ),
  modules: refs('e/K@1', 'e/U@1', 'e/F@1'),
  plans: [],
  effects: refs('sys/timer.set@1', 'e/note@1', ...QUESTIONS.map((_, i) => `e/question${i}@1`)),
  caps: refs('sys/timer@1', 'sys/query@1', 'e/cap@1'),
  policies: refs('e/policy@1'),
  features: ['grant-budget', 'policy-approval'],
  defaults: {
    policy: 'e/policy@1',
    cap_grants: [
      grant('timers', 'sys/timer@1'),
      grant('query', 'sys/query@1', { budget: { calls: 1000 } }),
      grant('notes', 'e/cap@1'),
      grant('bad', 'e/cap@1'),
      grant('ask', 'e/cap@1'),
      grant('soon', 'e/cap@1', { expiry_ns: 1000 }),
    ],
  },
  module_bindings: { 'e/K@1': { slots }, 'e/U@1': { slots }, 'e/F@1': { slots } },
  routing: {
    events: [
      { event: 'e/Put@1', reducer: 'e/K@1', key_field: 'id' },
      { event: 'e/Put@1', reducer: 'e/U@1' },
      { event: 'e/Poke@1', reducer: 'e/U@1' },
      { event: 'e/FEvent@1', reducer: 'e/F@1', key_field: '$tag' },
    ],
    inboxes: [
      { source: 'mail', reducer: 'e/U@1' },
      { source: 'door', reducer: 'e/K@1' },
    ],
  },
};

const hashOfModule = (name: string) => sha256(utf8(`module ${name}`));
const names = { 'e/K@1': 'K', 'e/U@1': 'U', 'e/F@1': 'F' } as const;

function load(): WorldDefinition {
  const document: AirDocument = { path: 'world.json', text: JSON.stringify([...nodes, manifest]) };
  const wasm = new Map(Object.entries(names).map(([name, short]) => [name, hashOfModule(short)]));
  const loaded = loadAir([document], wasm);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings, null, 1));
  return loaded.world;
}

export const definition = load();

/** What every call costs that does not fault. */
export const CALL_FUEL = 7;

function scriptEngine(scripts: Scripts): Engine {
  const byHash = new Map(
    Object.entries(names).map(([, s]) => [toHex(hashOfModule(s)), scripts[s]]),
  );
  return {
    has: (module) => byHash.has(toHex(module)),
    call(module, _entry, input, { fuel }): CallOutcome {
      const script = byHash.get(toHex(module)) ?? (({ state }: Call) => ({ state }));
      const result = script(callOf(input));
      if (typeof result === 'string') return { kind: 'fault', code: result, fuel };
      return { kind: 'output', output: encodeUntagged(result), fuel: CALL_FUEL };
    },
  };
}

function callOf(input: Uint8Array): Call {
  const envelope = must(decodePlain(input)) as ReadonlyMap<string, Value>;
  const event = envelope.get('event') as ReadonlyMap<string, Value>;
  const value = must(decode(event.get('value') as Uint8Array)) as ReadonlyMap<string, Value>;
  const ctx = envelope.get('ctx') as Uint8Array | undefined;
  return {
    state: envelope.get('state') as Uint8Array | null,
    schema: event.get('schema') as string,
    tag: value.get('$tag') as Value,
    value: value.get('$value') as ReadonlyMap<Value, Value>,
    key: event.get('key') as Uint8Array | undefined,
    ctx: ctx && (must(decode(ctx)) as ReadonlyMap<Value, Value>),
  };
}

export const stateOf = (n: number) => encode({ n });
export const put = (id: string, what = 'x') => ({ schema: 'e/Put@1', cbor: encode({ id, what }) });
export const poke = (what = 'x') => ({ schema: 'e/Poke@1', cbor: encode({ what }) });
export const note = (body = 'hi', more: object = {}) => ({
  kind: 'e.note',
  params_cbor: encode({ text: body }),
  cap_slot: 'note',
  ...more,
});
export const timer = (at = 50) => ({
  kind: 'timer.set',
  params_cbor: encode({ deliver_at_ns: at, key: null }),
});
export const keyBytes = (fill: number) => new Uint8Array(32).fill(fill);

/** Keys of the world, by what they may do; a key's bytes are not a real public key. */
const keyOf = (name: string, ...roles: KeyRole[]) => {
  const publicKey = sha256(utf8(`key ${name}`));
  return { keyId: keyIdOf(publicKey), publicKey, name, roles };
};
export const keys = {
  operator: keyOf('ops', 'operator'),
  adapter: keyOf('ada', 'adapter'),
  approver: keyOf('app', 'approver'),
  stranger: keyOf('who', 'operator', 'adapter', 'approver'),
};

function genesisOf(limits: Partial<RuntimeLimits> = {}): Uint8Array {
  return encodeGenesis({
    format: GENESIS_FORMAT,
    manifest: definition.manifestHash,
    runtime: { ...CURRENT_RUNTIME, limits: { ...CURRENT_RUNTIME.limits, ...limits } },
    keyring: [keys.operator, keys.adapter, keys.approver],
    nonce: new Uint8Array(16),
    createdNs: 1_000n,
  });
}

/** A world that is lived step by step, with all that it left behind. */
export class Life {
  readonly engine: Engine;
  readonly genesis: Uint8Array;
  readonly steps: StepDone[] = [];
  readonly first: World;
  world: World;
  /** Logical time of the next step. */
  nowNs = 0n;
  #nonce = 0;

  constructor(scripts: Scripts = {}, limits: Partial<RuntimeLimits> = {}) {
    this.engine = scriptEngine(scripts);
    this.genesis = genesisOf(limits);
    this.first = must(createWorld(this.genesis, definition, { engine: this.engine }));
    this.world = this.first;
  }

  /** Admits and steps one input; answers with its entries. */
  take(raw: RawInput): readonly Entry[] {
    const admission = admit(this.world, raw);
    if (admission.kind !== 'admitted') throw new Error(JSON.stringify(admission));
    const stamp = {
      nowNs: 2_000n + BigInt(this.world.seq),
      logicalNowNs: this.nowNs,
      entropy: sha256(utf8(`entropy ${this.world.seq}`)),
    };
    const done = step(this.world, admission.input, stamp, { engine: this.engine });
    if (done.kind === 'need') throw new Error('an object is missing');
    this.steps.push(done);
    this.world = done.world;
    return done.record.entries;
  }

  /** Code of the refusal, or how else the input was answered. */
  ask(raw: RawInput): string {
    const admission = admit(this.world, raw);
    return admission.kind === 'refused' ? admission.refusal.code : admission.kind;
  }

  get outputs() {
    return this.steps.at(-1)?.outputs;
  }

  /** Hash of the only open intent. */
  get intent(): Hash {
    const [intent, ...more] = [...this.world.intents.range()];
    if (intent === undefined || more.length > 0) throw new Error(`${more.length} more intents`);
    return intent.hash;
  }

  receipt(payload: Encodable, more: Partial<ReceiptBody> = {}, key = keys.adapter): RawInput {
    const bytes = payload instanceof Uint8Array ? payload : encode(payload);
    const receipt: ReceiptBody = {
      worldId: this.world.worldId,
      epoch: this.world.epoch,
      intentHash: more.intentHash ?? this.intent,
      attempt: 1,
      adapterId: 'test',
      status: 'ok',
      payloadHash: sha256(bytes),
      ...more,
    };
    const sig = new Uint8Array(64);
    return { kind: 'receipt', receipt, payload: bytes, keyId: key.keyId, sig };
  }

  verb(verb: Verb, key: { readonly keyId: Hash } = keys.operator): RawVerb {
    const kind = verb.verb.startsWith('keyring')
      ? 'keyring'
      : verb.verb === 'approve-intent'
        ? 'governance'
        : 'control';
    const nonce = new Uint8Array(16);
    new DataView(nonce.buffer).setUint32(0, this.#nonce++);
    const signed = { nonce, keyId: key.keyId, sig: new Uint8Array(64) };
    return { kind, verb: verb.verb, args: verbArgs(verb), ...signed } as RawVerb;
  }

  /** The last record can be read, and replays from the world before it. */
  expectLastReplays(): void {
    const [before, last] = this.steps.slice(-2);
    if (before === undefined || last === undefined) throw new Error('two steps are needed');
    const ports = { engine: this.engine, object: () => undefined };
    const verdict = replay(before.world, [last.bytes], ports);
    expect(verdict.kind === 'different' ? verdict.difference : verdict.kind).toBe('same');
  }

  /** The journal replays to this world from genesis, and from a snapshot at every height. */
  expectReopens(): void {
    const stored = new Map<string, Uint8Array>();
    for (const { hash, bytes } of this.steps.flatMap(({ objects }) => objects)) {
      stored.set(toHex(hash), bytes);
    }
    const object = (hash: Hash) => stored.get(toHex(hash));
    const ports = { engine: this.engine, object };
    const source: TrieSource = { read: object, cache: new NodeCache(4) };
    const expected = toHex(hashWorld(this.world));
    const records = this.steps.map(({ bytes }) => bytes);
    let world = this.first;
    for (let seq = 0; seq <= records.length; seq++) {
      const taken = takeSnapshot(world);
      if (taken.kind !== 'taken') throw new Error('a snapshot needs nothing here');
      for (const { hash, bytes } of taken.objects) stored.set(toHex(hash), bytes);
      const from = { genesis: this.genesis, definition };
      const opened = openSnapshot(taken.bytes, from, { engine: this.engine, source });
      if (opened.kind !== 'opened') throw new Error(`${JSON.stringify(opened)} at ${seq}`);
      const verdict = replay(opened.world, records.slice(seq), ports);
      expect(verdict.kind === 'different' ? verdict.difference : verdict.kind).toBe('same');
      if (verdict.kind === 'same') expect(toHex(hashWorld(verdict.world))).toBe(expected);
      world = this.steps[seq]?.world ?? world;
    }
  }
}

/** Entries of one kind. */
export function ofKind<K extends EntryKind>(
  entries: readonly Entry[],
  kind: K,
): readonly Extract<Entry, { readonly kind: K }>[] {
  return entries.filter(
    (entry): entry is Extract<Entry, { readonly kind: K }> => entry.kind === kind,
  );
}

export const kindsOf = (entries: readonly Entry[]) => entries.map(({ kind }) => kind);
