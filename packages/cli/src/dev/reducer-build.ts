/**
 * Modules of an authoring folder from the reducers beside its AIR: AssemblyScript in `reducer/`,
 * TypeScript in `reducer-ts/`, which gets an `air.ts` with the shapes that it is written against.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadAir, type WorldDefinition } from '@aos/air';
import { readAirFolder } from '../air-files.js';
import { findingsError } from '../findings.js';
import { CliError } from '../output.js';

const FOLDERS = ['reducer', 'reducer-ts'] as const;
/** Made for TypeScript reducers, and no reducer. */
const SHAPES = 'air.ts';

/** A reducer's module, and the source that it is made of. */
interface ReducerSource {
  readonly module: string;
  readonly folder: string;
  /** Name of the entry file, without its ending. */
  readonly name: string;
}

/** Compiles every module that has a source here; answers with the names of those that changed. */
export async function buildReducers(dir: string): Promise<readonly string[]> {
  const world = readWorld(dir);
  const built: string[] = [];
  for (const source of sourcesOf(dir, world)) {
    if (await buildReducer(dir, source, world)) built.push(source.module);
  }
  return built;
}

function readWorld(dir: string): WorldDefinition {
  const { documents, wasm } = readAirFolder(dir);
  const loaded = loadAir(documents, wasm);
  if (loaded.ok) return loaded.world;
  throw findingsError(loaded.findings, dir);
}

/** Sources by their name: `demo/CounterSM@1` is made of `counter-sm.ts` or of `counter.ts`. */
function sourcesOf(dir: string, { manifest }: WorldDefinition): readonly ReducerSource[] {
  const modules = manifest.modules
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('sys/'));
  const entries = FOLDERS.flatMap((folder) => entriesOf(join(dir, folder)));
  const [only] = entries;
  return modules.flatMap((module) => {
    const named = entries.find(({ name }) => stemsOf(module).includes(stem(name)));
    const found = named ?? (modules.length === 1 && entries.length === 1 ? only : undefined);
    if (found !== undefined) return [{ ...found, module }];
    if (existsSync(modulePath(dir, module))) return [];
    const expected = `reducer-ts/${stemsOf(module)[0]}.ts`;
    const message = `nothing makes the module ${module}: expected ${expected}`;
    throw new CliError('module-source-missing', `${message}, or modules/${module}.wasm`);
  });
}

function entriesOf(folder: string): readonly Omit<ReducerSource, 'module'>[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => /^[^.]+\.ts$/.test(file) && file !== SHAPES)
    .map((file) => ({ folder, name: file.slice(0, -'.ts'.length) }));
}

const stem = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** What the source of a module may be called, without dashes. */
function stemsOf(module: string): readonly string[] {
  const local = stem(module.replace(/^.*\//, '').replace(/@\d+$/, ''));
  return [local, local.replace(/(?:sm|reducer)$/, '')];
}

const modulePath = (dir: string, module: string): string => join(dir, 'modules', `${module}.wasm`);

/** Answers whether the module is another one than before. */
async function buildReducer(
  dir: string,
  { module, folder, name }: ReducerSource,
  world: WorldDefinition,
): Promise<boolean> {
  const sdk = await import('@aos/reducer-sdk');
  const types = unwrap(sdk.moduleTypes(world, module), module);
  const isScript = folder.endsWith('-ts');
  if (isScript) writeIfNew(join(folder, SHAPES), unwrap(sdk.generateShapes(types), module));
  const built = isScript
    ? await sdk.buildScriptReducerFolder(folder, name)
    : await sdk.buildReducerFolder(folder, name, { types });
  return writeIfNew(modulePath(dir, module), unwrap(built, module).wasm);
}

type Built<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: { code: string; at: string; detail: string } };

function unwrap<T>(result: Built<T>, module: string): T {
  if (result.ok) return result.value;
  const { code, at, detail } = result.refusal;
  throw new CliError(code, `${module}: ${detail}`, at);
}

function writeIfNew(path: string, content: string | Uint8Array): boolean {
  if (existsSync(path) && readFileSync(path).equals(Buffer.from(content))) return false;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return true;
}
