/** Reducers and their cells as the verbs name and show them. */
import type { CompiledSchema } from '@aos/air';
import { toHashText } from '@aos/canon';
import { type Cell, type CellTable, stateSchemaOf, type World } from '@aos/kernel';
import type { CellShape, ValueForm } from '@aos/protocol';
import { normalized, shownValue } from '../values.js';
import { refusal, shown } from '../view.js';

export interface FoundReducer {
  readonly name: string;
  readonly state: CompiledSchema;
  readonly keySchema: CompiledSchema | undefined;
  readonly cells: CellTable;
}

/** The reducer of that name in this world. Code: `reducer-unknown`. */
export function findReducer({ program, cells }: World, name: string): FoundReducer {
  const { reducers } = program.definition;
  const index = reducers.findIndex((each) => each.name === name);
  const [reducer, table] = [reducers[index], cells[index]];
  if (reducer !== undefined && table !== undefined) {
    return { name, state: reducer.state, keySchema: reducer.keySchema, cells: table };
  }
  const known = reducers.map((each) => each.name).join(', ');
  const message = `no reducer '${shown(name)}' in this world; it has ${known}`;
  throw refusal('reducer-unknown', '/args/reducer', message);
}

/** Canonical bytes of a key. Codes: `key-missing`, `key-unexpected`, `value-*`. */
export function keyBytes(reducer: FoundReducer, key: ValueForm | undefined): Uint8Array | null {
  const { name, keySchema } = reducer;
  if (keySchema === undefined) {
    if (key === undefined) return null;
    const message = `${name} has one state and no keys: leave the key out`;
    throw refusal('key-unexpected', '/args/key', message);
  }
  if (key !== undefined) return normalized(keySchema, key, '/args/key');
  const message = `${name} is keyed: name the cell by its key, or list the cells`;
  throw refusal('key-missing', '/args/key', message);
}

/** The cell as it is stored: one that is still of an earlier type is shown in that. */
export function cellShape(world: World, reducer: FoundReducer, cell: Cell): CellShape {
  const { name, state, keySchema } = reducer;
  const found = stateSchemaOf(world, name, cell) ?? { schema: state, isOutdated: false };
  return {
    key: cell.key === null || keySchema === undefined ? null : shownValue(keySchema, cell.key),
    state: shownValue(found.schema, cell.state),
    state_hash: toHashText(cell.hash),
    state_schema: found.schema.name,
    is_outdated: found.isOutdated,
    active_ns: cell.activeNs,
  };
}
