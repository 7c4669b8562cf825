import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readMembers } from './members.mjs';
import { firstExample } from './readme-examples.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = readMembers(root).filter(({ dir }) => dir.startsWith('packages/'));

describe('the first example of a README', () => {
  it.each(packages.map(({ dir, name }) => [name, join(root, dir, 'README.md')]))(
    'of %s asserts something and runs',
    async (name, readme) => {
      expect(existsSync(readme)).toBe(true);
      const example = firstExample(readFileSync(readme, 'utf8'));
      expect(example).toMatch(/from 'node:assert\/strict'/);
      expect(example?.match(/\bassert\b/g)?.length).toBeGreaterThan(1);
      await import(/* @vite-ignore */ `readme-example:${name}`);
    },
  );
});
