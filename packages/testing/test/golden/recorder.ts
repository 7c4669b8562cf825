/** Lives a golden world: takes inputs; keeps records, objects and the hash after each record. */

import type { WorldDefinition } from '@aos/air';
import { type Encodable, encode, encodeUntagged, type Hash, sha256, toHex, utf8 } from '@aos/canon';
import {
  type AdmittedInput,
  admit,
  createWorld,
  crossBorder,
  forkGenesis,
  NodeCache,
  type RawInput,
  step,
  type TrieSource,
  takeSnapshot,
  type World,
} from '@aos/kernel';
import {
  type Engine,
  type Entry,
  encodeGenesis,
  encodeReceiptBody,
  encodeSignedVerb,
  encodeStreamFrame,
  type JournalRecord,
  RECEIPT_DOMAIN,
  type ReceiptStatus,
  STREAM_FRAME_DOMAIN,
  type StoredObject,
  signedMessage,
  type Verb,
  verbArgs,
  verbDomain,
} from '@aos/protocol';
import { type GoldenKey, KEYS, signWith } from './golden-keys.js';

/** Objects in memory, as a store would have them. */
export class ObjectMemory implements TrieSource {
  readonly cache = new NodeCache(256);
  readonly #bytes = new Map<string, Uint8Array>();

  read = (hash: Hash): Uint8Array | undefined => this.#bytes.get(toHex(hash));

  put(objects: Iterable<StoredObject>): void {
    for (const { hash, bytes } of objects) this.#bytes.set(toHex(hash), bytes);
  }
}

/** What a world is recorded with. */
export interface Recording {
  readonly name: string;
  readonly genesis: Uint8Array;
  readonly definition: WorldDefinition;
  readonly engine: Engine;
}

type IntentEntry = Extract<Entry, { readonly kind: 'intent' }>;

const START_NS = 1_700_000_000_000_000_000n;

export class Recorder {
  readonly records: Uint8Array[] = [];
  /** Objects of the commits, those of snapshots not among them. */
  readonly objects: StoredObject[] = [];
  /** Hash of the world before record n, at n; the last one after all of them. */
  readonly snapshots: Hash[] = [];
  readonly refusals: string[] = [];
  /** Geneses of forks, by the first record behind each border. */
  readonly forks: { readonly seq: number; readonly genesis: Uint8Array }[] = [];
  world: World;
  logicalNowNs = 0n;
  #last: JournalRecord | undefined;
  #nonces = 0;
  readonly #memory = new ObjectMemory();

