/** What docs/testing.md shows is what runs. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');

const SHOWN = ['shop.ts', 'shop.test.ts', 'reducer/stock.ts', 'stock-world.ts', 'stock.test.ts'];

test('docs/testing.md shows worlds and their tests as they are', () => {
  const blocks = read('../../../../docs/testing.md').matchAll(/^```ts\n(.*?)^```$/gms);
  expect([...blocks].map(([, code]) => code)).toEqual(SHOWN.map(read));
});
