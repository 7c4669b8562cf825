/**
 * Generated codecs against the normalizer of the schema: a module that gives back as state what it
 * was given as event must answer with the very bytes that the normalizer makes of the event.
 */
import { type CompiledSchema, compileSchemas, type TypeExpr } from '@aos/air';
import { concatBytes, encode, encodeUntagged, toHex } from '@aos/canon';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { buildReducer } from '../src/index.js';
import { reducerModule, schema } from './definitions.js';
import { BUILD_TIMEOUT_MS, openReducer, type Reducer, stepWith } from './stepping.js';
import { carelessCbor, typeOfDepth, valuesOf } from './typed-values.js';

const ECHO = `
import { Step } from 'air';

export function reduce(step: Step): void {
  step.setState(step.event);
}
`;

const ANY = 'test/Any@1';
const TAG = Uint8Array.of(0xd9, 0xd9, 0xf7);
/** Heads of indefinite length, which the library leaves to the host. */
const INDEFINITE = [0x5f, 0x7f, 0x9f, 0xbf];

interface Echo {
  readonly arms: Readonly<Record<string, TypeExpr>>;
  readonly oracle: CompiledSchema;
  readonly reducer: Reducer;
}

/** One module for many types: each is an arm of its event. */
async function echoOf(types: readonly TypeExpr[]): Promise<Echo> {
  const arms = Object.fromEntries(types.map((type, i) => [`T${i}`, type]));
  const named = types.map((type, i) => schema(`test/T${i}@1`, type));
  const refs = Object.keys(arms).map((tag) => [tag, { ref: `test/${tag}@1` }]);
  const schemas = [...named, schema(ANY, { variant: Object.fromEntries(refs) })];
  const compiled = compileSchemas(schemas);
  if (!compiled.ok) throw new Error(compiled.refusal.detail);
  const module = reducerModule({ reducer: { state: ANY, event: ANY } });
  const build = await buildReducer({ name: 'echo', source: ECHO, types: { module, schemas } });
  const oracle = compiled.value.get(ANY) as CompiledSchema;
  return { arms, oracle, reducer: openReducer(build) };
}

/** The state that a module answered with, in hex, or that it trapped. */
function answer({ reducer }: Echo, event: Uint8Array): string {
  const output = stepWith(reducer, event);
  return output === undefined ? 'trap' : toHex(output.state ?? TAG);
}

function expected({ oracle }: Echo, event: Uint8Array): string {
  const normal = oracle.normalizeCbor(event);
  return normal.ok ? toHex(normal.value) : 'trap';
}

describe.each([
  [11, 0],
  [22, 1],
  [33, 2],
  [44, 3],
])('codecs of random types (seed %i, depth %i)', (seed, depth) => {
  let echo: Echo;

  beforeAll(async () => {
    echo = await echoOf(fc.sample(typeOfDepth(depth), { seed, numRuns: 16 }));
  }, BUILD_TIMEOUT_MS);

  it('write what the normalizer writes, of whatever it takes', () => {
    const value = fc
      .constantFrom(...Object.entries(echo.arms))
      .chain(([tag, type]) => fc.tuple(fc.constant(tag), valuesOf(type)));
    const form = fc.constantFrom('canonical', 'plain', 'long');
    fc.assert(
      fc.property(value, form, fc.infiniteStream(fc.boolean()), ([tag, content], how, flags) => {
        const event = new Map([
          ['$tag', tag],
          ['$value', content],
        ]);
        const isLong = () => how === 'long' && flags.next().value;
        const plain = Uint8Array.from(carelessCbor(event, isLong));
        const bytes = how === 'canonical' ? encode(event) : plain;
        const tagged = concatBytes(TAG, plain);
        expect(answer(echo, bytes)).toBe(expected(echo, bytes));
        expect(answer(echo, tagged)).toBe(expected(echo, tagged));
      }),
      { numRuns: 400, seed },
    );
  });

  it('trap on what the normalizer refuses', () => {
    const value = fc
      .constantFrom(...Object.entries(echo.arms))
      .chain(([tag, type]) => fc.tuple(fc.constant(tag), valuesOf(type)));
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(value, damage, fc.boolean(), ([tag, content], places, cuts) => {
        const event = { $tag: tag, $value: content };
        const bytes = encode(event);
        for (const [place, byte] of places) bytes[place % bytes.length] = byte;
        const damaged = cuts ? bytes.subarray(0, -1) : bytes;
        const found = answer(echo, damaged);
        if (found === 'trap' && damaged.some((byte) => INDEFINITE.includes(byte))) return;
        expect(found).toBe(expected(echo, damaged));
      }),
      { numRuns: 1000, seed },
    );
  });
});

test('a record of 130 fields is read in any order, and each field once', async () => {
  const names = Array.from({ length: 130 }, (_, i) => `field${i}`);
  const isOption = (i: number) => i % 3 === 1;
  const fields = names.map((name, i): [string, TypeExpr] => {
    return [name, isOption(i) ? { option: { nat: {} } } : { nat: {} }];
  });
  const echo = await echoOf([{ record: Object.fromEntries(fields) }]);
  const entries = names.map((name, i): [string, number] => [name, i]);
  const eventOf = (content: readonly [string, number][]) => {
    const record = content.flatMap(([name, i]) => [...encodeUntagged(name), ...encodeUntagged(i)]);
    const head = [0xb8, content.length];
    return concatBytes(
      encodeUntagged({ $tag: 'T0', $value: 0 }).slice(0, -1),
      Uint8Array.from([...head, ...record]),
    );
  };
  const turned = entries.toReversed();
  for (const event of [
    eventOf(entries),
    eventOf(turned),
    eventOf(turned.filter((_, i) => !isOption(129 - i))),
  ]) {
    expect(answer(echo, event)).not.toBe('trap');
    expect(answer(echo, event)).toBe(expected(echo, event));
  }
  for (const i of [0, 63, 65, 129]) {
    expect(answer(echo, eventOf(turned.filter((_, at) => at !== 129 - i)))).toBe('trap');
    const again = [...entries, [`field${i}`, i] as [string, number]];
    expect(answer(echo, eventOf(again))).toBe('trap');
  }
});
