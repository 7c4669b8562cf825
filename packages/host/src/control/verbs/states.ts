/** `state.get` and `cells.list`: what reducers know. */
import {
  type CellQuery,
  countCells,
  keyPrefix,
  listCells,
  readCell,
  type World,
} from '@aos/kernel';
import type { CellsResult, ParsedArgs, PlainValue, StateResult } from '@aos/protocol';
import { type PastWorlds, readAt } from '../past-worlds.js';
import { normalized } from '../values.js';
import { type ControlView, refusal, thrown } from '../view.js';
import { cellShape, type FoundReducer, findReducer, keyBytes } from './reducers.js';

/** Codes: `reducer-unknown`, `key-*`, `value-*`, `record-unknown`, `record-awaited`. */
export async function getState(
  view: ControlView,
  past: PastWorlds,
  args: ParsedArgs<'state.get'> & { readonly signal: AbortSignal | undefined },
): Promise<StateResult> {
  return readAt(view, past, args, (world) => stateIn(world, args));
}

function stateIn(world: World, args: ParsedArgs<'state.get'>): StateResult {
  const reducer = findReducer(world, args.reducer);
  const cell = readCell(reducer.cells, keyBytes(reducer, args.key));
  const found = { reducer: reducer.name, records: world.seq };
  if (cell === null) {
    const nothing = { key: null, state: null, state_hash: null, active_ns: null, cbor: null };
    return { ...found, ...nothing, state_schema: null, is_outdated: false };
  }
  return { ...found, ...cellShape(world, reducer, cell), cbor: args.cbor ? cell.state : null };
}

/** As {@link getState}. */
export function showCells(
  view: ControlView,
  past: PastWorlds,
  args: ParsedArgs<'cells.list'> & { readonly signal: AbortSignal | undefined },
): Promise<CellsResult> {
  return readAt(view, past, args, (world) => {
    const reducer = findReducer(world, args.reducer);
    const cells = listCells(reducer.cells, queryOf(reducer, args));
    const shown = cells.map((cell) => cellShape(world, reducer, cell));
    const last = shown.at(-1);
    return {
      reducer: reducer.name,
      cells: shown,
      count: countCells(reducer.cells),
      // whoever asks for the page after the last one gets an empty one
      after: last === undefined || shown.length < args.limit ? null : last.key,
      records: world.seq,
    };
  });
}

function queryOf(reducer: FoundReducer, args: ParsedArgs<'cells.list'>): CellQuery {
  const { name, keySchema } = reducer;
  const { limit, prefix, from, before, after } = args;
  const given = Object.entries({ from, before, after }).filter(isGiven);
  if (keySchema === undefined) {
    if (given.length === 0 && prefix === undefined) return { limit };
    throw refusal('key-unexpected', '/args', `${name} has one state and no keys to list by`);
  }
  const keys = given.map(([bound, value]) => {
    return [bound, normalized(keySchema, { form: 'plain', value }, `/args/${bound}`)] as const;
  });
  const query = { limit, ...Object.fromEntries(keys) };
  if (prefix === undefined) return query;
  const start = keyPrefix(keySchema.type, { text: prefix });
  if (!start.ok) throw thrown(start.refusal, '/args/prefix');
  return { ...query, prefix: start.value };
}

const isGiven = (entry: [string, PlainValue | undefined]): entry is [string, PlainValue] =>
  entry[1] !== undefined;
