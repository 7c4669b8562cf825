/** Building from a folder on disk, for tools that run in Node. */
import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { type BuildResult, buildReducer } from './build.js';
import type { ReducerOptions } from './sources.js';

/** {@link buildReducer} over all sources in and below `folder`, with `<name>.ts` as the entry. */
export async function buildReducerFolder(
  folder: string,
  name: string,
  options: ReducerOptions = {},
): Promise<BuildResult> {
  const found = await readdir(folder, { recursive: true });
  const paths = found.filter(isSource).sort();
  const texts = await Promise.all(paths.map((path) => readFile(join(folder, path), 'utf8')));
  const files = paths.map((path, i) => [path.split(sep).join('/'), texts[i] ?? ''] as const);
  return buildReducer({ name, files: Object.fromEntries(files), ...options });
}

/** Declarations are for editors; the compiler has the real thing. */
function isSource(path: string): boolean {
  return path.endsWith('.ts') && !path.endsWith('.d.ts');
}
