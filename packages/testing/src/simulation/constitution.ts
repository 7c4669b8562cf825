/**
 * The worlds that are simulated: definitions of the governed palette, with patches that lead from
 * each to others. Making one takes longer than living in it, so a process makes each once.
 */
import { compilePatch, diffWorlds, type WorldDefinition } from '@aos/air';
import { encode, type Hash, parseHashText, type Result, sha256, toHex, utf8 } from '@aos/canon';
import { type HostEngine, SharedDefinitions } from '@aos/host';
import { ProgramCache } from '@aos/kernel';
import type { KeyringEntry, StoredObject } from '@aos/protocol';
import { CURRENT_RUNTIME, encodeGenesis, GENESIS_FORMAT } from '@aos/protocol';
import { Edits } from '../governed/edits.js';
import {
  type Constitution,
  GovernedDefinitions,
  type Patch,
} from '../governed/governed-definitions.js';
import { MOVERS } from '../governed/governed-palette.js';
import { ScriptEngine } from '../kernel/script-engine.js';
import { ENFORCER, type GeneratedDefinition, REDUCERS } from '../palette/palette.js';
import { Random } from '../random.js';

/**
 * Definitions that seeds choose from, by the seed that each is made from: with plans that call
 * effects off, quorums of two and of others than the author, budgets, approvals of effects. Each
 * can be changed to some others.
 */
const CONSTITUTIONS = [14, 19, 2, 3, 4] as const;
const NEIGHBOURS = 3;
const MAX_EDITS = 12;

/** Scripts have no code: what stands for it are the names that their hashes are of. */
const CODE: readonly StoredObject[] = [...REDUCERS, ENFORCER, ...MOVERS].map((name) => {
  const bytes = utf8(`module ${name}`);
  return { hash: sha256(bytes), bytes };
});

/** A definition and all that can become of it. */
export interface SimConstitution {
  readonly generated: GeneratedDefinition;
  /** Patches by the manifest in force that they start from, in hexadecimal. */
  readonly patches: ReadonlyMap<string, readonly Patch[]>;
  readonly objects: readonly StoredObject[];
  /** What hosts of it share. */
  readonly shared: SharedDefinitions;
  /** What is compiled of it, for those who look at what is left. */
  readonly programs: ProgramCache;
  /** By the hexadecimal hash of its manifest. */
  find(manifest: string): WorldDefinition;
}

const made = new Map<number, SimConstitution>();

/** The same seed has the same constitution. */
export function constitutionOf(seed: number): SimConstitution {
  const index = CONSTITUTIONS[seed % CONSTITUTIONS.length] as number;
  const known = made.get(index) ?? make(index);
  made.set(index, known);
  return known;
}

export function genesisOf(
  { generated }: SimConstitution,
  keyring: readonly KeyringEntry[],
  { nonce, callsPerStep }: { readonly nonce: Uint8Array; readonly callsPerStep: number },
): Uint8Array {
  const sizes = { event_bytes: 60_000, receipt_bytes: 60_000 };
  const limits = { ...CURRENT_RUNTIME.limits, ...sizes, calls_per_step: callsPerStep };
  return encodeGenesis({
    format: GENESIS_FORMAT,
    manifest: generated.definition.manifestHash,
    runtime: { ...CURRENT_RUNTIME, limits },
    keyring,
    createdNs: 1_700_000_000_000_000_000n,
    nonce,
  });
}

/** The engine of a process: it knows nothing when the process starts. */
export class SimEngine implements HostEngine {
  readonly #loaded = new Set<string>();
  readonly #scripts = new ScriptEngine();

  has(module: Hash): boolean {
    return this.#loaded.has(toHex(module));
  }

  load(bytes: Uint8Array): Result<Hash> {
    const value = sha256(bytes);
    this.#loaded.add(toHex(value));
    return { ok: true, value };
  }

  call(...call: Parameters<ScriptEngine['call']>): ReturnType<ScriptEngine['call']> {
    return this.#scripts.call(...call);
  }
}

function make(index: number): SimConstitution {
  const definitions = new GovernedDefinitions();
  const generated = definitions.of(index, { effects: true, plans: true });
  const first = definitions.find(toHex(generated.definition.manifestHash));
  const edits = new Edits(new Random(index), generated, first.nodes);
  const all: Constitution[] = [first];
  for (let i = 0; i < MAX_EDITS && all.length <= NEIGHBOURS; i++) {
    const { nodes } = all[i % all.length] as Constitution;
    const next = definitions.load(edits.next(nodes));
    if (next === undefined) continue;
    if (all.some(({ definition }) => toHex(definition.manifestHash) === toHex(next.manifestHash)))
      continue;
    all.push(definitions.find(toHex(next.manifestHash)));
  }
  const patches = new Map(
    all.map((from) => [
      toHex(from.definition.manifestHash),
      all.filter((to) => to !== from).flatMap((to) => patchOf(from.definition, to.definition)),
    ]),
  );
  return {
    generated,
    patches,
    objects: [...nodesOf(generated.definition), ...CODE],
    shared: new SharedDefinitions(),
    programs: new ProgramCache(64),
    find: (manifest) => definitions.find(manifest).definition,
  };
}

function patchOf(from: WorldDefinition, to: WorldDefinition): Patch[] {
  const document = diffWorlds(from, to);
  if (!document.ok || document.value === undefined) return [];
  const outcome = compilePatch(document.value as never, { world: from });
  if (!outcome.ok) return [];
  const { patchHash: hash, document: normal } = outcome.patch;
  return [{ hash, bytes: encode(normal as never), manifest: to.manifestHash }];
}

function nodesOf({ nodes }: WorldDefinition): StoredObject[] {
  return [...nodes].flatMap(([text, bytes]) => {
    const hash = parseHashText(text);
    return hash.ok ? [{ hash: hash.value, bytes }] : [];
  });
}
