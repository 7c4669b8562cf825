/**
 * Where the cells of each reducer lie under the next definition.
 *
 * M1. A table belongs to the name of a reducer. It stays while the type of its keys does.
 * M2. `leafTypes` says, for each table, which types other than the present one states in it may
 *     still be of; from each of them migrations must lead to the present one.
 * M3. The cells of a reducer that is gone are retired under its name, and come back with it.
 */
import { bytesEqual, type Hash, ok, type Result, refuse, toHashText } from '@aos/canon';
import { type CellTable, countCells, emptyCells } from '../cells/cell-table.js';
import type { Program } from '../program/program.js';
import { programOf } from '../program/program-cache.js';
import type { ReducerProgram } from '../program/reducer-program.js';
import type { World } from '../world/world.js';
import { findPath } from './migrations.js';
import { MAX_STATE_TYPES, type RetiredCells } from './retired-cells.js';

export interface MovedCells {
  readonly cells: readonly CellTable[];
  readonly leafTypes: readonly (readonly Hash[])[];
  /** In the order of their names. */
  readonly retired: readonly RetiredCells[];
}

/** A table with cells, wherever it comes from. */
interface Found {
  readonly cells: CellTable;
  readonly keyType: Hash | null;
  readonly types: readonly Hash[];
}

type MovableWorld = Pick<
  World,
  'program' | 'programs' | 'source' | 'cells' | 'leafTypes' | 'retired'
>;

/**
 * The tables under another program. Codes: `key-schema-changed` (a table with cells cannot take
 * keys of another type), `migration-missing`, `state-types-limit`.
 */
export function moveCells(world: MovableWorld, program: Program): Result<MovedCells> {
  const full = checkTypes(world);
  if (full !== undefined) return full;
  const cells: CellTable[] = [];
  const leafTypes: (readonly Hash[])[] = [];
  for (const reducer of program.reducers) {
    const found = findCells(world, reducer.definition.name);
    if (found === undefined) {
      cells.push(emptyCells(reducer.definition.keySchema?.type ?? null, world.source));
      leafTypes.push([]);
      continue;
    }
    const refused = checkKeys(found, reducer) ?? checkPaths(found, reducer, program);
    if (refused !== undefined) return refused;
    cells.push(found.cells);
    leafTypes.push(found.types.filter((type) => !bytesEqual(type, reducer.stateSchema)));
  }
  return ok({ cells, leafTypes, retired: retire(world, program) });
}

/** The cells under a name, undefined when there are none. */
function findCells(world: MovableWorld, name: string): Found | undefined {
  const reducer = world.program.reducersByName.get(name);
  if (reducer === undefined) {
    const retired = world.retired.find((each) => each.reducer === name);
    return retired && { ...retired, keyType: retiredKeyType(world, retired) };
  }
  const cells = world.cells[reducer.index];
  if (cells === undefined || countCells(cells) === 0) return undefined;
  return { cells, keyType: reducer.keyType, types: typesOf(world, reducer, cells) };
}

/** Of the one cell without a key it is known. */
function typesOf(
  { leafTypes }: MovableWorld,
  { index, stateSchema }: ReducerProgram,
  cells: CellTable,
): readonly Hash[] {
  if (cells.kind === 'single' && cells.cell !== null) return [cells.cell.schema];
  return [stateSchema, ...(leafTypes[index] ?? [])];
}

/** No table may have states of more types than a snapshot tells of. */
function checkTypes(world: MovableWorld): Result<never> | undefined {
  for (const { definition } of world.program.reducers) {
    const { name } = definition;
    const count = findCells(world, name)?.types.length ?? 0;
    if (count <= MAX_STATE_TYPES) continue;
    const detail = `states of ${name} may be of ${count} types, at most ${MAX_STATE_TYPES} may be`;
    return refuse('state-types-limit', name, `${detail}: give the new reducer another name`);
  }
  return undefined;
}

function retiredKeyType(world: MovableWorld, { manifest, reducer }: RetiredCells): Hash | null {
  return programOf(world, manifest).reducersByName.get(reducer)?.keyType ?? null;
}

function checkKeys({ keyType }: Found, reducer: ReducerProgram): Result<never> | undefined {
  const own = reducer.keyType;
  const isSame = keyType === null || own === null ? keyType === own : bytesEqual(keyType, own);
  if (isSame) return undefined;
  const { name } = reducer.definition;
  const detail = `${name} has cells, and keys of another type: give the new reducer another name`;
  return refuse('key-schema-changed', name, detail);
}

function checkPaths(
  { types }: Found,
  { definition: { name }, stateSchema }: ReducerProgram,
  program: Program,
): Result<never> | undefined {
  const to = { name, to: stateSchema };
  const from = types.find((type) => findPath(program.migrations, to, type) === undefined);
  if (from === undefined) return undefined;
  const detail =
    `states of ${name} are of type ${toHashText(from)}, and no migrations lead from there to ` +
    `${toHashText(stateSchema)}: add a defmigration to the patch`;
  return refuse('migration-missing', name, detail);
}

/** States of one type that could not be read any more under another program. */
export interface Stranded {
  readonly reducer: string;
  readonly from: Hash;
  readonly to: Hash;
}

/** All of what {@link moveCells} refuses as `migration-missing`. */
export function findStranded(world: MovableWorld, program: Program): readonly Stranded[] {
  return program.reducers.flatMap(({ definition: { name: reducer }, stateSchema: to }) => {
    const types = findCells(world, reducer)?.types ?? [];
    const { migrations } = program;
    return types
      .filter((from) => findPath(migrations, { name: reducer, to }, from) === undefined)
      .map((from) => ({ reducer, from, to }));
  });
}

function retire(world: MovableWorld, program: Program): readonly RetiredCells[] {
  const manifest = world.program.definition.manifestHash;
  const gone = world.program.reducers.flatMap((reducer): RetiredCells[] => {
    const { name } = reducer.definition;
    const found = program.reducersByName.has(name) ? undefined : findCells(world, name);
    return found === undefined
      ? []
      : [{ reducer: name, manifest, cells: found.cells, types: found.types }];
  });
  const left = world.retired.filter(({ reducer }) => !program.reducersByName.has(reducer));
  return [...left, ...gone].sort((a, b) => (a.reducer < b.reducer ? -1 : 1));
}
