/**
 * Patches that lead back from an applied proposal.
 *
 * B1. What they lead to is the definition of before, and beside that only what the states need that
 *     have become of another type since: migrations, their code and their schemas.
 * B2. A migration back is found in this order: given for the reducer, in the folder that was given,
 *     or as a pure module in force from the one type to the other, with which a version brings its
 *     own way back.
 */
import {
  type AirDocument,
  diffWorlds,
  type JsonObject,
  type JsonValue,
  loadAir,
  openDefinition,
  printJson,
  toNodeJson,
  type WorldDefinition,
} from '@aos/air';
import { decode, type Hash, ok, type Result, refuse, toHashText } from '@aos/canon';
import {
  findMissingMigrations,
  type MissingMigration,
  type Proposal,
  type World,
} from '@aos/kernel';
import type { ObjectReader } from '@aos/protocol';
import { BroughtSchemas } from './brought-schemas.js';
import { notEmpty, refuseFinding } from './findings.js';

export interface RollbackSource {
  readonly kind: 'rollback';
  readonly proposal: Proposal;
  /** Code from the states of a reducer to those of before, by its name. */
  readonly migrations: ReadonlyMap<string, Hash>;
  /** AIR of a folder whose migrations lead back. */
  readonly documents?: readonly AirDocument[];
}

interface RollbackPorts {
  /** Hashes for modules of the folder. */
  readonly wasm: ReadonlyMap<string, Hash>;
  readonly object: ObjectReader;
}

/**
 * Codes: `proposal-not-applied`, `proposal-not-current` where what it led to is not in force any
 * more, `migration-missing`, `migration-needless`, and those of `loadAir` and `diffWorlds`.
 */
export function rollbackOf(
  world: World,
  source: RollbackSource,
  ports: RollbackPorts,
): Result<JsonValue> {
  const obstacle = checkApplied(world, source.proposal);
  if (obstacle !== undefined) return obstacle;
  const before = openDefinition(source.proposal.base, ports.object);
  if (!before.ok) return before;
  const folder = loadFolder(source, ports);
  if (!folder.ok) return folder;
  const missing = findMissingMigrations(world, before.value);
  const needless = checkNeedless(source, missing);
  if (needless !== undefined) return needless;
  const present = world.program.definition;
  const target = new Target(before.value);
  for (const each of missing) {
    const way = findWay(each, { source, present, folder: folder.value });
    if (way === undefined) return noWay(each, source.proposal.id);
    target.add(each, way);
  }
  const loaded = target.load();
  return loaded.ok ? notEmpty(diffWorlds(present, loaded.world)) : refuseFinding(loaded.findings);
}

function checkApplied({ program }: World, proposal: Proposal): Result<never> | undefined {
  const { id, state, manifest } = proposal;
  if (state !== 'applied') {
    const detail = `proposal ${id} is ${state}: only what was applied can be rolled back`;
    return refuse('proposal-not-applied', '/rollback', detail);
  }
  const inForce = toHashText(program.definition.manifestHash);
  if (toHashText(manifest) === inForce) return undefined;
  const detail = `proposal ${id} led to ${toHashText(manifest)}, in force is ${inForce}`;
  const next = 'roll back what came after it first, or propose what is to be in force';
  return refuse('proposal-not-current', '/rollback', `${detail}: ${next}`);
}

function loadFolder(
  { documents }: RollbackSource,
  { wasm }: RollbackPorts,
): Result<WorldDefinition | undefined> {
  if (documents === undefined) return ok(undefined);
  const loaded = loadAir(documents, wasm);
  return loaded.ok ? ok(loaded.world) : refuseFinding(loaded.findings);
}

function checkNeedless(
  { migrations, documents }: RollbackSource,
  missing: readonly MissingMigration[],
): Result<never> | undefined {
  if (missing.length === 0 && documents !== undefined) {
    const detail = 'no states need a migration to go back: leave the folder out';
    return refuse('migration-needless', '/documents', detail);
  }
  const names = missing.map(({ reducer }) => reducer);
  const other = [...migrations.keys()].find((reducer) => !names.includes(reducer));
  if (other === undefined) return undefined;
  const found = names.length === 0 ? 'none does' : `those that do: ${names.join(', ')}`;
  const detail = `no states of ${other} need a migration to go back; ${found}`;
  return refuse('migration-needless', other, detail);
}

/** A pure module, and the definition whose schemas it speaks of. */
interface Way {
  readonly module: JsonObject;
  readonly input: string;
  readonly speaks: WorldDefinition;
}

interface WayPlaces {
  readonly source: RollbackSource;
  readonly present: WorldDefinition;
  readonly folder: WorldDefinition | undefined;
}

function findWay(missing: MissingMigration, { source, present, folder }: WayPlaces) {
  const { reducer, from, to, module } = missing;
  // states of older types still may be there: what was given is for those of now
  const code = from === stateOf(present, reducer) ? source.migrations.get(reducer) : undefined;
  if (code !== undefined && from !== undefined) return newWay(missing, from, code, present);
  return (
    (folder && wayOfFolder(folder, reducer, to)) ??
    (module === undefined ? undefined : wayOfModule(present, module))
  );
}

