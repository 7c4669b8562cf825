/** The state of reducers, as tests read it. */
import type { ReducerDefinition } from '@aos/air';
import {
  type Cell,
  type CellTable,
  listCells,
  readCell,
  stateSchemaOf,
  type World,
} from '@aos/kernel';
import { AosFault } from '@aos/protocol';
import { normalWritten, readTyped } from './typed-values.js';

/** A cell of a keyed reducer; `key` is null for the one of a reducer without keys. */
// biome-ignore lint/suspicious/noExplicitAny: without a reducer to type it, a state is of any shape
export interface TestCell<S = any> {
  // biome-ignore lint/suspicious/noExplicitAny: keys are typed by nothing that a test holds
  readonly key: any;
  readonly state: S;
}

/** Cells that are listed. */
const MAX_CELLS = 10_000;

/** Undefined where there is no state. */
export function readState(world: World, reducer: string, key: unknown): unknown {
  const { definition, table } = findReducer(world, reducer);
  const cell = readCell(table, keyOf(definition, key));
  return cell === null ? undefined : typedState(world, definition, cell);
}

/** In the order of their keys. */
export function readCells(world: World, reducer: string): readonly TestCell[] {
  const { definition, table } = findReducer(world, reducer);
  return listCells(table, { limit: MAX_CELLS }).map((cell) => ({
    key: cell.key === null ? null : readTyped(cell.key, definition.keySchema?.type),
    state: typedState(world, definition, cell),
  }));
}

/** A cell that is still of an earlier type is read as that. */
function typedState(world: World, { name, state }: ReducerDefinition, cell: Cell): unknown {
  return readTyped(cell.state, (stateSchemaOf(world, name, cell)?.schema ?? state).type);
}

interface FoundReducer {
  readonly definition: ReducerDefinition;
  readonly table: CellTable;
}

function findReducer({ program, cells }: World, name: string): FoundReducer {
  const { reducers } = program.definition;
  const index = reducers.findIndex((each) => each.name === name);
  const [definition, table] = [reducers[index], cells[index]];
  if (definition !== undefined && table !== undefined) return { definition, table };
  const known = reducers.map((each) => each.name).join(', ') || 'none';
  const message = `the world has no reducer ${name}; it has ${known}`;
  throw new AosFault('test-reducer-unknown', message, { retry: 'never' });
}

function keyOf({ name, keySchema }: ReducerDefinition, key: unknown): Uint8Array | null {
  if (keySchema !== undefined && key !== undefined) return normalWritten(key, keySchema);
  if (keySchema === undefined && key === undefined) return null;
  const expected = keySchema === undefined ? 'no key' : `a key, ${keySchema.name}`;
  const message = `${name} has ${expected}; ask for its state accordingly`;
  throw new AosFault('test-state-key', message, { retry: 'never' });
}
