/**
 * A world that changes its own definition, under the real kernel and scripted modules.
 *
 * After every record the world is written as a snapshot, opened from it and gone on with; `check`
 * replays the whole journal from genesis and compares the two worlds.
 */
import { compilePatch, diffWorlds, loadAir, openDefinition, type WorldDefinition } from '@aos/air';
import {
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
  readSnapshotHead,
  replay,
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
  type KeyRole,
  type ReceiptStatus,
  type Verb,
  verbArgs,
} from '@aos/protocol';
import { must } from './script-world.js';

/** What a scripted module gives: an output, or the code of a fault. */
export type Module = (input: ReadonlyMap<string, Value>) => Encodable | string;

const key = (name: string, ...roles: KeyRole[]) => {
  const publicKey = sha256(utf8(`key ${name}`));
  return { keyId: sha256(publicKey), publicKey, name, roles };
};

export const keys = {
  op: key('op', 'operator'),
  ana: key('ana', 'approver'),
  ben: key('ben', 'approver'),
  host: key('host', 'host'),
};
/** Of the verbs that are not about proposals. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['keyring-add', 'keyring'],
  ['keyring-revoke', 'keyring'],
  ['epoch', 'control'],
]);

export type KeyName = keyof typeof keys;

export const moduleHash = (name: string) => sha256(utf8(`module ${name}`));

/** A definition from AIR JSON; modules without a hash get that of their name. */
export function defined(...nodes: readonly object[]): WorldDefinition {
  const names = nodes.flatMap((node) =>
    '$kind' in node && node.$kind === 'defmodule' && !('wasm_hash' in node)
      ? [(node as unknown as { name: string }).name]
      : [],
  );
  const wasm = new Map(names.map((name) => [name, moduleHash(name)]));
  const loaded = loadAir([{ path: 'air/world.json', text: JSON.stringify(nodes) }], wasm);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings, null, 1));
  return loaded.world;
}

interface ShadowedAt {
  readonly shadowHash: Hash;
  readonly atSeq: number;
}

