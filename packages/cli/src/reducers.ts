/** Reducers and their cells as the commands name them. */
import type { CompiledSchema, JsonValue } from '@aos/air';
import { toHashText } from '@aos/canon';
import type { Cell, CellTable, World } from '@aos/kernel';
import { normalize, readValue, showValue } from './json-values.js';
import { CliError } from './output.js';
import { cutValues } from './shown-text.js';

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
  if (reducer === undefined || table === undefined) {
    const known = reducers.map((each) => each.name).join(', ');
    const message = `no reducer '${cutValues(name)}' in this world; it has ${known}`;
    throw new CliError('reducer-unknown', message);
  }
  return { name, state: reducer.state, keySchema: reducer.keySchema, cells: table };
}

/** Canonical bytes of a key in JSON. Codes: `key-missing`, `key-unexpected`, `value-*`. */
export function readKey(reducer: FoundReducer, key: string | undefined): Uint8Array | null {
  const { name, keySchema } = reducer;
  if (keySchema === undefined) {
    if (key === undefined) return null;
    throw new CliError('key-unexpected', `${name} has one state and no keys: leave --key out`);
  }
  if (key !== undefined) return normalize(keySchema, readValue(key, 'the key'), '/key');
  const message = `${name} is keyed: name the cell with --key, or list them with 'aos cells'`;
  throw new CliError('key-missing', message);
}

export function describeCell({ state, keySchema }: FoundReducer, cell: Cell) {
  const key: JsonValue =
    cell.key === null || keySchema === undefined ? null : showValue(keySchema, cell.key);
  return {
    key,
    state: showValue(state, cell.state),
    state_hash: toHashText(cell.hash),
    active_ns: cell.activeNs,
  };
}
