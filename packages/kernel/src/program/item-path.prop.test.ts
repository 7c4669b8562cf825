import { bytesEqual, encode, encodeUntagged, type Value } from '@aos/canon';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemAt, itemPathOf } from './item-path.js';

const leaf = fc.oneof(
  fc.integer(),
  fc.bigInt({ min: -(1n << 63n), max: (1n << 64n) - 1n }),
  fc.string({ maxLength: 30 }),
  fc.constantFrom(0, 23, 24, 255, 256, 65_535, 65_536).map((size) => new Uint8Array(size)),
  fc.constantFrom<Value>(null, true, false),
);
const tree = fc.letrec<{ node: Value }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    leaf as fc.Arbitrary<Value>,
    fc.array(tie('node'), { maxLength: 5 }),
    fc.dictionary(fc.string({ maxLength: 30 }), tie('node'), { maxKeys: 5 }).map((fields) => {
      return new Map(Object.entries(fields)) as Value;
    }),
  ),
})).node;

/** Every path through maps from here, with what is at its end. */
function pathsOf(value: Value, path: readonly string[] = []): [readonly string[], Value][] {
  const inner = value instanceof Map ? [...(value as ReadonlyMap<string, Value>)] : [];
  return [[path, value], ...inner.flatMap(([key, each]) => pathsOf(each, [...path, key]))];
}

describe('an item path', () => {
  it('finds in canonical bytes what stands there in the value', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const document = encode(value);
        for (const [path, found] of pathsOf(value).slice(0, 20)) {
          expect(bytesEqual(itemAt(document, itemPathOf(path)), encodeUntagged(found))).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('that leads nowhere is a defect, for a schema has promised it', () => {
    const document = encode({ a: 1 });
    expect(() => itemAt(document, itemPathOf(['b']))).toThrow('a path of the schema');
    expect(() => itemAt(document, itemPathOf(['a', 'b']))).toThrow('a path leads through maps');
  });
});
