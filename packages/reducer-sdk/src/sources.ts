/** The files of a reducer as the compiler sees them: given ones, the library, and the entry. */
import { readdir, readFile } from 'node:fs/promises';
import { ok, type Result, refuse } from '@aos/canon';

/** One file, or several that import each other; the entry file is `<name>.ts`. */
export type ReducerSources =
  | { readonly name: string; readonly source: string }
  | { readonly name: string; readonly files: Readonly<Record<string, string>> };

/** The generated file with the module's exports. */
export const EXPORTS_FILE = 'aos-exports.ts';

/** Where the library stands next to both `src` and `dist`. */
const LIBRARY = new URL('../assembly/', import.meta.url);

const REDUCER_NAME = /^[a-z][a-z0-9-]*$/;
/** Relative, below the reducer's folder, and nothing that a path rule could bend. */
const FILE_NAME = /^(?:[A-Za-z0-9_-]+\/)*[A-Za-z0-9_-]+\.ts$/;

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
  if (!files.has(`${name}.ts`)) {
    return refuse('reducer-source', '/files', `the entry file ${name}.ts is missing`);
  }
  return ok(files.set(EXPORTS_FILE, exportsOf(name)));
}

/** The ABI around the author's one function: `alloc`, and `step` in the result-pointer form. */
function exportsOf(name: string): string {
  return `import { allocate, closeStep, openStep } from 'aos/abi';
import { reduce } from './${name}';

export function alloc(size: i32): i32 {
  return allocate(size);
}

export function step(result: i32, input: i32, size: i32): void {
  const call = openStep(input, size);
  reduce(call);
  closeStep(result, call);
}
`;
}

/** The library's files by name, as shipped with this package. */
export async function readLibrary(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(LIBRARY)).filter((name) => name.endsWith('.ts'));
  const texts = names.map((name) => readFile(new URL(name, LIBRARY), 'utf8'));
  return new Map((await Promise.all(texts)).map((text, i) => [`aos/${names[i]}`, text]));
}
