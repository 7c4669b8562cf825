/** Folders of AIR JSON, and modules of JavaScript that author them. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AirDocument, ModuleHashes } from '@aos/air';
import type { AuthorError } from '@aos/air/author';
import { sha256 } from '@aos/canon';
import { CliError } from './output.js';
import { readTextFile } from './text-files.js';

/** What a folder says: AIR files with paths from the folder, and the hashes of its modules. */
export interface AirFolder {
  /** Where the AIR files are. */
  readonly air: string;
  readonly documents: readonly AirDocument[];
  readonly wasm: ModuleHashes;
}

/** Most files of one kind below a folder: a stray node_modules should not be read as AIR. */
const MAX_FILES = 10_000;

/**
 * Reads `<dir>/air/**` with the modules of `<dir>/modules/**`, or, in a folder without `air`, the
 * AIR files of the folder itself; a single file is read as such. Codes: `folder-not-found`,
 * `folder-too-large`, `text-not-utf8`.
 */
export function readAirFolder(dir: string): AirFolder {
  const root = resolve(dir);
  if (statSync(root, { throwIfNoEntry: false })?.isFile() === true) return readAirFile(root);
  const air = isFolder(join(root, 'air')) ? join(root, 'air') : root;
  const home = air === root && basename(root) === 'air' ? dirname(root) : root;
  const documents = listFiles(air, '.json').map((file) => ({
    path: slashed(relative(air, file)),
    text: readTextFile(file),
  }));
  if (documents.length === 0) {
    throw new CliError('folder-not-found', `expected AIR JSON in '${air}', found none`);
  }
  const modules = join(home, 'modules');
  const wasm = listFiles(modules, '.wasm').map((file) => {
    const name = slashed(relative(modules, file)).slice(0, -'.wasm'.length);
    return [name, sha256(readFileSync(file))] as const;
  });
  return { air, documents, wasm: new Map(wasm) };
}

/** One file may hold a whole world: a list of definitions with a manifest. */
function readAirFile(file: string): AirFolder {
  const document = { path: basename(file), text: readTextFile(file) };
  return { air: dirname(file), documents: [document], wasm: new Map() };
}

/** Sources that `aos air check` looks for beside `air/`, the first one that is there. */
const SOURCE_NAMES = ['world.ts', 'world.mts', 'world.mjs', 'world.js'];

/** The source of a folder's AIR, when it has one that goes by the usual name. */
export function findSource(dir: string): string | undefined {
  const root = resolve(dir);
  const homes = basename(root) === 'air' ? [dirname(root)] : [root];
  const found = homes.flatMap((home) => SOURCE_NAMES.map((name) => join(home, name)));
  return found.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
}

/**
 * What a source authors: the AIR of its default export, or of what that function returns.
 * Codes: `source-not-found`, `source-typescript`, `source-failed`, `source-export`, and those of
 * authoring.
 */
export async function readSource(file: string): Promise<readonly AirDocument[]> {
  const path = resolve(file);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new CliError('source-not-found', `expected a module in '${path}', found none`);
  }
  if (/\.[cm]?ts$/.test(path) && !canStripTypes()) {
    const next = 'run it with Node 22.18 or newer, or compile it to .js first';
    throw new CliError('source-typescript', `this Node does not read TypeScript; ${next}`, path);
  }
  try {
    const world = await authored(((await import(pathToFileURL(path).href)) as Exports).default);
    if (world !== undefined) return world.toAir();
  } catch (error) {
    throw describeFailure(error, path);
  }
  const message = 'expected the module to export a world by default: defineWorld({ … })';
  throw new CliError('source-export', message, path);
}

interface Exports {
  readonly default?: unknown;
}

interface Authored {
  toAir(): readonly AirDocument[];
}

async function authored(exported: unknown): Promise<Authored | undefined> {
  const world = typeof exported === 'function' ? await exported() : exported;
  const isWorld = typeof world === 'object' && world !== null && 'toAir' in world;
  return isWorld ? (world as Authored) : undefined;
}

/** The module may have an authoring library of its own, so its errors are known by their name. */
function describeFailure(error: unknown, path: string): Error {
  const isAuthor = error instanceof Error && error.name === 'AuthorError';
  if (isAuthor && 'code' in error) {
    const { code, at } = error as AuthorError;
    const prefix = `${at}: `;
    const isPlaced = at !== '' && error.message.startsWith(prefix);
    return new CliError(code, isPlaced ? error.message.slice(prefix.length) : error.message, at);
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new CliError('source-failed', message, path);
}

function canStripTypes(): boolean {
  const { typescript } = process.features as { readonly typescript?: string | false };
  return typeof typescript === 'string';
}

const isFolder = (path: string) =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Files below a folder with this ending, in path order; none when there is no folder. */
export function listFiles(root: string, ending: string): readonly string[] {
  if (!isFolder(root)) return [];
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending) && !path.split(sep).includes('node_modules'))
    .map((path) => join(root, path))
    .sort();
  if (files.length <= MAX_FILES) return files;
  const message = `expected at most ${MAX_FILES} files under '${root}', found ${files.length}`;
  throw new CliError('folder-too-large', message);
}

const slashed = (path: string) => path.split(sep).join('/');
