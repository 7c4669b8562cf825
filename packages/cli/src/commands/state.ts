/** `aos state get`: what a reducer knows, replayed from the journal. */
import { type CompiledSchema, type JsonValue, printJson } from '@aos/air';
import { toHashText } from '@aos/canon';
import { divergedFault, replayStore } from '@aos/host';
import { newEngine, withStore } from '../open-world.js';
import { type Answer, CliError } from '../output.js';
import { cutValues } from '../shown-text.js';

export async function getState(world: string, reducer: string): Promise<Answer> {
  return withStore(world, (store) => {
    const replayed = replayStore(store, newEngine());
    if (replayed.difference !== undefined) throw divergedFault(replayed.difference);
    const { definition, cells, seq } = replayed.world;
    const index = definition.reducers.findIndex(({ name }) => name === reducer);
    const found = definition.reducers[index];
    if (found === undefined) {
      const known = definition.reducers.map(({ name }) => name).join(', ');
      const message = `no reducer '${cutValues(reducer)}' in this world; it has ${known}`;
      throw new CliError('reducer-unknown', message);
    }
    const cell = cells[index] ?? null;
    const state = cell === null ? null : readState(found.state, cell.state);
    const hash = cell === null ? null : toHashText(cell.hash);
    return {
      data: { reducer, state, state_hash: hash, records: seq },
      lines: [printJson(state, { indent: 2 })],
    };
  });
}

function readState(schema: CompiledSchema, bytes: Uint8Array): JsonValue {
  const json = schema.toJson(bytes);
  if (json.ok) return json.value;
  throw CliError.of(json.refusal);
}
