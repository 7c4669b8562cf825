/** What docs/adapters.md shows is what runs. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');

test('docs/adapters.md shows the adapter, its test and its world as they are', () => {
  const blocks = read('../../../../docs/adapters.md').matchAll(/^```ts\n(.*?)^```$/gms);
  const files = ['note-adapter.ts', 'note-adapter.test.ts', 'note-world.ts'].map(read);
  expect([...blocks].map(([, code]) => code)).toEqual(files);
});
