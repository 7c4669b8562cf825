import { compileSchemas, type DefSchema } from '@aos/air';
import { encode, toHex } from '@aos/canon';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOfName, nameOfKey } from './key-names.js';

const TYPES = { text: { text: {} }, int: { int: {} }, pair: { list: { text: {} } } };
const compiled = compileSchemas(
  Object.entries(TYPES).map(([name, type]) => {
    return { $kind: 'defschema', name: `t/${name}@1`, type } as DefSchema;
  }),
);
const schemaOf = (name: keyof typeof TYPES) => {
  const schema = compiled.ok ? compiled.value.get(`t/${name}@1`) : undefined;
  if (schema === undefined) throw new Error(name);
  return schema;
};

test('every key has one name, which leads to it and goes between slashes', () => {
  const keys = fc.oneof(
    fc.string({ unit: 'binary' }).map((value) => ['text', value] as const),
    fc.constantFrom('..', '.', '', '~', '%41', '7', '-1').map((value) => ['text', value] as const),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ['int', value] as const),
    fc.array(fc.string()).map((value) => ['pair', value] as const),
  );
  fc.assert(
    fc.property(keys, ([type, value]) => {
      const key = encode(value);
      const name = nameOfKey(key);
      expect(name).toMatch(/^[A-Za-z0-9_.%~-]*$/);
      expect(['.', '..']).not.toContain(name);
      const found = keyOfName(name, schemaOf(type));
      expect(found && toHex(found)).toBe(toHex(key));
    }),
  );
});

test('what is no name of a key leads nowhere', () => {
  for (const name of ['%4', 'a%41', '%2E', 'é', '~zz']) {
    expect(keyOfName(name, schemaOf('text'))).toBeUndefined();
  }
  for (const name of ['x', '007', '1.5']) expect(keyOfName(name, schemaOf('int'))).toBeUndefined();
});
