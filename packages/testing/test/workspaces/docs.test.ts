/** What docs/workspaces.md shows is what runs. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');

test('docs/workspaces.md shows a world and its test as they are', () => {
  const blocks = read('../../../../docs/workspaces.md').matchAll(/^```ts\n(.*?)^```$/gms);
  const files = ['skills-world.ts', 'skills.test.ts'].map(read);
  expect([...blocks].map(([, code]) => code)).toEqual(files);
});
