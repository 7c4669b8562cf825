/** The counter in memory with an operator, and a patch that makes another definition of it. */
import { type AirDocument, compilePatch, diffWorlds, loadAir } from '@aos/air';
import { encode, type Hash, parseHashText, sha256, toHex, utf8 } from '@aos/canon';
import { foundWorld, readAuthoringFolder, systemClock, systemEntropy } from '@aos/host';
import {
  admit,
  createWorld,
  NodeCache,
  type RawInput,
  type StepDone,
  step,
  type World,
} from '@aos/kernel';
import { keyIdOf, type Verb, verbArgs } from '@aos/protocol';
import { WasmEngine } from '@aos/wasm';
import { exampleDir, start, tick } from '../measures/counter-world.js';

const NOTE = { $kind: 'defschema', name: 'demo/Note@1', type: { text: {} } };
const publicKey = new Uint8Array(32).fill(5);
const keyId = keyIdOf(publicKey);
const SIG = new Uint8Array(64);

/** Adds a schema to the manifest: the least that a patch can do. */
function withNote({ path, text }: AirDocument): AirDocument {
  const nodes = [JSON.parse(text)].flat() as { $kind: string; schemas?: object[] }[];
  const changed = nodes.map((node) =>
    node.$kind === 'manifest'
      ? { ...node, schemas: [...(node.schemas ?? []), { name: NOTE.name }] }
      : node,
  );
  return { path, text: JSON.stringify(changed) };
}

export class GovernedCounter {
  readonly engine = new WasmEngine();
  readonly records: Uint8Array[] = [];
  readonly first: World;
  world: World;
  readonly patch: { readonly base: Hash; readonly patchHash: Hash };
  readonly #objects = new Map<string, Uint8Array>();

  constructor() {
    const folder = readAuthoringFolder(exampleDir);
    const keyring = [{ keyId, publicKey, name: 'operator', roles: ['operator'] as const }];
    const ports = { engine: this.engine, clock: systemClock, fillEntropy: systemEntropy };
    const founded = foundWorld({ ...folder, keyring }, ports);
    if (!founded.ok) throw new Error(JSON.stringify(founded));
    const { definition, genesis, objects } = founded.founded;
    for (const { hash, bytes } of objects) this.#objects.set(toHex(hash), bytes);
    const source = { read: (hash: Hash) => this.object(hash), cache: new NodeCache(1000) };
    const created = createWorld(genesis, definition, { engine: this.engine, source });
    if (!created.ok) throw new Error(created.refusal.detail);
    this.first = created.value;
    this.world = created.value;
    const wasm = parseHashText(definition.find('defmodule', 'demo/CounterSM@1')?.wasm_hash ?? '');
    if (!wasm.ok) throw new Error('the counter has no code');
    const documents = [
      ...folder.documents.map(withNote),
      { path: 'air/note.json', text: JSON.stringify([NOTE]) },
    ];
    const next = loadAir(documents, new Map([['demo/CounterSM@1', wasm.value]]));
    if (!next.ok) throw new Error(JSON.stringify(next.findings));
    const document = diffWorlds(definition, next.world);
    const compiled = document.ok
      ? compilePatch(document.value as never, { world: definition })
      : undefined;
    if (!compiled?.ok) throw new Error('the patch does not compile');
    const { patchHash } = compiled.patch;
    this.#objects.set(toHex(patchHash), encode(compiled.patch.document as never));
    this.patch = { base: definition.manifestHash, patchHash };
  }

  object(hash: Hash): Uint8Array | undefined {
    return this.#objects.get(toHex(hash));
  }

  /** A start, and ticks up to so many events. */
  run(events: number): void {
    this.take(start);
    for (let i = 1; i < events; i += 1) this.take(tick);
  }

  /** Everything up to the point where the patch can be applied. */
  approve(): void {
    const ref = { proposal: 0, ...this.patch };
    const report = utf8('report');
    const shadowHash = sha256(report);
    this.#objects.set(toHex(shadowHash), report);
    this.take(this.#said({ verb: 'propose', ...this.patch, description: '' }));
    const atSeq = this.world.seq - 1;
    this.take(this.#said({ verb: 'shadowed', ...ref, shadowHash, atSeq }));
    this.take(this.#said({ verb: 'approve', ...ref, shadowHash }));
  }

  apply(): void {
    const { record } = this.take(this.#said({ verb: 'apply', proposal: 0 }));
    const [entry] = record.entries;
    if (entry?.kind !== 'governance-changed') throw new Error(`it is ${entry?.kind}`);
  }

  take(raw: RawInput): StepDone {
    const admitted = admit(this.world, raw, { engine: this.engine });
    if (admitted.kind !== 'admitted') throw new Error(JSON.stringify(admitted));
    const { seq } = this.world;
    const stamp = { nowNs: BigInt(seq), logicalNowNs: BigInt(seq), entropy: publicKey };
    const done = step(this.world, admitted.input, stamp, { engine: this.engine });
    if (done.kind !== 'done') throw new Error('something is missing');
    for (const { hash, bytes } of done.objects) this.#objects.set(toHex(hash), bytes);
    this.records.push(done.bytes);
    this.world = done.world;
    return done;
  }

  #said(verb: Verb): RawInput {
    const nonce = sha256(utf8(verb.verb)).slice(0, 16);
    const args = verbArgs(verb);
    return { kind: 'governance', verb: verb.verb, args, nonce, keyId, sig: SIG } as RawInput;
  }
}
