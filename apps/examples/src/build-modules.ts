/** Compiles the reducers of the example worlds into `modules/`, as far as they are out of date. */
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadAir } from '@aos/air';
import { toHashText } from '@aos/canon';
import { readAuthoringFolder } from '@aos/host';
import { buildReducerFolder, type ModuleTypes, moduleTypes } from '@aos/reducer-sdk';
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
  const inputs = [sources, join(folder, 'air'), join(sdk, 'assembly'), join(sdk, 'dist')];
  if (isCurrent(target, inputs)) continue;
  const types = typesOf(folder, recipe.module);
  const built = await buildReducerFolder(sources, recipe.reducer, { types });
  if (!built.ok) {
    const { code, at, detail } = built.refusal;
    throw new Error(`${recipe.folder}: ${code} at ${at}: ${detail}`);
  }
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, built.value.wasm);
  process.stdout.write(`${recipe.module}  ${toHashText(built.value.hash)}\n`);
}

/** What the reducer is written against: the definitions in `air/`. */
function typesOf(folder: string, module: string): ModuleTypes {
  const loaded = loadAir(readAuthoringFolder(folder).documents);
  const types = loaded.ok ? moduleTypes(loaded.world, module) : loaded;
  if (!loaded.ok || !('value' in types)) {
    throw new Error(`no types of ${module} in ${folder}: ${JSON.stringify(types)}`);
  }
  return types.value;
}

function isCurrent(target: string, sources: readonly string[]): boolean {
  const made = statSync(target, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return sources.every((dir) =>
    readdirSync(dir).every((file) => statSync(join(dir, file)).mtimeMs <= made),
  );
}
