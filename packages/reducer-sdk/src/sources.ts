/** The files of a reducer as the compiler sees them: given ones, the library, and the entry. */
import { readdir, readFile } from 'node:fs/promises';
import { ok, type Result, refuse } from '@aos/canon';
import { generateCodecs } from './codecs/generate.js';
import type { ModuleTypes } from './codecs/module-types.js';

export interface ReducerOptions {
  /** With these, the types of the module's definitions can be imported from `air`. */
  readonly types?: ModuleTypes;
  /**
   * Memory at the start, in pages of 64 KiB; 1 unless told. A call that needs more gets it, but
   * then costs an instance of its own; every page costs some time to reset.
   */
  readonly memoryPages?: number;
}

/** One file, or several that import each other; the entry file is `<name>.ts`. */
export type ReducerSources = ReducerOptions & { readonly name: string } & (
    | { readonly source: string }
    | { readonly files: Readonly<Record<string, string>> }
  );

/** The generated file with the module's exports. */
export const EXPORTS_FILE = 'aos-exports.ts';

/** Where the library stands next to both `src` and `dist`. */
const LIBRARY = new URL('../assembly/', import.meta.url);

const REDUCER_NAME = /^[a-z][a-z0-9-]*$/;
/** Relative, below the reducer's folder, and nothing that a path rule could bend. */
const FILE_NAME = /^(?:[A-Za-z0-9_-]+\/)*[A-Za-z0-9_-]+\.ts$/;

/** What WebAssembly has at most; a world allows less. */
const MAX_MEMORY_PAGES = 65_536;

/** Checks the names and adds the exports. Code: `reducer-source`. */
export function gatherSources(sources: ReducerSources): Result<ReadonlyMap<string, string>> {
  const { name } = sources;
  if (!REDUCER_NAME.test(name)) {
    return refuse(
      'reducer-source',
      '/name',
      `expected lower-case words with dashes, found ${name}`,
    );
  }
  const given = 'source' in sources ? { [`${name}.ts`]: sources.source } : sources.files;
  const files = new Map(Object.entries(given));
  for (const file of files.keys()) {
    if (FILE_NAME.test(file) && file !== EXPORTS_FILE) continue;
    return refuse('reducer-source', `/files/${file}`, 'expected a relative path of a .ts file');
  }
  const { memoryPages = 1 } = sources;
  if (!Number.isInteger(memoryPages) || memoryPages < 1 || memoryPages > MAX_MEMORY_PAGES) {
    const expected = `expected 1 to ${MAX_MEMORY_PAGES} pages, found ${memoryPages}`;
    return refuse('reducer-source', '/memoryPages', expected);
  }
  if (!files.has(`${name}.ts`)) {
    return refuse('reducer-source', '/files', `the entry file ${name}.ts is missing`);
  }
  return ok(files.set(EXPORTS_FILE, exportsOf(sources)));
}

/** The ABI around the author's one function: `alloc`, and the entry in the result-pointer form. */
function exportsOf({ name, types }: ReducerSources): string {
  const isPure = types?.module.module_kind === 'pure';
  const text = isPure ? PURE_EXPORTS : REDUCER_EXPORTS;
  return text.replace('{library}', types ? 'air' : 'aos').replace('{name}', name);
}

const REDUCER_EXPORTS = `import { allocate, openReducer } from 'aos/abi';
import { Step } from '{library}';
import { reduce } from './{name}';

export function alloc(size: i32): i32 {
  return allocate(size);
}

export function step(result: i32, input: i32, size: i32): void {
  const call = new Step(openReducer(input, size));
  reduce(call);
  call.finish(result as usize);
}
`;

const PURE_EXPORTS = `import { allocate, openPure } from 'aos/abi';
import { Run } from '{library}';
import { compute } from './{name}';

export function alloc(size: i32): i32 {
  return allocate(size);
}

export function run(result: i32, input: i32, size: i32): void {
  const call = new Run(openPure(input, size));
  compute(call);
  call.finish(result as usize);
}
`;

/** The library's files by name, as shipped with this package. */
async function readLibrary(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(LIBRARY)).filter((name) => name.endsWith('.ts'));
  const texts = names.map((name) => readFile(new URL(name, LIBRARY), 'utf8'));
  return new Map((await Promise.all(texts)).map((text, i) => [`aos/${names[i]}`, text]));
}

/** The library with the module's types as `air`. Codes: those of `generateCodecs`. */
export async function gatherLibrary({
  types,
}: ReducerSources): Promise<Result<ReadonlyMap<string, string>>> {
  const library = await readLibrary();
  if (types === undefined) return ok(library);
  const codecs = generateCodecs(types);
  return codecs.ok ? ok(new Map([...library, ['air.ts', codecs.value]])) : codecs;
}