export class GovernedWorld {
  world: World;
  readonly records: Uint8Array[] = [];
  readonly entries: Entry[] = [];
  nowNs = 0n;
  readonly #genesis: Uint8Array;
  readonly #first: WorldDefinition;
  readonly #objects = new Map<string, Uint8Array>();
  readonly #modules = new Map<string, Module>();
  #nonce = 0;
  readonly #source: TrieSource = {
    read: (hash) => this.#objects.get(toHex(hash)),
    cache: new NodeCache(4),
  };
  /** Where code of this hash was called, in order. */
  readonly entryPoints: string[] = [];
  readonly engine: Engine = {
    has: (hash) => this.#modules.has(toHex(hash)),
    call: (hash, entry, input, { fuel }) => {
      this.entryPoints.push(entry);
      const envelope = must(decodePlain(input)) as ReadonlyMap<string, Value>;
      const output = this.#modules.get(toHex(hash))?.(envelope) ?? null;
      if (typeof output === 'string') return { kind: 'fault', code: output, fuel };
      return { kind: 'output', output: encodeUntagged(output), fuel: 7 };
    },
  };

  constructor(definition: WorldDefinition, modules: { readonly [name: string]: Module } = {}) {
    this.#first = definition;
    for (const [name, module] of Object.entries(modules)) this.load(name, module);
    this.#genesis = encodeGenesis({
      format: GENESIS_FORMAT,
      manifest: definition.manifestHash,
      runtime: CURRENT_RUNTIME,
      keyring: Object.values(keys),
      createdNs: 1_000n,
      nonce: new Uint8Array(16),
    });
    this.keep(...definition.nodes.values());
    this.world = this.#created();
  }

  get definition(): WorldDefinition {
    return this.world.program.definition;
  }

  load(name: string, module: Module): void {
    this.#modules.set(toHex(moduleHash(name)), module);
  }

  keep(...objects: readonly Uint8Array[]): void {
    for (const bytes of objects) this.#objects.set(toHex(sha256(bytes)), bytes);
  }

  object(hash: Hash): Uint8Array | undefined {
    return this.#objects.get(toHex(hash));
  }

  /** The code of a refusal, `need` for what is not there, undefined when it is taken. */
  give(raw: RawInput): string | undefined {
    const admission = admit(this.world, raw, { engine: this.engine });
    if (admission.kind === 'refused') return admission.refusal.code;
    if (admission.kind !== 'admitted') return admission.kind;
    this.#step(admission.input);
    for (let n = 0; this.world.pending.length > 0 && n < 50; n++) {
      const more = admit(this.world, { kind: 'continue' }, { engine: this.engine });
      if (more.kind !== 'admitted') break;
      this.#step(more.input);
    }
    return undefined;
  }

  event(schema: string, value: Encodable): string | undefined {
    return this.give({ schema, cbor: encode(value) });
  }

  tick(afterNs: bigint): string | undefined {
    this.nowNs += afterNs;
    return this.give({ kind: 'tick' });
  }

  say(name: KeyName, verb: Verb): string | undefined {
    const nonce = new Uint8Array(16);
    new DataView(nonce.buffer).setUint32(0, ++this.#nonce);
    const kind = KINDS.get(verb.verb) ?? 'governance';
    const { keyId } = keys[name];
    const sig = new Uint8Array(64);
    const args = verbArgs(verb);
    return this.give({ kind, verb: verb.verb, args, nonce, keyId, sig } as never);
  }

  /** Proposes what leads to another definition; the patch and its code are there. */
  propose(to: WorldDefinition, by: KeyName = 'op', base = this.definition): string | undefined {
    const patchHash = this.patchTo(to, base);
    return this.say(by, { verb: 'propose', base: base.manifestHash, patchHash, description: '' });
  }

  /** Stores the patch that leads there. */
  patchTo(to: WorldDefinition, base = this.definition): Hash {
    const document = must(diffWorlds(base, to));
    const outcome = compilePatch(document as never, { world: base });
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.findings));
    const { patch } = outcome;
    this.keep(encode(patch.document as never));
    return patch.patchHash;
  }

  ref(id: number) {
    const proposal = this.proposal(id);
    return { proposal: id, base: proposal.base, patchHash: proposal.patchHash };
  }

  proposal(id: number) {
    const found = [...this.world.governance.proposals.range()][id];
    if (found === undefined) throw new Error(`no proposal ${id}`);
    return found;
  }

  shadow(id: number, report = 'report', by: KeyName = 'host'): string | undefined {
    const bytes = utf8(report);
    this.keep(bytes);
    return this.shadowed(id, { shadowHash: sha256(bytes), atSeq: this.world.seq - 1 }, by);
  }

  shadowed(id: number, of: ShadowedAt, by: KeyName = 'host'): string | undefined {
    return this.say(by, { verb: 'shadowed', ...this.ref(id), ...of });
  }

  approve(id: number, by: KeyName, report = 'report'): string | undefined {
    const shadowHash = sha256(utf8(report));
    return this.say(by, { verb: 'approve', ...this.ref(id), shadowHash });
  }

  /** The whole way from a patch to its application. */
  adopt(to: WorldDefinition): string | undefined {
    const id = this.world.governance.proposals.size;
    return (
      this.propose(to) ??
      this.shadow(id) ??
      this.approve(id, 'op') ??
      this.say('op', { verb: 'apply', proposal: id })
    );
  }

  receipt(status: ReceiptStatus, payload: Encodable): string | undefined {
    const [open] = [...this.world.intents.range()];
    if (open === undefined) throw new Error('nothing is open');
    const bytes = encode(payload);
    const receipt = {
      worldId: this.world.worldId,
      epoch: this.world.epoch,
      intentHash: open.hash,
      attempt: open.attempt,
      adapterId: 'test',
      status,
      payloadHash: sha256(bytes),
    };
    const { keyId } = keys.host;
    return this.give({ kind: 'receipt', receipt, payload: bytes, keyId, sig: new Uint8Array(64) });
  }

  /** What happened to proposals, in order. */
  get changes(): readonly string[] {
    return this.entries.flatMap((entry) =>
      entry.kind === 'governance-changed' ? [`${entry.proposal} ${entry.change}`] : [],
    );
  }

  state(reducer: string): Value {
    const index = this.world.program.reducersByName.get(reducer)?.index ?? -1;
    const table = this.world.cells[index];
    const bytes = table?.kind === 'single' ? table.cell?.state : undefined;
    return bytes === undefined ? null : must(decodePlain(bytes));
  }

  /** The same journal gives the same world. */
  check(): string {
    const ports = { engine: this.engine, object: (hash: Hash) => this.#objects.get(toHex(hash)) };
    const verdict = replay(this.#created(), this.records, ports);
    if (verdict.kind !== 'same')
      return JSON.stringify(verdict, (name, value) => (name === 'world' ? undefined : value));
    const isSame = toHex(hashWorld(verdict.world)) === toHex(hashWorld(this.world));
    return isSame ? 'same' : 'another world';
  }

  #created(): World {
    return must(
      createWorld(this.#genesis, this.#first, { engine: this.engine, source: this.#source }),
    );
  }

  #step(input: Parameters<typeof step>[1]): void {
    const { seq } = this.world;
    const stamp = {
      nowNs: 2_000n + BigInt(seq),
      logicalNowNs: this.nowNs,
      entropy: sha256(utf8(`entropy ${seq}`)),
    };
    const done = step(this.world, input, stamp, { engine: this.engine });
    if (done.kind === 'need') throw new Error('an object is missing');
    this.keep(...done.objects.map(({ bytes }) => bytes));
    this.records.push(done.bytes);
    this.entries.push(...done.record.entries);
    this.world = this.#reopened(done.world);
  }

  #reopened(world: World): World {
    const taken = takeSnapshot(world);
    if (taken.kind !== 'taken') throw new Error('a snapshot needs nothing here');
    this.keep(...taken.objects.map(({ bytes }) => bytes));
    const { manifest } = must(readSnapshotHead(taken.bytes));
    const definition = must(openDefinition(manifest, (hash) => this.#source.read(hash)));
    const ports = { engine: this.engine, source: this.#source };
    const of = { genesis: this.#genesis, definition };
    const opened = openSnapshot(taken.bytes, of, ports);
    if (opened.kind === 'opened') return opened.world;
    throw new Error(JSON.stringify(opened));
  }
}
