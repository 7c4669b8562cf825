// The files of the repository as the house rules see them: everything but what is fetched or built.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SourceFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly text: string;
}

const left = new Set([
  ...['node_modules', 'dist', 'modules', '.git', '.turbo', '.aos-world', 'coverage'],
]);
const binary = /\.(wasm|png|tgz|tsbuildinfo)$/;

/** Paths below `root`, sorted folder by folder. */
export function listFiles(root: string, folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (left.has(entry.name) || binary.test(entry.name)) return [];
    return entry.isDirectory() ? listFiles(root, path) : [path];
  });
}

export function readSource(root: string, path: string): SourceFile {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

export const isCode = (path: string) => /\.(ts|mts|mjs|js)$/.test(path);

export const isTest = (path: string) => /\.test\.ts$|^(packages|apps)\/[^/]+\/test\//.test(path);

/** Code that ships or runs: no tests, nor examples, whose language only looks like TypeScript. */
export const isSource = (path: string) =>
  isCode(path) && !isTest(path) && !path.startsWith('examples/');
