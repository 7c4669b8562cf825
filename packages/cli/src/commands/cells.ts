/** `aos cells`: the cells of a keyed reducer, in the order of their keys. */
import { printJson } from '@aos/air';
import { type CellQuery, countCells, keyPrefix, listCells } from '@aos/kernel';
import { normalize, readValue } from '../json-values.js';
import { type Answer, CliError } from '../output.js';
import { describeCell, type FoundReducer, findReducer } from '../reducers.js';
import { openingWarnings, withWorld } from '../world/open-world.js';

/** Bounds are keys as JSON. */
export interface CellsOptions {
  /** The beginning of a text key, as it is. */
  readonly prefix?: string;
  /** First key, inclusive. */
  readonly from?: string;
  /** Where to end, exclusive. */
  readonly before?: string;
  /** The last key of the page before. */
  readonly after?: string;
  readonly limit: number;
}

export async function showCells(
  path: string,
  name: string,
  options: CellsOptions,
): Promise<Answer> {
  return withWorld(path, (opened) => {
    const reducer = findReducer(opened.world, name);
    const cells = listCells(reducer.cells, queryOf(reducer, options));
    const shown = cells.map((cell) => describeCell(reducer, cell));
    const count = countCells(reducer.cells);
    // whoever asks for the page after the last one gets an empty one
    const next = shown.length < options.limit ? null : (shown.at(-1)?.key ?? null);
    return {
      data: { reducer: name, cells: shown, count, after: next, records: opened.world.seq },
      lines: [
        ...shown.map(({ key, state }) => `${printJson(key)}  ${printJson(state)}`),
        `${shown.length} of ${count} cells`,
      ],
      warnings: openingWarnings(opened),
    };
  });
}

function queryOf(reducer: FoundReducer, options: CellsOptions): CellQuery {
  const { name, keySchema } = reducer;
  const { limit, prefix, ...bounds } = options;
  const given = Object.entries(bounds).filter(([, value]) => value !== undefined);
  if (keySchema === undefined) {
    if (given.length === 0 && prefix === undefined) return { limit };
    throw new CliError('key-unexpected', `${name} has one state and no keys to list by`);
  }
  const keys = given.map(([bound, value]) => {
    return [bound, normalize(keySchema, readValue(value, `--${bound}`), `/${bound}`)] as const;
  });
  const query = { limit, ...Object.fromEntries(keys) };
  if (prefix === undefined) return query;
  const start = keyPrefix(keySchema.type, { text: prefix });
  if (!start.ok) throw CliError.of(start.refusal);
  return { ...query, prefix: start.value };
}
