import { concatBytes, encode, encodeUntagged, fromHex, toHashText, toHex } from '@aos/canon';
import { encodeReducerInput } from '@aos/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BuildResult, buildReducerFolder } from '../src/index.js';
import { EXAMPLES, exampleTypes } from './definitions.js';
import {
  BUILD_TIMEOUT_MS,
  encodeInput,
  openReducer,
  outputOf,
  type Reducer,
  SCHEMA,
} from './stepping.js';

const TAG = Uint8Array.of(0xd9, 0xd9, 0xf7);

let build: BuildResult;
let counter: Reducer;

beforeAll(async () => {
  const types = exampleTypes('00-counter', 'demo/CounterSM@1');
  build = await buildReducerFolder(`${EXAMPLES}/00-counter/reducer`, 'counter', { types });
  counter = openReducer(build);
}, BUILD_TIMEOUT_MS);

const start = (target: number | bigint) => ({ $tag: 'Start', $value: { target } });
const tick = { $tag: 'Tick', $value: null };

function stateOf(pc: string, remaining: number | bigint): Uint8Array {
  return encode({ pc: { $tag: pc, $value: null }, remaining });
}

/** The state after `event`, in hex. */
function after(state: Uint8Array | null, event: typeof tick | ReturnType<typeof start>): string {
  const output = counter.step({ state, event });
  expect(output.domainEvents).toEqual([]);
  expect(output.effects).toEqual([]);
  expect(output.ann).toBeNull();
  return toHex(output.state ?? new Uint8Array());
}

describe('the counter', () => {
  it('counts three ticks down to done', () => {
    let state = after(null, start(3));
    expect(state).toBe(toHex(stateOf('Counting', 3)));
    for (const expected of [stateOf('Counting', 2), stateOf('Counting', 1), stateOf('Done', 0)]) {
      const before = fromHex(state);
      state = after(before.ok ? before.value : null, tick);
      expect(state).toBe(toHex(expected));
    }
  });

  it('is idle without a state', () => {
    expect(after(null, tick)).toBe(toHex(stateOf('Idle', 0)));
  });

  it('is done at once with nothing to count', () => {
    expect(after(null, start(0))).toBe(toHex(stateOf('Done', 0)));
  });

  it('begins anew with a start in any phase', () => {
    for (const state of [stateOf('Idle', 0), stateOf('Counting', 7), stateOf('Done', 0)]) {
      expect(after(state, start(2))).toBe(toHex(stateOf('Counting', 2)));
    }
  });

  it('ignores ticks unless it counts', () => {
    for (const state of [stateOf('Idle', 0), stateOf('Idle', 4), stateOf('Done', 0)]) {
      expect(after(state, tick)).toBe(toHex(state));
    }
  });

  it('counts exactly beyond 2^53 and up to 2^64 - 1', () => {
    for (const target of [2n ** 53n + 1n, 2n ** 53n + 2n, 2n ** 64n - 1n]) {
      expect(after(null, start(target))).toBe(toHex(stateOf('Counting', target)));
      expect(after(stateOf('Counting', target), tick)).toBe(
        toHex(stateOf('Counting', target - 1n)),
      );
    }
  });

  it('answers the same to plain, tagged and reordered input', () => {
    const state = { remaining: 2, pc: { $value: null, $tag: 'Counting' } };
    const forms = [
      { state: encode(state), value: encode(tick) },
      { state: encodeUntagged(state), value: encodeUntagged(tick) },
      { state: encode(state), value: encodeUntagged({ $tag: 'Tick' }) },
      {
        state: hex('a26972656d61696e696e6702627063a2662476616c7565f6642474616768436f756e74696e67'),
        value: encode(tick),
      },
    ];
    for (const { state, value } of forms) {
      const input = encodeReducerInput({ version: 1, state, event: { schema: SCHEMA, value } });
      for (const bytes of [input, concatBytes(TAG, input)]) {
        const output = outputOf(counter.call(bytes));
        expect(toHex(output.state ?? TAG)).toBe(toHex(stateOf('Counting', 1)));
      }
    }
  });

  it.each([
    ['another version', () => encodeInput({ version: 2, event: tick })],
    ['an unknown event', () => encodeInput({ event: { $tag: 'Stop', $value: null } })],
    ['an event that is no variant', () => encodeInput({ event: { target: 3 } })],
    ['a start without a target', () => encodeInput({ event: { $tag: 'Start', $value: {} } })],
    ['a negative target', () => encodeInput({ event: start(-1) })],
    [
      'a target that is text',
      () => encodeInput({ event: { $tag: 'Start', $value: { target: '3' } } }),
    ],
    ['a state of another shape', () => encodeInput({ state: encode([1]), event: tick })],
    [
      'a state cut short',
      () => encodeInput({ state: stateOf('Idle', 9).subarray(0, -1), event: tick }),
    ],
    ['no input', () => new Uint8Array()],
    ['input cut short', () => encodeInput({ event: tick }).subarray(0, -1)],
    ['a byte too many', () => concatBytes(encodeInput({ event: tick }), Uint8Array.of(0))],
    ['input that is no map', () => encode('input')],
    ['noise', () => new Uint8Array(64).fill(0xff)],
  ])('traps on %s', (_, input) => {
    expect(counter.call(input())).toMatchObject({ kind: 'fault', code: 'module-trap' });
  });

  it('compiles to the same module in every process', () => {
    expect(build.ok && toHashText(build.value.hash)).toBe(MODULE_HASH);
  });
});

/** Changes with the library, the compiler or the example, and with nothing else. */
const MODULE_HASH = 'sha256:4ace8da95064acd1c0f2a7d799dd6b0f529544066ebcf29233e08e6138c60558';

function hex(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (!bytes.ok) throw new Error(bytes.refusal.detail);
  return bytes.value;
}
