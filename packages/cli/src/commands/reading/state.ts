/** `aos state get` and `aos cells`: what reducers know. */
import { printJson } from '@aos/air';
import type { CellsArgs, PlainValue } from '@aos/protocol';
import { withAccess } from '../../access/with-access.js';
import { dataOf, readJsonText, readPlain } from '../../json-values.js';
import { momentOf } from '../../moments.js';
import type { Answer } from '../../output.js';

export interface StateOptions {
  /** The cell, as JSON of the reducer's key schema. */
  readonly key?: string;
  /** A record, `head`, `exact:<record>` or `at_least:<record>`. */
  readonly at?: string;
}

export async function getState(
  path: string,
  reducer: string,
  { key, at }: StateOptions = {},
): Promise<Answer> {
  const args = {
    reducer,
    ...(key === undefined ? {} : { key_json: readJsonText(key, 'the key') }),
    ...momentOf(at),
  };
  return withAccess(path, 'read', async (asked) => {
    const { cbor: _, ...found } = await asked.call('state.get', args);
    return {
      data: dataOf(found),
      lines: [printJson(dataOf(found.state), { indent: 2 })],
      warnings: outdated([found]),
    };
  });
}

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
  /** As with {@link StateOptions}. */
  readonly at?: string;
}

export async function showCells(
  path: string,
  reducer: string,
  { limit, prefix, at, ...bounds }: CellsOptions,
): Promise<Answer> {
  const keys = Object.entries(bounds).map(([bound, value]) => {
    return [bound, readPlain(value, `--${bound}`)] as const;
  });
  const args: CellsArgs = {
    ...{ reducer, limit, ...(Object.fromEntries(keys) as Record<string, PlainValue>) },
    ...(prefix === undefined ? {} : { prefix }),
    ...momentOf(at),
  };
  return withAccess(path, 'read', async (asked) => {
    const found = await asked.call('cells.list', args);
    const { cells, count } = found;
    return {
      data: dataOf(found),
      lines: [
        ...cells.map(({ key, state }) => `${printPlain(key)}  ${printPlain(state)}`),
        `${cells.length} of ${count} cells`,
      ],
      warnings: outdated(cells),
    };
  });
}

type Shown = { readonly state_schema: string | null; readonly is_outdated: boolean };

/** Says which states are still of an earlier type. */
function outdated(cells: readonly Shown[]): readonly string[] {
  const found = cells.filter(({ is_outdated }) => is_outdated);
  if (found.length === 0) return [];
  const schemas = [...new Set(found.map(({ state_schema }) => state_schema))].join(', ');
  return [`${found.length} of an earlier type (${schemas}), to be migrated when next used`];
}

const printPlain = (value: PlainValue): string => printJson(dataOf(value));
