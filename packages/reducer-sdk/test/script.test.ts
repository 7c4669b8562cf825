import { fileURLToPath } from 'node:url';
import { type Encodable, encode, toHex } from '@aos/canon';
import { encodeReducerContext, type ReducerInput } from '@aos/protocol';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildScriptReducerFolder, stepNatively } from '../src/index.js';
import everything from './scripts/everything.js';
import { encodeInput, openReducer, type Reducer } from './stepping.js';

const FOLDER = fileURLToPath(new URL('scripts', import.meta.url));

let baked: Reducer;

beforeAll(async () => {
  baked = openReducer(await buildScriptReducerFolder(FOLDER, 'everything'));
}, 60_000);

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const word = fc.string({ unit: 'grapheme', maxLength: 12 });
const some = fc.oneof(
  fc.constant({ $tag: 'None', $value: null }),
  word.map(($value) => ({ $tag: 'Some', $value })),
);
const mapOf = (key: fc.Arbitrary<Encodable>, value: fc.Arbitrary<Encodable>) =>
  fc
    .array(fc.tuple(key, value), { maxLength: 6 })
    .map((entries) => new Map(entries.map(([k, v]) => [k, v])));

const everyValue = fc.record<Record<string, Encodable>>({
  bool: fc.boolean(),
  bytes: fc.uint8Array({ maxLength: 40 }),
  dec128: fc.constantFrom('0', '-1.5', '1e3'),
  duration: i64,
  hash: fc.constant(`sha256:${'0'.repeat(64)}`),
  int: i64,
  int_number: fc.maxSafeInteger(),
  nat: u64,
  nat_number: fc.maxSafeNat(),
  text: word,
  time: u64,
  unit: fc.constant(null),
  uuid: fc.uuid(),
  option: fc.option(u64),
  list: fc.array(some, { maxLength: 30 }),
  set: fc.uniqueArray(u64),
  by_text: mapOf(word, u64),
  by_nat: mapOf(u64, fc.record({ deep: fc.array(fc.array(fc.boolean())) })),
  by_int: mapOf(i64, word),
  '0digit': fc.option(word),
});

const arm = (tag: string, value: fc.Arbitrary<Encodable>): fc.Arbitrary<Encodable> =>
  value.map(($value) => ({ $tag: tag, $value }));
const nothing = fc.constant(null);
const key = fc.option(fc.uint8Array({ maxLength: 9 }));
const event = fc.oneof(
  arm('Put', everyValue),
  arm('Keep', nothing),
  arm('Delete', nothing),
  arm('Raise', fc.record({ text: word, key, times: fc.nat(4) })),
  arm(
    'Send',
    fc.record<Record<string, Encodable>>({
      to: word,
      body: fc.uint8Array(),
      slot: fc.option(word),
      key,
    }),
  ),
  arm('Annotate', word),
  arm('Tell', nothing),
  arm('Throw', word),
  arm('Total', nothing),
);
const context = encodeReducerContext({
  nowNs: 1_700_000_000_000_000_001n,
  logicalNowNs: 2n ** 62n,
  journalHeight: 7,
  entropy: Uint8Array.from({ length: 64 }, (_, i) => i),
  eventHash: new Uint8Array(32) as never,
  manifestHash: new Uint8Array(32) as never,
  reducer: 'test/Everything@1',
  cellMode: false,
});

function bakedOutcome(input: Uint8Array): string {
  const outcome = baked.call(input);
  return outcome.kind === 'output' ? toHex(outcome.output) : outcome.code;
}

function nativeOutcome(input: Uint8Array): string {
  try {
    return toHex(stepNatively(everything, input));
  } catch {
    return 'module-trap';
  }
}

function stepWith($tag: string, $value: Encodable = null, rest: Partial<ReducerInput> = {}) {
  return encodeInput({ ...(rest as object), event: { $tag, $value } });
}

describe('a reducer in TypeScript', () => {
  it('answers in its module as it does natively', () => {
    const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
    const given = fc.record({
      state: fc.option(everyValue.map((value) => encode(value))),
      ctx: optional(fc.constant(context)),
      key: optional(fc.uint8Array({ maxLength: 9 })),
      event,
    });
    const law = fc.property(given, ({ ctx, key, ...rest }) => {
      const input = encodeInput({ ...rest, ...(ctx && { ctx }), ...(key && { key }) });
      expect(bakedOutcome(input)).toBe(nativeOutcome(input));
    });
    fc.assert(law, { numRuns: 300 });
  });

  it('gives back every value in canonical bytes', () => {
    const law = fc.property(everyValue, (value) => {
      const { state } = baked.step({ event: { $tag: 'Put', $value: value } });
      expect(toHex(state ?? new Uint8Array())).toBe(toHex(encode(value)));
    });
    fc.assert(law, { numRuns: 200 });
  });

  it('keeps a state byte for byte when it returns nothing', () => {
    const state = Uint8Array.of(0xa1, 0x61, 0x78, 0x01);
    expect(bakedOutcome(stepWith('Keep', null, { state }))).toBe('module-trap');
    expect(baked.step({ event: { $tag: 'Keep', $value: null } }).state).toBeNull();
  });

  it('sees the same globals in its module as natively, and puts them back', () => {
    const input = stepWith('Look');
    expect(bakedOutcome(input)).toBe(nativeOutcome(input));
    expect([typeof Date, typeof Math.random, typeof process]).toEqual([
      'function',
      'function',
      'object',
    ]);
  });

  it('starts every call from the state in which it was built', () => {
    const input = stepWith('Raise', { text: 'a', key: null, times: 2 });
    expect(bakedOutcome(input)).toBe(bakedOutcome(input));
  });
});

describe('a reducer in TypeScript that goes wrong', () => {
  it.each<[string, string, Encodable, string]>([
    ['an endless loop', 'Spin', null, 'out-of-fuel'],
    ['a catastrophic regular expression', 'Match', `${'a'.repeat(40)}!`, 'out-of-fuel'],
    ['an error', 'Throw', 'no', 'module-trap'],
    ['too many events', 'Raise', { text: '', key: null, times: 257 }, 'module-trap'],
    ['a context that it does not declare', 'Tell', null, 'module-trap'],
  ])('ends %s in a fault', (_, tag, value, code) => {
    expect(bakedOutcome(stepWith(tag, value))).toBe(code);
    expect(bakedOutcome(stepWith(tag, value))).toBe(code);
  });

  it.each<[string, string, Encodable]>([
    ['an allocation without end', 'Hoard', null],
    ['a recursion that is too deep', 'Recurse', 1_000_000],
  ])('ends %s in a fault', (_, tag, value) => {
    const outcome = bakedOutcome(stepWith(tag, value));
    expect(outcome).toMatch(/^(module-trap|out-of-fuel|stack-overflow)$/);
    expect(bakedOutcome(stepWith(tag, value))).toBe(outcome);
  });

  it('may recurse a hundred deep', () => {
    expect(bakedOutcome(stepWith('Recurse', 100))).toBe(nativeOutcome(stepWith('Recurse', 100)));
  });
});
