/**
 * Compiles the reducers of the example worlds into `modules/`, like make: only what is out of date.
 */
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toHashText } from '@aos/canon';
import { buildReducerFolder } from '@aos/reducer-sdk';
import { exampleFolder } from './rung.js';

interface ModuleRecipe {
  readonly folder: string;
  /** Entry file in `reducer/`, without its ending. */
  readonly reducer: string;
  /** The defmodule it implements. */
  readonly module: string;
}

const recipes: readonly ModuleRecipe[] = [
  { folder: '00-counter', reducer: 'counter', module: 'demo/CounterSM@1' },
];

const sdk = fileURLToPath(new URL('../../../packages/reducer-sdk', import.meta.url));

for (const recipe of recipes) {
  const folder = exampleFolder(recipe.folder);
  const target = join(folder, 'modules', `${recipe.module}.wasm`);
  const sources = join(folder, 'reducer');
  if (isCurrent(target, [sources, join(sdk, 'assembly'), join(sdk, 'dist')])) continue;
  const built = await buildReducerFolder(sources, recipe.reducer);
  if (!built.ok) {
    const { code, at, detail } = built.refusal;
    throw new Error(`${recipe.folder}: ${code} at ${at}: ${detail}`);
  }
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, built.value.wasm);
  process.stdout.write(`${recipe.module}  ${toHashText(built.value.hash)}\n`);
}

function isCurrent(target: string, sources: readonly string[]): boolean {
  const made = statSync(target, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return sources.every((dir) =>
    readdirSync(dir).every((file) => statSync(join(dir, file)).mtimeMs <= made),
  );
}
