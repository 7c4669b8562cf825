import { readFileSync } from 'node:fs';
import { concatBytes, type Encodable, encode, toHashText, toHex } from '@aos/canon';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import counter from '../../../examples/00-counter/reducer-ts/counter.js';
import {
  type BuildResult,
  buildReducer,
  buildScriptReducerFolder,
  stepNatively,
} from '../src/index.js';
import { EXAMPLES, exampleTypes } from './definitions.js';
import { encodeInput, openReducer, type Reducer } from './stepping.js';

const SCRIPT = `${EXAMPLES}/00-counter/reducer-ts`;

let build: BuildResult;
let script: Reducer;

beforeAll(async () => {
  build = await buildScriptReducerFolder(SCRIPT, 'counter');
  script = openReducer(build);
}, 60_000);

/** Output bytes in hex, or what a call ended with. */
function outcomeOf(reducer: Reducer, input: Uint8Array): string {
  const outcome = reducer.call(input);
  return outcome.kind === 'output' ? toHex(outcome.output) : outcome.code;
}

function nativeOutcome(input: Uint8Array): string {
  try {
    return toHex(stepNatively(counter, input));
  } catch {
    return 'module-trap';
  }
}

const nat = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const small = fc.bigInt({ min: 0n, max: 3n });
const count = fc.oneof(small, nat, fc.constantFrom(2n ** 53n, 2n ** 53n + 1n, 2n ** 63n));
const state = fc.option(
  fc.record({
    pc: fc.record({ $tag: fc.constantFrom('Idle', 'Counting', 'Done'), $value: fc.constant(null) }),
    remaining: count,
  }),
);
const event = fc.oneof(
  fc.record({ $tag: fc.constant('Tick'), $value: fc.constant(null) }),
  fc.record({ $tag: fc.constant('Start'), $value: fc.record({ target: count }) }),
);

function inputOf(given: Encodable | null, happened: Encodable): Uint8Array {
  return encodeInput({ state: given === null ? null : encode(given), event: happened });
}

describe('the counter in TypeScript', () => {
  it('answers byte for byte like itself run natively', () => {
    const inputs = fc.tuple(state, event).map(([given, happened]) => inputOf(given, happened));
    const law = fc.property(inputs, (input) => {
      expect(outcomeOf(script, input)).toBe(nativeOutcome(input));
    });
    fc.assert(law, { numRuns: 300 });
  });

  it('answers byte for byte like the one in AssemblyScript', async () => {
    const types = exampleTypes('00-counter', 'demo/CounterSM@1');
    const source = readFileSync(`${EXAMPLES}/00-counter/reducer/counter.ts`, 'utf8');
    const assembly = openReducer(await buildReducer({ name: 'counter', source, types }));
    const inputs = fc.tuple(state, event).map(([given, happened]) => inputOf(given, happened));
    const law = fc.property(inputs, (input) => {
      expect(outcomeOf(script, input)).toBe(outcomeOf(assembly, input));
    });
    fc.assert(law, { numRuns: 300 });
  });

  it.each<[string, () => Uint8Array]>([
    ['another version', () => encodeInput({ version: 2, event: { $tag: 'Tick', $value: null } })],
    ['an unknown event', () => inputOf(null, { $tag: 'Stop', $value: null })],
    ['an event that is no variant', () => inputOf(null, { target: 3 })],
    ['a start without a target', () => inputOf(null, { $tag: 'Start', $value: {} })],
    ['a negative target', () => inputOf(null, { $tag: 'Start', $value: { target: -1 } })],
    ['a target that is text', () => inputOf(null, { $tag: 'Start', $value: { target: '3' } })],
    ['a state of another shape', () => inputOf([1], { $tag: 'Tick', $value: null })],
    ['no input', () => new Uint8Array()],
    ['input cut short', () => inputOf(null, { $tag: 'Tick', $value: null }).subarray(0, -1)],
    ['a byte too many', () => concatBytes(inputOf(null, { $tag: 'Tick' }), Uint8Array.of(0))],
    ['noise', () => new Uint8Array(64).fill(0xff)],
  ])('traps on %s, and throws natively', (_, input) => {
    expect(outcomeOf(script, input())).toBe('module-trap');
    expect(nativeOutcome(input())).toBe('module-trap');
  });

  it('builds to the same module in every process', () => {
    expect(build.ok && toHashText(build.value.hash)).toBe(MODULE_HASH);
  });
});

/** Changes with the engine, the bridge, the library, the bundler or the example, nothing else. */
const MODULE_HASH = 'sha256:634b2050dac2f515cd557e03c53e9ed6de41d475fc5df2fb22bad697b804df81';
