import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '@aos/air/author';
import { readAuthoringFolder } from '@aos/host';
import { describe, expect, test } from 'vitest';
import { ladder } from '../src/ladder.js';
import { exampleFolder } from '../src/places.js';
import { shapesOf } from '../src/runner/modules.js';

/** Writes what is generated instead of comparing it. */
const isWriting = process.env.AOS_WRITE_VECTORS === '1';

function expectFile(path: string, text: string): void {
  if (isWriting) writeFileSync(path, text);
  expect(readFileSync(path, 'utf8')).toBe(text);
}

describe.each(ladder)('$folder', ({ folder, modules }) => {
  const root = exampleFolder(folder);
  const source = join(root, 'world.mjs');

  test.runIf(existsSync(source))('has in air/ what world.mjs makes', async () => {
    const { default: world } = (await import(source)) as { default: World };
    const made = world.toAir();
    for (const { path, text } of made) expectFile(join(root, 'air', path), text);
    const found = readAuthoringFolder(root).documents.map(({ path }) => path);
    expect(found).toEqual(made.map(({ path }) => `air/${path}`));
  });

  test.each(Object.entries(modules))('%s is written against its AIR', (module, code) => {
    const air = join(root, code, '..', 'air.ts');
    if (code.startsWith('reducer-ts/')) expectFile(air, shapesOf(folder, module));
  });
});
