/** From a reducer in TypeScript to the module that a world runs. */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve, sep } from 'node:path';
import { type Refusal, type Result, sha256 } from '@aos/canon';
import type { BuildResult } from './build.js';
import { bundleScript } from './engine/bundle.js';
import { openEngine, type ScriptEntry } from './engine/engine.js';
import { evaluateScript } from './engine/evaluate.js';
import { EXPORTS_FILE, gatherSources, type ReducerSources } from './sources.js';

export type ScriptSources = ReducerSources & {
  /** `run` for a pure module, which exports `definePure(…)`; a reducer unless told. */
  readonly entry?: ScriptEntry;
  /** Where imports of packages are looked up; without it there are none. */
  readonly packagesFolder?: string;
};

/**
 * Bundles and evaluates a reducer whose entry file `<name>.ts` exports `defineReducer(…)` as its
 * default. The same sources give the same bytes in every process. Codes: `reducer-source` (names of
 * files), `reducer-compile` (`at` is `file:line:column`), `script-throws`, `script-endless` and
 * `script-traps` (evaluating the top level).
 */
export async function buildScriptReducer(sources: ScriptSources): Promise<BuildResult> {
  const module = await moduleOf(sources);
  if (!module.ok) return failed(module.refusal);
  const value = { wasm: module.value, hash: sha256(module.value), compiler: compilerOf() };
  return { ok: true, value, diagnostics: [] };
}

/** {@link buildScriptReducer} over all sources in and below `folder`, and packages from there. */
export async function buildScriptReducerFolder(
  folder: string,
  name: string,
  entry: ScriptEntry = 'step',
): Promise<BuildResult> {
  const found = await readdir(folder, { recursive: true });
  const paths = found.filter(isSource).sort();
  const texts = await Promise.all(paths.map((path) => readFile(join(folder, path), 'utf8')));
  const files = paths.map((path, i) => [path.split(sep).join('/'), texts[i] ?? ''] as const);
  const packagesFolder = resolve(folder);
  return buildScriptReducer({ name, files: Object.fromEntries(files), packagesFolder, entry });
}

/** Tests stand beside the code and are no part of it. */
function isSource(path: string): boolean {
  return path.endsWith('.ts') && !path.endsWith('.d.ts') && !path.endsWith('.test.ts');
}

async function moduleOf(sources: ScriptSources): Promise<Result<Uint8Array>> {
  const gathered = gatherSources(sources);
  if (!gathered.ok) return gathered;
  const files = new Map(gathered.value);
  files.delete(EXPORTS_FILE);
  const { name, packagesFolder, entry = 'step' } = sources;
  const given = { name, files, entry, ...(packagesFolder && { packagesFolder }) };
  const [script, engine] = await Promise.all([bundleScript(given), openEngine()]);
  return script.ok ? evaluateScript(engine, script.value, entry) : script;
}

function failed(refusal: Refusal): BuildResult {
  return { ok: false, refusal, diagnostics: [], compiler: compilerOf() };
}

/** What decides the bytes beside the sources. */
function compilerOf(): string {
  const require = createRequire(import.meta.url);
  const versions = ['esbuild', 'quickjs-wasi'].map((name) => {
    const { version } = require(`${name}/package.json`) as { version: string };
    return `${name} ${version}`;
  });
  return versions.join(', ');
}
