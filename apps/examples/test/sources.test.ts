import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { World } from '@aos/air/author';
import { readAuthoringFolder } from '@aos/host';
import { expect, test } from 'vitest';
import { ladder } from '../src/ladder.js';
import { exampleFolder } from '../src/places.js';
import { shapesOf } from '../src/runner/modules.js';
import { authoredOf } from '../src/runner/rung.js';

/** Writes what is generated instead of comparing it. */
const isWriting = process.env.AOS_WRITE_VECTORS === '1';

function expectFile(path: string, text: string): void {
  if (isWriting) writeFileSync(path, text);
  expect(readFileSync(path, 'utf8')).toBe(text);
}

const sourceOf = (folder: string) => join(exampleFolder(folder), 'world.mjs');
const parts = ladder.flatMap(authoredOf);
const authored = parts.filter(({ folder }) => existsSync(sourceOf(folder)));
const scripts = parts.flatMap(({ folder, modules }) =>
  Object.entries(modules)
    .filter(([, code]) => code.startsWith('reducer-ts/'))
    .map(([module, code]) => ({ folder, module, code })),
);

test('every example has its rung', () => {
  const folders = readdirSync(exampleFolder('')).filter((name) => /^\d/.test(name));
  expect(ladder.map(({ folder }) => folder)).toEqual(folders.sort());
});

test.each(authored)('$folder has in air/ what world.mjs makes', async ({ folder }) => {
  const { default: world } = (await import(sourceOf(folder))) as { default: World };
  const made = world.toAir();
  const root = exampleFolder(folder);
  for (const { path, text } of made) expectFile(join(root, 'air', path), text);
  const found = readAuthoringFolder(root).documents.map(({ path }) => path);
  expect(found).toEqual(made.map(({ path }) => `air/${path}`));
});

test.each(scripts)('$module is written against its AIR', ({ folder, module, code }) => {
  const air = join(exampleFolder(folder), dirname(code), 'air.ts');
  expectFile(air, shapesOf(folder, module));
});
