/** `aos state get`: what a reducer knows, in its one state or in one of its cells. */
import { printJson } from '@aos/air';
import { readCell } from '@aos/kernel';
import type { Answer } from '../output.js';
import { describeCell, findReducer, readKey } from '../reducers.js';
import { openingWarnings, withWorld } from '../world/open-world.js';

export interface StateOptions {
  /** The cell, as JSON of the reducer's key schema. */
  readonly key?: string;
}

export async function getState(
  path: string,
  name: string,
  { key }: StateOptions = {},
): Promise<Answer> {
  return withWorld(path, (opened) => {
    const reducer = findReducer(opened.world, name);
    const cell = readCell(reducer.cells, readKey(reducer, key));
    const known =
      cell === null
        ? { key: null, state: null, state_hash: null, active_ns: null }
        : describeCell(reducer, cell);
    return {
      data: { reducer: name, ...known, records: opened.world.seq },
      lines: [printJson(known.state, { indent: 2 })],
      warnings: openingWarnings(opened),
    };
  });
}
