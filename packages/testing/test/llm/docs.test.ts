/** What docs/llm.md shows is what runs. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { llm } from './providers.js';
import './scripted.js';

const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
const page = read('../../../../docs/llm.md');

test('docs/llm.md shows providers, plans and scripts as they are', async () => {
  const blocks = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);
  expect(blocks).toEqual([read('providers.ts'), blocks[1], read('scripted.ts')]);
  expect(read('agent-world.ts')).toContain(blocks[1]);
  await llm.close();
});