  constructor(readonly recording: Recording) {
    const { genesis, definition, engine } = recording;
    const created = createWorld(genesis, definition, { engine, source: this.#memory });
    if (!created.ok) throw new Error(`${created.refusal.code} ${created.refusal.detail}`);
    this.world = created.value;
    this.#snapshot();
  }

  get last(): JournalRecord {
    if (this.#last === undefined) throw new Error('nothing is recorded yet');
    return this.#last;
  }

  /** Takes an input that must be admitted. */
  take(raw: RawInput): JournalRecord {
    const admission = admit(this.world, raw, this.recording);
    if (admission.kind !== 'admitted') throw new Error(`not admitted: ${print(admission)}`);
    return this.#step(admission.input);
  }

  /** Offers an input that must not be; its code is kept. */
  refuse(raw: RawInput): void {
    const admission = admit(this.world, raw, this.recording);
    if (admission.kind === 'refused') this.refusals.push(admission.refusal.code);
    else if (admission.kind === 'duplicate') this.refusals.push('duplicate');
    else throw new Error(`expected a refusal: ${print(admission)}`);
  }

  event(
    schema: string,
    value: Encodable,
    more: { source?: string; key?: Uint8Array; dedup?: string } = {},
  ) {
    return this.take({ schema, cbor: encode(value), ...more });
  }

  /** An object that comes with no record; answers with its hash. */
  keep(bytes: Uint8Array): Hash {
    const object = { hash: sha256(bytes), bytes };
    this.objects.push(object);
    this.#memory.put([object]);
    return object.hash;
  }

  /** From here on it is the journal of a fork, which begins the next epoch. */
  fork(): void {
    const { seq, epoch } = this.world;
    const nonce = sha256(utf8(`${this.recording.name} forked at ${seq}`)).slice(0, 16);
    const genesis = encodeGenesis(forkGenesis(this.world, { createdNs: START_NS, nonce }));
    const crossed = crossBorder(this.world, genesis);
    if (!crossed.ok) throw new Error(crossed.refusal.code);
    this.forks.push({ seq, genesis });
    this.world = crossed.value;
    this.verb('control', { verb: 'epoch', epoch: epoch + 1 });
  }

  /** Feeds `continue` until nothing is left over. */
  settle(): void {
    while (this.world.pending.length > 0) this.take({ kind: 'continue' });
  }

  /** Moves logical time, and feeds a tick. */
  tick(byNs: bigint): JournalRecord {
    this.logicalNowNs += byNs;
    return this.take({ kind: 'tick' });
  }

  verb(kind: 'control' | 'keyring' | 'governance', verb: Verb, key: GoldenKey = KEYS.operator) {
    return this.take(this.signedVerb(kind, verb, key));
  }

  signedVerb(kind: 'control' | 'keyring' | 'governance', verb: Verb, key: GoldenKey): RawInput {
    const nonce = sha256(utf8(`nonce ${this.#nonces++}`)).slice(0, 16);
    const { worldId, epoch } = this.world;
    const args = verbArgs(verb);
    const shape = encodeSignedVerb({ worldId, epoch, verb: verb.verb, args, nonce });
    const sig = signWith(key, signedMessage(verbDomain(verb.verb), shape));
    const raw = { kind, verb: verb.verb, args, nonce, keyId: key.keyId, sig };
    return raw as unknown as RawInput;
  }

  /** Intents of the latest record. */
  intents(of = this.last): readonly IntentEntry[] {
    return of.entries.filter((entry) => entry.kind === 'intent');
  }

  receipt(intent: IntentEntry, answer: Answer, key: GoldenKey = KEYS.adapter): RawInput {
    const { status = 'ok', costCents } = answer;
    const payload = encode(answer.payload);
    const receipt = {
      ...this.#answered(intent, payload),
      status,
      ...(costCents === undefined ? {} : { costCents }),
    };
    const sig = signWith(key, signedMessage(RECEIPT_DOMAIN, encodeReceiptBody(receipt)));
    return { kind: 'receipt', receipt, payload, keyId: key.keyId, sig };
  }

  frame(intent: IntentEntry, index: number, payload: Uint8Array): RawInput {
    const frame = { ...this.#answered(intent, payload), index };
    const message = signedMessage(STREAM_FRAME_DOMAIN, encodeStreamFrame(frame));
    const { keyId } = KEYS.adapter;
    return { kind: 'stream-frame', frame, payload, keyId, sig: signWith(KEYS.adapter, message) };
  }

  #answered({ intent, attempt }: IntentEntry, payload: Uint8Array) {
    return {
      worldId: this.world.worldId,
      epoch: this.world.epoch,
      intentHash: intent,
      attempt,
      adapterId: 'golden',
      payloadHash: sha256(payload),
    };
  }

  #step(input: AdmittedInput): JournalRecord {
    const { seq } = this.world;
    this.logicalNowNs += 10n;
    const stamp = {
      nowNs: START_NS + BigInt(seq) * 1000n,
      logicalNowNs: this.logicalNowNs,
      entropy: sha256(utf8(`${this.recording.name} ${seq}`)),
    };
    const outcome = step(this.world, input, stamp, this.recording);
    if (outcome.kind === 'need') throw new Error('something is not in memory');
    this.records.push(outcome.bytes);
    this.objects.push(...outcome.objects);
    this.#memory.put(outcome.objects);
    this.#last = outcome.record;
    this.world = outcome.world;
    this.#snapshot();
    return outcome.record;
  }

  #snapshot(): void {
    const taken = takeSnapshot(this.world);
    if (taken.kind === 'need') throw new Error('something is not in memory');
    this.#memory.put(taken.objects);
    taken.markStored();
    this.snapshots.push(taken.hash);
  }
}

/** How an effect ended. */
export interface Answer {
  readonly payload: Encodable;
  readonly status?: ReceiptStatus;
  readonly costCents?: bigint;
}

interface Emitted {
  readonly schema: string;
  readonly value: Encodable;
  readonly key?: Uint8Array;
}

/** What a puppet may be told to answer. */
export interface Told {
  readonly n?: number | null;
  readonly events?: readonly Emitted[];
  readonly effects?: readonly Encodable[];
  readonly note?: Encodable;
}

/** The output envelope of a reducer; `n` of `null` deletes the cell. */
export function answer({ n = 1, events = [], effects = [], note }: Told): Uint8Array {
  return encodeUntagged({
    state: n === null ? null : encode({ n, seen: new Uint8Array(0) }),
    domain_events: events.map(({ value, ...event }) => ({ ...event, value: encode(value) })),
    effects,
    ann: note === undefined ? null : encode(note),
  });
}

/** An effect as a reducer asks for it. */
export const effect = (
  kind: string,
  params: Encodable,
  slot?: string,
  key?: Uint8Array,
): Encodable => ({
  kind,
  params_cbor: encode(params),
  ...(slot === undefined ? {} : { cap_slot: slot }),
  ...(key === undefined ? {} : { idempotency_key: key }),
});

function print(value: unknown): string {
  return JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? String(item) : item));
}
