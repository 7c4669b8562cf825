/** Which schema a stored state is to be read by. */
import type { CompiledSchema } from '@aos/air';
import { bytesEqual, toHex } from '@aos/canon';
import type { World } from '../world/world.js';
import type { Cell } from './cell.js';

/** A schema, and whether states of it are migrated before anybody runs on them. */
export interface StateSchema {
  readonly schema: CompiledSchema;
  readonly isOutdated: boolean;
}

/**
 * The schema of a cell of a reducer: the present one, or the one that a migration takes, for a cell
 * that nothing has read since the type of its states changed. Undefined for a reducer that is not
 * there, and for a cell of another world.
 */
export function stateSchemaOf(
  { program }: Pick<World, 'program'>,
  reducer: string,
  cell: Pick<Cell, 'schema'>,
): StateSchema | undefined {
  const found = program.reducersByName.get(reducer);
  if (found === undefined) return undefined;
  if (bytesEqual(found.stateSchema, cell.schema)) {
    return { schema: found.definition.state, isOutdated: false };
  }
  const migration = program.migrations.get(reducer)?.get(toHex(cell.schema));
  return migration && { schema: migration.taken, isOutdated: true };
}
