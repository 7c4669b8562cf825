/** Maps whose keys look like a variant's: they are data, and stay as they are. */
import { decodePlain, encode, toHex } from '@aos/canon';
import { beforeAll, expect, it } from 'vitest';
import { buildScriptReducerFolder, stepNatively } from '../src/index.js';
import keepMap from './scripts/keep-map.js';
import { encodeInput, openReducer, type Reducer } from './stepping.js';

let script: Reducer;
beforeAll(async () => {
  const folder = new URL('./scripts', import.meta.url).pathname;
  script = openReducer(await buildScriptReducerFolder(folder, 'keep-map'));
}, 60_000);

it.each([['$tag'], ['$value'], ['__proto__'], ['0'], ['constructor']])(
  'a map with the one key %s comes back as it was, natively and baked',
  (key) => {
    const state = encode(new Map([[key, 1]]));
    const input = encodeInput({ state, event: 'x' });
    const outcome = script.call(input);
    expect(outcome.kind).toBe('output');
    if (outcome.kind !== 'output') return;
    expect(toHex(outcome.output)).toBe(toHex(stepNatively(keepMap, input)));
    const answer = decodePlain(outcome.output);
    expect(answer.ok && (answer.value as ReadonlyMap<string, unknown>).get('state')).toEqual(state);
  },
);
