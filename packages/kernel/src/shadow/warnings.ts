/**
 * What a report warns of: states that a change would leave behind, on the way there and on the way
 * back, and keys that nobody has judged a change by yet. Whoever may add keys could meet a quorum
 * alone with them; the report says so to everybody else.
 */
import { bytesEqual, type Hash, toHex } from '@aos/canon';
import { type CellTable, countCells } from '../cells/cell-table.js';
import { findPath } from '../governance/migrations.js';
import { findStranded } from '../governance/moved-cells.js';
import { newApprovers } from '../governance/quorum.js';
import type { Program } from '../program/program.js';
import { TypeHasher } from '../program/type-hash.js';
import type { World } from '../world/world.js';
import type { ApproverWarning, StateWarning, WarningRow } from './report.js';

/**
 * Codes: `approver-new` for keys that may approve and came after the last change that was applied;
 * `migration-missing` for every type of states that nothing leads on from, also where there are no
 * cells yet; `rollback-migration-missing` where no pure module of the candidate takes its states
 * back.
 */
export function findWarnings(world: World, program: Program): readonly WarningRow[] {
  return [...findNewApprovers(world), ...findStates(world, program)];
}

function findNewApprovers(world: World): readonly ApproverWarning[] {
  return newApprovers(world).map(({ name, addedAt }) => {
    return { code: 'approver-new', name, added_at: addedAt };
  });
}

function findStates(world: World, program: Program): readonly StateWarning[] {
  const stranded = findStranded(world, program).map(
    (row): StateWarning => ({
      code: 'migration-missing',
      ...row,
      cells: cellsOf(world, row.reducer),
    }),
  );
  const isListed = (reducer: string, from: Hash) =>
    stranded.some((row) => row.reducer === reducer && bytesEqual(row.from, from));
  const back = pureTypes(program);
  const changed = program.reducers.flatMap(({ definition: { name }, stateSchema: to }) => {
    const from = world.program.reducersByName.get(name)?.stateSchema;
    if (from === undefined || bytesEqual(from, to)) return [];
    const rows: StateWarning[] = [];
    const way = findPath(program.migrations, { name, to }, from);
    if (way === undefined && !isListed(name, from)) {
      rows.push({ code: 'migration-missing', reducer: name, from, to, cells: 0 });
    }
    if (!back.has(`${toHex(to)} ${toHex(from)}`)) {
      const cells = cellsOf(world, name);
      rows.push({ code: 'rollback-migration-missing', reducer: name, from: to, to: from, cells });
    }
    return rows;
  });
  return [...stranded, ...changed];
}

function cellsOf({ program, cells, retired }: World, reducer: string): number {
  const index = program.reducersByName.get(reducer)?.index;
  const own = index === undefined ? undefined : cells[index];
  const table: CellTable | undefined =
    own ?? retired.find((each) => each.reducer === reducer)?.cells;
  return table === undefined ? 0 : countCells(table);
}

/** What pure modules take and give, as pairs of types. */
function pureTypes({ definition }: Program): ReadonlySet<string> {
  const hasher = new TypeHasher();
  const typeOf = (schema: string): string => {
    const found = definition.schemas.get(schema);
    return found === undefined ? '' : toHex(hasher.hashOf(found.type));
  };
  return new Set(
    definition.manifest.modules.flatMap(({ name }) => {
      const module = definition.find('defmodule', name);
      if (module?.module_kind !== 'pure') return [];
      const { input, output } = module.abi.pure;
      return [`${typeOf(input)} ${typeOf(output)}`];
    }),
  );
}
