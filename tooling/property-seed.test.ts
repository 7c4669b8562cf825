import { describe, expect, test } from 'vitest';
import { propertySeed, seedOf } from './property-seed.mjs';

describe('the seed of properties', () => {
  test('is fixed unless asked otherwise', () => {
    expect(seedOf(undefined)).toBe(20_251);
    expect(seedOf('17')).toBe(17);
    expect(seedOf('random')).toBeUndefined();
    expect(() => seedOf('x')).toThrow('AOS_PROPERTY_SEED=x');
  });

  test('is given to what test files import as fc, and to nothing else', () => {
    const { transform } = propertySeed('17') as { transform(code: string, id: string): unknown };
    const code = "import fc from 'fast-check';\n";
    expect(transform(code, 'a.test.ts')).toMatchObject({
      code: expect.stringContaining('seed: 17'),
    });
    expect(transform(code, 'a.ts')).toBeUndefined();
    expect(transform("import fs from 'node:fs';\n", 'a.test.ts')).toBeUndefined();
  });
});
