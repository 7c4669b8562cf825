/** Migrations tried on the cells that there are, as each would be when it is next read. */
import { printJson } from '@aos/air';
import { bytesEqual } from '@aos/canon';
import type { Engine } from '@aos/protocol';
import type { Cell } from '../cells/cell.js';
import { type CellTable, countCells, listCells } from '../cells/cell-table.js';
import type { ReducerProgram } from '../program/reducer-program.js';
import { migrateCell } from '../reducers/migrate-cell.js';
import { Run } from '../step/run.js';
import { describeValue } from '../why/describe.js';
import type { World } from '../world/world.js';
import type { ShadowLimits } from './limits.js';
import { cutText, listed, type MigrationRow } from './report.js';

const PAGE = 256;

/** For every reducer with states of another type than they are to be of. Throws ObjectsNeeded. */
export function tryMigrations(
  world: World,
  engine: Engine,
  limits: ShadowLimits,
): readonly MigrationRow[] {
  return world.program.reducers.flatMap((reducer): MigrationRow[] => {
    const from = world.leafTypes[reducer.index] ?? [];
    const table = world.cells[reducer.index];
    if (from.length === 0 || table === undefined) return [];
    const tried = tryTable(world, { reducer, table, engine }, limits);
    const { name } = reducer.definition;
    const cells = countCells(table);
    return [{ reducer: name, from: [...from], to: reducer.stateSchema, cells, ...tried }];
  });
}

interface Tried {
  readonly reducer: ReducerProgram;
  readonly table: CellTable;
  readonly engine: Engine;
}

function tryTable(world: World, { reducer, table, engine }: Tried, limits: ShadowLimits) {
  const entropy = new Uint8Array(32);
  const stamp = { nowNs: world.lastWallNs, logicalNowNs: world.logicalNowNs, entropy };
  const run = new Run(world, stamp, engine);
  const failed: string[] = [];
  let [looked, tried] = [0, 0];
  for (const cell of firstCells(table, limits.cells)) {
    looked += 1;
    if (bytesEqual(cell.schema, reducer.stateSchema)) continue;
    tried += 1;
    const before = run.fuel;
    if (migrateCell(run, reducer, cell) === undefined) failed.push(keyText(reducer, cell));
    if (run.fuel - before > 0 && run.fuel >= limits.fuel) break;
  }
  return { looked, run: tried, fuel: run.fuel, failed: listed(failed, limits.rows) };
}

function* firstCells(table: CellTable, limit: number): Iterable<Cell> {
  let after: Uint8Array | undefined;
  for (let left = limit; left > 0; ) {
    const page = Math.min(left, PAGE);
    const cells = listCells(table, after === undefined ? { limit: page } : { limit: page, after });
    yield* cells;
    left -= page;
    const last = cells.at(-1)?.key ?? undefined;
    if (cells.length < page || last === undefined) return;
    after = last;
  }
}

function keyText({ definition: { keySchema } }: ReducerProgram, { key }: Cell): string {
  return key === null ? '' : cutText(printJson(describeValue(key, keySchema)));
}
