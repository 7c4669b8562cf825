/**
 * The counter in other languages: modules that know nothing of the SDK answer with the same bytes.
 * A language whose compiler is not installed is left out, and the name of its group says so.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concatBytes, type Encodable, encode, encodeUntagged, toHex } from '@aos/canon';
import { encodeReducerInput } from '@aos/protocol';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildReducerFolder } from '../src/index.js';
import { EXAMPLES, exampleTypes } from './definitions.js';
import {
  BUILD_TIMEOUT_MS,
  encodeInput,
  openModule,
  openReducer,
  type Reducer,
  SCHEMA,
} from './stepping.js';

const COUNTER = `${EXAMPLES}/00-counter`;
/** What a build script ends with when its compiler is not there. */
const NO_COMPILER = 127;

/** The module that an example's build script makes; undefined without its compiler. */
function compileExample(folder: string): Uint8Array | undefined {
  const scratch = mkdtempSync(join(tmpdir(), 'aos-languages-'));
  try {
    const target = join(scratch, 'counter.wasm');
    const run = spawnSync('sh', [`${COUNTER}/${folder}/build.sh`, target], { encoding: 'utf8' });
    if (run.status === NO_COMPILER) return undefined;
    if (run.status !== 0) throw new Error(run.stderr);
    return readFileSync(target);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

const languages = [
  { language: 'C', wasm: compileExample('reducer-c') },
  { language: 'Rust', wasm: compileExample('reducer-rust') },
];

const tick = { $tag: 'Tick', $value: null };
const start = (target: Encodable) => ({ $tag: 'Start', $value: { target } });
const stateOf = (pc: string, remaining: Encodable) => ({
  pc: { $tag: pc, $value: null },
  remaining,
});

/** What a module answered with, in hex, or the code of its fault. */
function answer(reducer: Reducer, input: Uint8Array): string {
  const outcome = reducer.call(input);
  return outcome.kind === 'output' ? toHex(outcome.output) : outcome.code;
}

const nat = fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 300n), fc.constant(2n ** 32n));
const inputs = fc
  .record({
    state: fc.option(
      fc.tuple(fc.constantFrom('Idle', 'Counting', 'Done'), nat).map((args) => stateOf(...args)),
    ),
    event: fc.oneof(fc.constant(tick), nat.map(start)),
    isTagged: fc.boolean(),
    key: fc.option(fc.uint8Array({ maxLength: 8 }), { nil: undefined }),
  })
  .map(({ state, event, isTagged, key }) => {
    const write = isTagged ? encode : encodeUntagged;
    const routed = { schema: SCHEMA, value: write(event), ...(key && { key }) };
    const input = { version: 1, state: state && write(state), event: routed };
    return encodeReducerInput(input);
  });

const TAG = Uint8Array.of(0xd9, 0xd9, 0xf7);
const counting = encode(stateOf('Counting', 3));
const strange: [string, Uint8Array][] = [
  ['a tagged envelope', concatBytes(TAG, encodeInput({ state: counting, event: tick }))],
  [
    'another order',
    encode({ event: { value: encode(tick), schema: SCHEMA }, state: counting, version: 1 }),
  ],
  ['another version', encodeInput({ version: 2, event: tick })],
  ['an unknown event', encodeInput({ event: { $tag: 'Stop', $value: null } })],
  ['an event that is no variant', encodeInput({ event: { target: 3 } })],
  ['a start without a target', encodeInput({ event: { $tag: 'Start', $value: {} } })],
  ['a negative target', encodeInput({ event: start(-1) })],
  ['a target that is text', encodeInput({ event: start('3') })],
  ['a state of another shape', encodeInput({ state: encode([1]), event: tick })],
  ['an unknown phase', encodeInput({ state: encode(stateOf('Paused', 1)), event: tick })],
  ['a state cut short', encodeInput({ state: counting.subarray(0, -1), event: tick })],
  ['no input', new Uint8Array()],
  ['input cut short', encodeInput({ event: tick }).subarray(0, -1)],
  ['a byte too many', concatBytes(encodeInput({ event: tick }), Uint8Array.of(0))],
  ['input that is no map', encode('input')],
  ['noise', new Uint8Array(64).fill(0xff)],
];

let reference: Reducer;

beforeAll(async () => {
  const types = exampleTypes('00-counter', 'demo/CounterSM@1');
  reference = openReducer(await buildReducerFolder(`${COUNTER}/reducer`, 'counter', { types }));
}, BUILD_TIMEOUT_MS);

describe.each(languages)('the counter in $language', ({ language, wasm }) => {
  if (wasm === undefined) {
    it(`is not tried: there is no compiler for ${language} here`, () => {});
    return;
  }
  const reducer = openModule(wasm);

  it('answers with the same bytes as the one in AssemblyScript', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        expect(answer(reducer, input)).toBe(answer(reference, input));
      }),
      { numRuns: 300 },
    );
  });

  it.each(strange)('answers the same to %s', (_, input) => {
    expect(answer(reducer, input)).toBe(answer(reference, input));
  });
});

describe('the module that is kept for machines without clang', () => {
  const version = spawnSync('sh', [`${COUNTER}/reducer-c/build.sh`], { encoding: 'utf8' }).stdout;
  const [{ wasm } = {}] = languages;

  it.runIf(version.includes('clang version 14.0.6'))('is what the source compiles to', () => {
    const kept = readFileSync(`${COUNTER}/reducer-c/counter.wasm`);
    expect(toHex(wasm ?? TAG)).toBe(toHex(kept));
  });
});

describe('a module of the shape that the original makes', () => {
  const wasm = languages.find(({ language }) => language === 'Rust')?.wasm;

  it.runIf(wasm)('returns by a result pointer, on a stack of 16 pages', () => {
    const { Module, Instance } = Reflect.get(globalThis, 'WebAssembly');
    const { step, memory } = new Instance(new Module(wasm)).exports;
    expect(step).toHaveLength(3);
    expect(memory.buffer.byteLength).toBe(17 * 65_536);
  });
});