function stateOf({ find }: WorldDefinition, reducer: string): string | undefined {
  const node = find('defmodule', reducer);
  return node?.module_kind === 'reducer' ? node.abi.reducer.state : undefined;
}

function newWay(
  { reducer, to }: MissingMigration,
  input: string,
  code: Hash,
  speaks: WorldDefinition,
): Way {
  const module = {
    $kind: 'defmodule',
    name: freeName(`${reducer.replace(/@\d+$/, '')}Back`, 'defmodule', speaks),
    module_kind: 'pure',
    wasm_hash: toHashText(code),
    abi: { pure: { input, output: to } },
  };
  return { module, input, speaks };
}

function freeName(
  stem: string,
  kind: 'defmigration' | 'defmodule',
  { find }: WorldDefinition,
): string {
  let version = 1;
  while (find(kind, `${stem}@${version}`) !== undefined) version += 1;
  return `${stem}@${version}`;
}

function wayOfFolder(folder: WorldDefinition, reducer: string, to: string): Way | undefined {
  const found = (folder.manifest.migrations ?? []).find(({ name }) => {
    const migration = folder.find('defmigration', name);
    return migration?.reducer === reducer && migration.to === to;
  });
  const migration = found && folder.find('defmigration', found.name);
  return migration && wayOfModule(folder, migration.module);
}

function wayOfModule(speaks: WorldDefinition, name: string): Way | undefined {
  const node = speaks.find('defmodule', name);
  if (node?.module_kind !== 'pure') return undefined;
  return { module: node as unknown as JsonObject, input: node.abi.pure.input, speaks };
}

function noWay({ reducer, from, fromType, to }: MissingMigration, id: number): Result<never> {
  const states = `states of ${reducer} are of ${from ?? fromType}, and would have to be of ${to}`;
  const given = `--migration ${reducer}=<file.wasm>, a pure module from the one to the other`;
  const next = from === undefined ? '' : `${given}, or `;
  const detail = `${states}: roll back proposal ${id} with ${next}--folder <dir> with a migration`;
  return refuse('migration-missing', reducer, detail);
}

/** The definition of before, and what is added to it. */
class Target {
  readonly #nodes: JsonObject[] = [];
  readonly #brought = new Map<WorldDefinition, BroughtSchemas>();

  constructor(private readonly before: WorldDefinition) {}

  add({ reducer, to }: MissingMigration, { module, input, speaks }: Way): void {
    const schemas = this.#brought.get(speaks) ?? new BroughtSchemas(speaks, this.before);
    this.#brought.set(speaks, schemas);
    const from = schemas.bring(input);
    const { pure } = module.abi as { readonly pure: JsonObject };
    const name = module.name as string;
    this.#nodes.push(
      { ...module, abi: { pure: { ...pure, input: from, output: to } } },
      { $kind: 'defmigration', name: this.#migrationName(name), reducer, from, to, module: name },
    );
  }

  /** Of `demo/NarrowOrder@1` it is `demo/narrow_order@1`: names of their own are easily found. */
  #migrationName(module: string): string {
    const stem = module.replace(/@\d+$/, '');
    const [, space = '', local = ''] = /^(.*\/)?(.*)$/.exec(stem) ?? [];
    const snake = local.replace(/(?<=[a-z0-9])[A-Z]/g, '_$&').toLowerCase();
    return freeName(
      `${space}${snake === local ? `${local}_back` : snake}`,
      'defmigration',
      this.before,
    );
  }

  load(): ReturnType<typeof loadAir> {
    const schemas = [...this.#brought.values()].flatMap(({ nodes }) => nodes);
    const added = [...schemas, ...this.#nodes];
    const nodes = [...this.before.nodes.values()].map((bytes) => jsonOf(bytes));
    const documents = nodes.map((node) =>
      node.$kind === 'manifest' && added.length > 0 ? withRefs(node, added) : node,
    );
    return loadAir(
      [...documents, ...added].map((node, n) => ({
        path: `back/${n}.json`,
        text: printJson(node),
      })),
    );
  }
}

/** Nodes of a definition are canonical. */
function jsonOf(bytes: Uint8Array): JsonObject {
  const decoded = decode(bytes);
  return (decoded.ok ? toNodeJson(decoded.value) : {}) as JsonObject;
}

const SECTIONS = [
  ['schemas', 'defschema'],
  ['modules', 'defmodule'],
  ['migrations', 'defmigration'],
] as const;

function withRefs(manifest: JsonObject, added: readonly JsonObject[]): JsonObject {
  const listed = SECTIONS.map(([section, kind]) => {
    const own = (manifest[section] ?? []) as readonly JsonObject[];
    const more = added.filter(({ $kind }) => $kind === kind).map(({ name = '' }) => ({ name }));
    return [section, [...own, ...more]] as const;
  });
  const features = new Set([...((manifest.features ?? []) as readonly string[]), 'migrations']);
  return { ...manifest, ...Object.fromEntries(listed), features: [...features].sort() };
}
