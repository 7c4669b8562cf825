/**
 * One script from an author's files and the packages they import.
 *
 * 1. Only the given files, the library, and packages below the given folder can be imported.
 * 2. The same files give the same script: options are fixed, and no path is part of it.
 */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, ok, type Result, refuse } from '@aos/canon';
import type { BuildFailure, Message, Plugin } from 'esbuild';
import type { ScriptEntry } from './engine.js';

export interface ScriptFiles {
  readonly name: string;
  /** By relative path; the entry is `<name>.ts`. */
  readonly files: ReadonlyMap<string, string>;
  readonly entry: ScriptEntry;
  /** Where imports of packages are looked up; without it there are none. */
  readonly packagesFolder?: string;
}

const GIVEN = 'given';

/**
 * The library is bundled from its sources wherever this runs, so that the same reducer has the same
 * bytes: from this file in `src`, or from the package's code in `dist`.
 */
function libraryFile(name: string): string {
  const places = [`../script/${name}.ts`, `../src/script/${name}.ts`].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  const found = places.find((place) => existsSync(place));
  assert(found, `the library has ${name}`);
  return found;
}

/** An expression that evaluates to what the bridge is opened with. Code: `reducer-compile`. */
export async function bundleScript(sources: ScriptFiles): Promise<Result<string>> {
  const { build } = await import('esbuild');
  try {
    const result = await build({
      stdin: { contents: entryOf(sources), resolveDir: '/', sourcefile: 'reducer-entry.ts' },
      plugins: [filesOnly(sources)],
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'reducer',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      conditions: ['import', 'default'],
      target: 'es2023',
      minifyWhitespace: true,
      minifySyntax: true,
      legalComments: 'none',
      logLevel: 'silent',
      tsconfigRaw: '{}',
    });
    const text = result.outputFiles[0]?.text ?? '';
    return ok(`(()=>{${text};return reducer.default})()`);
  } catch (error) {
    return refusalOf((error as BuildFailure).errors?.[0], error);
  }
}

/** The ambient goes before the author's code is evaluated, which is in the order of imports. */
function entryOf({ name, entry }: ScriptFiles): string {
  const install = entry === 'run' ? 'installPure' : 'installReducer';
  return `import 'aos:ambient';
import { ${install} as install } from 'aos:install';
import entry from './${name}.ts';
export default install(entry);
`;
}

function refusalOf(message: Message | undefined, error: unknown): Result<never> {
  if (!message) throw error;
  const { location, text } = message;
  const at = location
    ? `${location.file.replace(/^given:/, '')}:${location.line}:${location.column + 1}`
    : '';
  return refuse('reducer-compile', at, text);
}

/** Resolves every import; what is not listed here does not exist. */
function filesOnly({ files, packagesFolder }: ScriptFiles): Plugin {
  return {
    name: 'files-only',
    setup(build) {
      build.onResolve({ filter: /^aos:(ambient|install)$/ }, ({ path }) => ({
        path: libraryFile(path === 'aos:install' ? 'install' : 'ambient-removed'),
        sideEffects: true,
      }));
      build.onResolve({ filter: /^@aos\/reducer-sdk\/script$/ }, () => ({
        path: libraryFile('index'),
      }));
      build.onResolve({ filter: /^\.\.?\// }, ({ path, importer, namespace, resolveDir }) => {
        if (namespace === 'file' && resolveDir !== '/') return undefined;
        const found = findFile(files, namespace === GIVEN ? dirname(importer) : '.', path);
        return found === undefined ? missing(path) : { path: found, namespace: GIVEN };
      });
      build.onResolve({ filter: /.*/ }, async ({ path, kind, namespace, pluginData }) => {
        if (namespace === 'file' || pluginData === GIVEN) return undefined;
        if (packagesFolder === undefined) return missing(path);
        return build.resolve(path, { kind, resolveDir: packagesFolder, pluginData: GIVEN });
      });
      build.onLoad({ filter: /.*/, namespace: GIVEN }, ({ path }) => ({
        contents: files.get(path) ?? '',
        loader: 'ts',
      }));
    },
  };
}

function missing(path: string) {
  return { errors: [{ text: `nothing to import as ${path}` }] };
}

/** `./a` and `./a.js` mean the file `a.ts`, as in TypeScript. */
function findFile(
  files: ReadonlyMap<string, string>,
  folder: string,
  path: string,
): string | undefined {
  const parts: string[] = folder === '.' ? [] : folder.split('/');
  for (const part of path.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== '.') parts.push(part);
  }
  const name = parts.join('/');
  return [name, `${name}.ts`, name.replace(/\.js$/, '.ts')].find((each) => files.has(each));
}
