import { compileSchemas, type TypeExpr } from '@aos/air';
import { toHex } from '@aos/canon';
import { expect, test } from 'vitest';
import { TypeHasher } from './type-hash.js';

const text: TypeExpr = { text: {} };
const nat: TypeExpr = { nat: {} };

/** Hash of the last of these types; the ones before are `t/T0@1`, `t/T1@1` and so on. */
function hashOf(...types: TypeExpr[]): string {
  const schemas = types.map(
    (type, i) => ({ $kind: 'defschema', name: `t/T${i}@1`, type }) as const,
  );
  const compiled = compileSchemas(schemas);
  const schema = compiled.ok ? compiled.value.get(`t/T${types.length - 1}@1`) : undefined;
  if (schema === undefined) throw new Error(JSON.stringify(compiled));
  return toHex(new TypeHasher().hashOf(schema.type));
}

test.each<[string, TypeExpr[], TypeExpr[]]>([
  ['a reference is its target', [text, { ref: 't/T0@1' }], [text]],
  [
    'the order of fields does not count',
    [{ record: { a: text, b: nat } }],
    [{ record: { b: nat, a: text } }],
  ],
  [
    'shared parts count by what they are',
    [text, { record: { a: { ref: 't/T0@1' }, b: text } }],
    [{ record: { a: text, b: text } }],
  ],
])('%s', (_rule, one, other) => {
  expect(hashOf(...one)).toBe(hashOf(...other));
});

test('types that accept different values have different hashes', () => {
  const types: TypeExpr[] = [
    text,
    nat,
    { option: text },
    { list: text },
    { set: text },
    { map: { key: text, value: nat } },
    { map: { key: nat, value: nat } },
    { record: { a: text } },
    { record: { b: text } },
    { record: { a: text, b: text } },
    { variant: { a: text } },
    { variant: { a: nat } },
    { list: { list: text } },
  ] as TypeExpr[];
  expect(new Set(types.map((type) => hashOf(type))).size).toBe(types.length);
});

test('the hash of a type depends on the whole of what it refers to', () => {
  const of = (inner: TypeExpr) => hashOf(inner, { list: { ref: 't/T0@1' } }, { ref: 't/T1@1' });
  expect(of(text)).not.toBe(of(nat));
});
