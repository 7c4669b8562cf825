/**
 * Paths in trees: names between slashes, of which one spelling only is a path (spec W4).
 *
 * 1. A path means the same on every disk: nothing leads up or elsewhere, no name needs an escape,
 *    and no two names of one directory look the same.
 * 2. What is no path is refused, never repaired.
 */
import { ok, type Result, refuse, utf8 } from '@aos/canon';

const MAX_PATH_BYTES = 1024;
export const MAX_DEPTH = 64;
const MAX_NAME_BYTES = 255;

/** Control characters, line separators, and what is not seen or turns the direction of text. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}\u115f\u1160\u3164\uffa0]|\u034f/u;
/** The backslash, and what looks like a slash or like dots and is none. */
const SLASH_LIKE = /[\\\u2044\u2215\u2216\u2571\u2572\u29f5\u29f8\u29f9\ufe68\uff0f\uff3c]/u;
const DOT_LIKE = /[\u2024-\u2026\ufe52\uff0e]/u;
/** Spaces other than the plain one. */
const ODD_SPACE = /[^\P{Zs} ]/u;
const PLAIN = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/;
const WORD_BREAK = /[^\p{L}\p{M}]+/u;
const SCRIPTS = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];

/** The names of a path; none for the path of the whole tree. Code: `workspace-path-invalid`. */
export function parsePath(path: string): Result<readonly string[]> {
  if (path === '') return ok([]);
  const names = path.split('/');
  const problem = pathProblem(path, names);
  return problem === undefined ? ok(names) : refuse('workspace-path-invalid', '', problem);
}

function pathProblem(path: string, names: readonly string[]): string | undefined {
  // a lone surrogate has no bytes to count
  const name = names.map(nameProblem).find((problem) => problem !== undefined);
  if (name !== undefined) return name;
  if (names.length > MAX_DEPTH) return `expected at most ${MAX_DEPTH} names, found ${names.length}`;
  const sizeBytes = utf8(path).length;
  if (sizeBytes <= MAX_PATH_BYTES) return undefined;
  return `expected at most ${MAX_PATH_BYTES} bytes, found ${sizeBytes}`;
}

/** What keeps a text from being the name of an entry. */
export function nameProblem(name: string): string | undefined {
  if (PLAIN.test(name) && name.length <= MAX_NAME_BYTES && !name.endsWith('.')) return undefined;
  if (name === '') return 'expected names between single slashes, none before or behind';
  if (name === '.' || name === '..')
    return `expected names, found '${name}', which leads elsewhere`;
  if (HIDDEN.test(name)) return 'expected visible characters only';
  if (name.includes('/') || SLASH_LIKE.test(name) || DOT_LIKE.test(name)) {
    return 'expected no backslash, and nothing that looks like a slash or a dot';
  }
  if (ODD_SPACE.test(name) || name.startsWith(' ') || /[ .]$/.test(name)) {
    return 'expected plain spaces inside names only, and no dot at the end';
  }
  if (name.normalize('NFC') !== name) return 'expected the composed form of Unicode (NFC)';
  if (name.split(WORD_BREAK).some(mixesScripts)) return 'expected words in one script each';
  const sizeBytes = utf8(name).length;
  if (sizeBytes <= MAX_NAME_BYTES) return undefined;
  return `expected names of at most ${MAX_NAME_BYTES} bytes, found ${sizeBytes}`;
}

function mixesScripts(word: string): boolean {
  return SCRIPTS.filter((script) => script.test(word)).length > 1;
}

/** Equal for names that a disk, or an eye, may take for each other: case and width do not count. */
export function foldName(name: string): string {
  if (PLAIN.test(name)) return name.toLowerCase();
  return name.normalize('NFKD').toUpperCase().toLowerCase().normalize('NFKC');
}

export function joinPath(names: readonly string[]): string {
  return names.join('/');
}
