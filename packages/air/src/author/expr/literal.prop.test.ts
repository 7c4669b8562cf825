import { type Encodable, encode, ok, type Result, toHex } from '@aos/canon';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseExprOrValue } from '../../expr/slot.js';
import type { CompiledSchema } from '../../values/schema.js';
import { compileSchemas } from '../../world/compile.js';
import { type AnyType, schema, schemaDefinition, t } from '../types.js';
import { slotOf, taggedLiteral } from './literal.js';

interface Sample {
  readonly type: AnyType;
  readonly input: unknown;
  /** The same as data: what is encoded without any JSON between. */
  readonly data: Encodable;
}

const of = <T extends Encodable>(type: AnyType, input: fc.Arbitrary<T>): fc.Arbitrary<Sample> =>
  input.map((each) => ({ type, input: each, data: each }));

const word = fc.oneof(
  fc.constantFrom('text', 'nat', 'record', 'tag', 'value', 'op', 'args', '__proto__', 'alias'),
  fc.string({ unit: 'binary', maxLength: 6 }),
);

const scalar: fc.Arbitrary<Sample> = fc.oneof(
  of(t.bool, fc.boolean()),
  of(t.int, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  of(t.nat, fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat())),
  of(t.time, fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })),
  of(t.duration, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  of(t.dec128, fc.constantFrom('0', '1.50', '-3e2', '12345678901234567890')),
  of(t.bytes, fc.uint8Array({ maxLength: 5 })),
  of(t.text, word),
  of(t.uuid, fc.constant('00000000-0000-4000-8000-000000000001')),
  of(t.hash, fc.constant(`sha256:${'ab'.repeat(32)}`)),
  of(t.unit, fc.constant(null)),
);

const { sample } = fc.letrec<{ sample: Sample }>((tie) => ({
  sample: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.dictionary(word, tie('sample'), { maxKeys: 3 }).map((fields) => ({
      type: t.record(pick(fields, 'type') as never) as AnyType,
      input: pick(fields, 'input'),
      data: new Map(Object.entries(fields).map(([name, { data }]) => [name, data])),
    })),
    fc
      .tuple(
        word.filter((tag) => tag !== '$tag' && tag !== 'Other'),
        tie('sample'),
      )
      .map(([tag, { type, input, data }]) => ({
        type: t.variant(own({ [tag]: type, Other: t.unit }) as never) as AnyType,
        input: own({ [tag]: input }),
        data: new Map<Encodable, Encodable>([
          ['$tag', tag],
          ['$value', data],
        ]),
      })),
    fc
      .tuple(fc.constantFrom(t.list, t.set), tie('sample'))
      .map(([make, { type, input, data }]) => ({
        type: make(type) as AnyType,
        input: [input],
        data: [data],
      })),
    fc.tuple(tie('sample'), fc.boolean()).map(([{ type, input, data }, isThere]) => ({
      type: t.option(type) as AnyType,
      input: isThere ? input : null,
      data: isThere ? data : null,
    })),
    fc.tuple(fc.oneof(of(t.text, word), of(t.nat, fc.nat())), tie('sample')).map(([key, item]) => ({
      type: t.map(key.type, item.type) as AnyType,
      input: new Map([[key.input, item.input]]),
      data: new Map([[key.data, item.data]]),
    })),
  ),
}));

function pick(fields: { readonly [name: string]: Sample }, part: keyof Sample): object {
  return own(Object.fromEntries(Object.entries(fields).map(([name, each]) => [name, each[part]])));
}

/** Without a prototype, so that every text can be a field. */
const own = (fields: object): object => Object.assign(Object.create(null), fields);

test('what is written in a slot or a grant means what it says', () => {
  fc.assert(
    fc.property(sample, ({ type, input, data }) => {
      const named = schema('demo/Sample@1', type);
      const compiled = compileSchemas([schemaDefinition(named)]);
      if (!compiled.ok) return;
      const target = compiled.value.get('demo/Sample@1') as CompiledSchema;
      const expected = hexOf(target.normalizeCbor(encode(data)));
      const slot = parseExprOrValue(slotOf(type, input, '').json, target);
      expect(slot.ok && slot.value.kind === 'value' && hexOf(ok(slot.value.bytes))).toBe(expected);
      expect(hexOf(target.normalizeJson(taggedLiteral(type, input, '')))).toBe(expected);
    }),
    { numRuns: 500 },
  );
});

function hexOf(bytes: Result<Uint8Array | undefined>): string {
  return bytes.ok ? toHex(bytes.value as Uint8Array) : `${bytes.refusal.code} ${bytes.refusal.at}`;
}
