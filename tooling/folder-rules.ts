// The house rules about names and folders, over the paths of the whole repository.
import { isCode, isTest } from './tree.js';

/** About 12 is the aim; beyond this a folder has stopped being one thing. */
const maxFilesPerFolder = 18;
const maxFoldersBelowSrc = 2;
const vagueName = /^(utils?|common|helpers?|misc)$/;
const kinds = 'test|prop|drill|conformance|browser|terminal|config|d';
const kebabCase = new RegExp(`^[a-z0-9]+(-[a-z0-9]+)*(\\.(${kinds}))*\\.(ts|mts|mjs)$`);

export type PathRule = (paths: readonly string[]) => string[];

const vagueNames: PathRule = (paths) =>
  paths.filter((path) => path.split('/').some((part) => vagueName.test(part.split('.')[0] ?? '')));

const fileNames: PathRule = (paths) =>
  paths.filter((path) => {
    const name = path.split('/').at(-1) ?? '';
    return isCode(path) && !name.startsWith('.') && !kebabCase.test(name);
  });

const depth: PathRule = (paths) =>
  paths.filter((path) => {
    const below = /^(?:packages|apps)\/[^/]+\/src\/(.*)$/.exec(path)?.[1];
    return below !== undefined && below.split('/').length - 1 > maxFoldersBelowSrc;
  });

const lonelyFiles: PathRule = (paths) =>
  [...entriesBelowSrc(paths)]
    .filter(([folder, entries]) => entries.size === 1 && !folder.endsWith('/src'))
    .map(([folder]) => folder);

const crowdedFolders: PathRule = (paths) =>
  [...entriesBelowSrc(paths)]
    .filter(([, entries]) => [...entries].filter(isCode).length > maxFilesPerFolder)
    .map(([folder, entries]) => `${folder}: ${entries.size} entries`);

/** What each folder at or below a `src` holds, tests left out. */
function entriesBelowSrc(paths: readonly string[]): Map<string, Set<string>> {
  const folders = new Map<string, Set<string>>();
  for (const path of paths.filter((each) => !isTest(each))) {
    const parts = path.split('/');
    const src = parts.indexOf('src');
    if (src < 0) continue;
    for (let level = src + 1; level < parts.length; level += 1) {
      const folder = parts.slice(0, level).join('/');
      const entries = folders.get(folder) ?? new Set();
      folders.set(folder, entries.add(parts[level] ?? ''));
    }
  }
  return folders;
}

export const pathRules: Readonly<Record<string, PathRule>> = {
  'no vague names': vagueNames,
  'file names are kebab-case': fileNames,
  'two folder levels below src': depth,
  'no folder with a single file': lonelyFiles,
  'no crowded folder': crowdedFolders,
};
