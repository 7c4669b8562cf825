/**
 * A world of plans without modules, under the real kernel.
 *
 * After every record the world is written as a snapshot, opened from it and gone on with; `check`
 * replays the whole journal from genesis and compares the two worlds.
 */
import type { WorldDefinition } from '@aos/air';
import { encode, type Hash, sha256, toHex, utf8 } from '@aos/canon';
import {
  admit,
  createWorld,
  hashWorld,
  NodeCache,
  openSnapshot,
  type RawInput,
  replay,
  type StepDone,
  step,
  type TrieSource,
  takeSnapshot,
  type World,
} from '@aos/kernel';
import {
  CURRENT_RUNTIME,
  type Engine,
  type Entry,
  encodeGenesis,
  GENESIS_FORMAT,
  type IntentEntry,
  type Output,
  type ReceiptStatus,
  type RuntimeLimits,
  verbArgs,
} from '@aos/protocol';
import { numBytes, pingBytes, type Start, startBytes } from './plan-world.js';
import { must } from './script-world.js';

const engine: Engine = {
  has: () => false,
  call: () => ({ kind: 'fault', code: 'module-trap', fuel: 0 }),
};

const publicKey = sha256(utf8('public key of a host'));
const hostKey = sha256(publicKey);

export interface KernelOptions {
  readonly limits?: Partial<RuntimeLimits>;
}

/** Records that one input of a test may need. */
const MOST_CONTINUES = 200;

export class PlanKernel {
  world: World;
  readonly records: Uint8Array[] = [];
  readonly entries: Entry[] = [];
  readonly outputs: Output[] = [];
  nowNs = 0n;
  readonly #genesis: Uint8Array;
  readonly #objects = new Map<string, Uint8Array>();
  readonly #source: TrieSource = {
    read: (hash) => this.#objects.get(toHex(hash)),
    cache: new NodeCache(),
  };

  constructor(
    private readonly definition: WorldDefinition,
    { limits = {} }: KernelOptions = {},
  ) {
    const runtime = { ...CURRENT_RUNTIME, limits: { ...CURRENT_RUNTIME.limits, ...limits } };
    this.#genesis = encodeGenesis({
      format: GENESIS_FORMAT,
      manifest: definition.manifestHash,
      runtime,
      keyring: [{ keyId: hostKey, publicKey, name: 'host', roles: ['host'] }],
      createdNs: 1_000n,
      nonce: new Uint8Array(16),
    });
    this.world = this.#created();
  }

  /** The texts of entries, as tests read them. */
  get lines(): readonly string[] {
    return this.entries.map(lineOf);
  }

  get open(): readonly IntentEntry[] {
    const intents = this.entries.filter((entry) => entry.kind === 'intent');
    return intents.filter(({ intent }) => this.world.intents.get(intent) !== undefined);
  }

  start(start: Start = {}): this {
    return this.input({ schema: 't/Start@1', cbor: startBytes(start) });
  }

  ping(id?: string, n?: number): this {
    return this.input({ schema: 't/Ping@1', cbor: pingBytes(id, n) });
  }

  settle(at = 0, status: ReceiptStatus = 'ok', n = 1): this {
    const found = this.open[at];
    if (found === undefined) throw new Error(`no open effect at ${at}`);
    const payload = status === 'ok' ? numBytes(n) : encode({ code: 'ask-failed', message: 'no' });
    return this.receipt(found, status, payload);
  }

  receipt({ intent, attempt }: IntentEntry, status: ReceiptStatus, payload: Uint8Array): this {
    const receipt = {
      worldId: this.world.worldId,
      epoch: this.world.epoch,
      intentHash: intent,
      attempt,
      adapterId: 'test',
      status,
      payloadHash: sha256(payload),
    };
    const sig = new Uint8Array(64);
    return this.input({ kind: 'receipt', receipt, payload, keyId: hostKey, sig });
  }

  /** A yes of the host. */
  approve(intentHash: Hash): this {
    const args = verbArgs({ verb: 'approve-intent', intentHash, decision: 'approve' });
    const nonce = sha256(intentHash).slice(0, 16);
    const signed = { nonce, keyId: hostKey, sig: new Uint8Array(64) };
    return this.input({ kind: 'governance', verb: 'approve-intent', args, ...signed });
  }

  tick(atNs: bigint): this {
    this.nowNs = atNs;
    return this.input({ kind: 'tick' });
  }

  /** Takes an input in and goes on until nothing is left over. */
  input(raw: RawInput): this {
    this.#step(raw);
    for (let i = 0; this.world.pending.length > 0; i++) {
      if (i > MOST_CONTINUES) throw new Error('the work does not get less');
      this.#step({ kind: 'continue' });
    }
    return this;
  }

  /** Replays the journal from genesis; throws at the first difference. */
  check(): this {
    const object = (hash: Hash) => this.#objects.get(toHex(hash));
    const verdict = replay(this.#created(), this.records, { engine, object });
    if (verdict.kind !== 'same') throw new Error(JSON.stringify(verdict, null, 1).slice(0, 2000));
    const [live, replayed] = [hashWorld(this.world), hashWorld(verdict.world)];
    if (toHex(live) !== toHex(replayed)) throw new Error('the replayed world is another one');
    return this;
  }

  #created(): World {
    const ports = { engine, source: this.#source };
    return must(createWorld(this.#genesis, this.definition, ports));
  }

  #step(raw: RawInput): void {
    const admission = admit(this.world, raw);
    if (admission.kind !== 'admitted') throw new Error(JSON.stringify(admission));
    const stamp = {
      nowNs: 2_000n + this.nowNs,
      logicalNowNs: this.nowNs,
      entropy: sha256(utf8(`entropy ${this.world.seq}`)),
    };
    const done = step(this.world, admission.input, stamp, { engine });
    if (done.kind === 'need') throw new Error('an object is missing');
    this.#take(done);
  }

  #take({ world, record, bytes, objects, outputs }: StepDone): void {
    this.records.push(bytes);
    this.entries.push(...record.entries);
    this.outputs.push(...outputs);
    for (const object of objects) this.#objects.set(toHex(object.hash), object.bytes);
    this.world = this.#reopened(world);
  }

  #reopened(world: World): World {
    const taken = takeSnapshot(world);
    if (taken.kind === 'need') throw new Error('an object is missing');
    for (const { hash, bytes } of taken.objects) this.#objects.set(toHex(hash), bytes);
    taken.markStored();
    const of = { genesis: this.#genesis, definition: this.definition };
    const opened = openSnapshot(taken.bytes, of, { engine, source: this.#source });
    if (opened.kind === 'opened') return opened.world;
    throw new Error(JSON.stringify(opened));
  }
}

function lineOf(entry: Entry): string {
  const code = 'code' in entry && entry.code !== null ? [entry.code] : [];
  switch (entry.kind) {
    case 'plan-started':
      return `started ${entry.plan.slice(2, -2)}`;
    case 'plan-step':
      return [entry.step, entry.outcome, ...code].join(' ');
    case 'plan-ended':
      return ['ended', entry.status, ...code].join(' ');
    case 'decision':
      return [entry.outcome, entry.effect, ...code].join(' ');
    case 'intent':
      return `intent ${entry.effect} ${entry.attempt}`;
    case 'settled':
      return ['settled', entry.status, ...code].join(' ');
    default:
      return [entry.kind, ...code].join(' ');
  }
}
