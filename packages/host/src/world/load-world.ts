/**
 * Loading: from the files of a world to its definition and code, and to the world at its genesis or
 * at its last snapshot. No record is read here.
 */
import type { WorldDefinition } from '@aos/air';
import { type Hash, ok, type Refusal, type Result, refuse, toHashText } from '@aos/canon';
import {
  createWorld,
  modulesOf,
  NodeCache,
  openSnapshot,
  readSnapshotHead,
  type TrieSource,
  type World,
} from '@aos/kernel';
import { AosFault, callLimitsOf, type SnapshotMark, type WorldStore } from '@aos/protocol';
import type { HostEngine } from './host-engine.js';
import { Lineage } from './lineage.js';
import { type LoaderPorts, loadModule } from './module-loader.js';
import { SharedDefinitions } from './shared-definitions.js';

/** What a world is made of, before it is at any sequence; the engine has all its code. */
export interface WorldParts {
  readonly store: WorldStore;
  readonly engine: HostEngine;
  readonly lineage: Lineage;
  /** The one of the first genesis. */
  readonly definition: WorldDefinition;
  /** One that came into force later, with its code. */
  readonly open: (manifest: Hash) => Result<WorldDefinition>;
  /** Reads what the store has; nothing that is stored is ever `undefined`. */
  readonly source: TrieSource;
}

/**
 * Reads the definition and loads every module. Throws AosFault with the code of what is wrong:
 * `object-missing`, a module refusal, or one of genesis and manifest.
 */
export function loadParts(
  store: WorldStore,
  engine: HostEngine,
  definitions = new SharedDefinitions(),
): WorldParts {
  const lineage = Lineage.of(store);
  const genesis = lineage.root;
  const read = (hash: Hash) => store.object(hash);
  const limits = callLimitsOf(genesis.runtime.limits);
  const open = (manifest: Hash) => {
    const opened = definitions.open(manifest, read);
    return opened.ok ? withCode(opened.value, { store, engine, limits }) : opened;
  };
  const definition = unwrap(open(genesis.manifest));
  const source = { read, cache: new NodeCache() };
  return { store, engine, lineage, definition, open, source };
}

/** The definition, once the engine has all its code. */
function withCode(definition: WorldDefinition, ports: LoaderPorts): Result<WorldDefinition> {
  for (const module of modulesOf(definition)) {
    const loaded = loadModule(module, ports);
    if (!loaded.ok) return loaded;
  }
  return { ok: true, value: definition };
}

/**
 * The world at its genesis, with every module loaded. Throws AosFault as {@link loadParts} does, or
 * with the code of what {@link createWorld} refuses.
 */
export function loadWorld(store: WorldStore, engine: HostEngine): World {
  return worldAtGenesis(loadParts(store, engine));
}

function worldAtGenesis({ lineage, definition, engine, source }: WorldParts): World {
  return unwrap(createWorld(lineage.rootBytes, definition, { engine, source }));
}

/** Where replay may begin at the earliest. */
export interface Beginning {
  readonly start: World;
  /** The snapshot that is kept for it, where the world was pruned. */
  readonly from: SnapshotMark | 'genesis';
}

/**
 * The world at its genesis; of one that was pruned, at the snapshot that stands for what is gone.
 * Faults as {@link loadParts} has, and those of that snapshot: there is nothing before it.
 */
export function worldAtBeginning(parts: WorldParts): Beginning {
  const { pruned } = parts.store;
  if (pruned === undefined) return { start: worldAtGenesis(parts), from: 'genesis' };
  const opened = worldAtSnapshot(parts, pruned.snapshot);
  return { start: unwrap(opened as Result<World>), from: pruned.snapshot };
}

/**
 * The world of a snapshot, the last one, `undefined` when there is none. Codes: `object-missing`,
 * and those of {@link openSnapshot}.
 */
export function worldAtSnapshot(
  parts: WorldParts,
  snapshot = parts.store.snapshot,
): Result<World> | undefined {
  const { store, engine, source, lineage } = parts;
  if (snapshot === undefined) return undefined;
  const bytes = store.object(snapshot.hash);
  if (bytes === undefined) return missing([snapshot.hash]);
  const head = readSnapshotHead(bytes);
  // one that names none is refused for what it is, below
  const definition = head.ok ? parts.open(head.value.manifest) : ok(parts.definition);
  if (!definition.ok) return definition;
  const genesis = lineage.genesisOf(snapshot.seq);
  const world = { genesis, definition: definition.value };
  const opening = openSnapshot(bytes, world, { engine, source });
  if (opening.kind === 'need') return missing(opening.hashes);
  if (opening.kind === 'refused') return { ok: false, refusal: opening.refusal };
  if (opening.world.seq === snapshot.seq + 1) return { ok: true, value: opening.world };
  const detail = `expected the world after record ${snapshot.seq}, found ${opening.world.seq - 1}`;
  return refuse('snapshot-inconsistent', '/seq', detail);
}

function missing(hashes: readonly Hash[]): Result<never> {
  const names = hashes.map(toHashText).join(', ');
  return refuse('object-missing', '', `a part of the snapshot is not stored: ${names}`);
}

/** What the kernel needs and the store, which it reads through, does not have. */
export function objectsMissing(hashes: readonly Hash[]): AosFault {
  const names = hashes.slice(0, 3).map(toHashText).join(', ');
  const message =
    `${hashes.length} objects of the world are not stored: ${names}; ` +
    "restore a copy, or, if it is the snapshot that lacks them, run 'aos snapshot --from-genesis'";
  return new AosFault('object-missing', message, { retry: 'never' });
}

/** A refusal met while opening a world, as a fault: nobody can go on without an operator. */
function openFault(refusal: Refusal): AosFault {
  const where = refusal.at === '' ? '' : ` (${refusal.at})`;
  return new AosFault(refusal.code, `${refusal.detail}${where}`, { retry: 'never' });
}

function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw openFault(result.refusal);
}
