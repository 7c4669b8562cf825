/**
 * Compiles the reducers of an example into `modules/`: AssemblyScript in `reducer/`, TypeScript in
 * `reducer-ts/`, where `air.ts` with the shapes that it is written against is made as well.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { loadAir } from '@aos/air';
import { type Result, toHashText } from '@aos/canon';
import { readAuthoringFolder } from '@aos/host';
import {
  buildReducerFolder,
  buildScriptReducerFolder,
  generateShapes,
  type ModuleTypes,
  moduleTypes,
} from '@aos/reducer-sdk';
import { exampleFolder, sdkFolder } from '../places.js';
import type { Print } from './print.js';
import type { Authored } from './rung.js';

export interface BuildOptions {
  /** Compiles what is up to date as well. */
  readonly force?: boolean;
}

/** Says the name and hash of every module that it compiled. */
export async function buildModules(
  { folder, modules }: Authored,
  print: Print,
  { force = false }: BuildOptions = {},
): Promise<void> {
  for (const [module, source] of Object.entries(modules)) {
    const root = exampleFolder(folder);
    const target = join(root, 'modules', `${module}.wasm`);
    const sources = join(root, dirname(source));
    if (!force && isCurrent(target, [sources, join(root, 'air'), ...SDK])) continue;
    const types = orThrow(typesOf(root, module), module);
    const { wasm, hash } = orThrow(await compile(join(root, source), types), module);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(`${target}.${process.pid}`, wasm);
    renameSync(`${target}.${process.pid}`, target);
    print(`${module}  ${toHashText(hash)}`);
  }
}

function compile(source: string, types: ModuleTypes) {
  const [folder, name] = [dirname(source), source.slice(dirname(source).length + 1)];
  if (!folder.endsWith('-ts')) return buildReducerFolder(folder, name, { types });
  writeIfNew(join(folder, 'air.ts'), orThrow(generateShapes(types), source));
  return buildScriptReducerFolder(folder, name);
}

/** The shapes that the TypeScript of a module is written against. */
export function shapesOf(folder: string, module: string): string {
  return orThrow(generateShapes(orThrow(typesOf(exampleFolder(folder), module), module)), module);
}

/** What a reducer is written against: the definitions in `air/`. */
function typesOf(root: string, module: string): Result<ModuleTypes> {
  const loaded = loadAir(readAuthoringFolder(root).documents);
  if (loaded.ok) return moduleTypes(loaded.world, module);
  const errors = loaded.findings.filter(({ severity }) => severity === 'error');
  throw new Error(errors.map(({ path, message }) => `${path}: ${message}`).join('\n'));
}

function orThrow<T>(result: Result<T>, about: string): T {
  if (result.ok) return result.value;
  const { code, at, detail } = result.refusal;
  throw new Error(`${about}: ${code} at ${at}: ${detail}`);
}

function writeIfNew(path: string, text: string): void {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}

const SDK = ['assembly', 'bridge', 'dist'].map(sdkFolder);

function isCurrent(target: string, sources: readonly string[]): boolean {
  const made = statSync(target, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return sources.every((dir) =>
    readdirSync(dir).every((file) => statSync(join(dir, file)).mtimeMs <= made),
  );
}
