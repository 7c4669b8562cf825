/** Reading an authoring folder: `air/` with AIR JSON, `modules/` with one .wasm per module name. */
import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { AirDocument } from '@aos/air';
import { AosFault } from '@aos/protocol';

export interface AuthoringFolder {
  readonly documents: readonly AirDocument[];
  readonly modules: ReadonlyMap<string, Uint8Array>;
}

/** Most files an authoring folder may hold; a stray node_modules should not be read as AIR. */
const MAX_FILES = 10_000;

/** Largest of them. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/**
 * Reads `<dir>/air/**\/*.json` in path order and `<dir>/modules/**\/*.wasm`, where the path below
 * `modules/` without its ending is the module's name. What is no file (a pipe, a device, a link to
 * nothing) is not waited for. Faults: `folder-not-found`, `folder-too-large`, `folder-unreadable`,
 * `text-not-utf8`.
 */
export function readAuthoringFolder(dir: string): AuthoringFolder {
  const documents = listFiles(join(dir, 'air'), '.json').map((file) => ({
    path: slashed(relative(dir, file)),
    text: readText(file),
  }));
  if (documents.length === 0) {
    const message = `expected AIR JSON under '${join(dir, 'air')}', found none`;
    throw new AosFault('folder-not-found', message, { retry: 'never' });
  }
  const moduleRoot = join(dir, 'modules');
  const modules = new Map<string, Uint8Array>();
  for (const file of listFiles(moduleRoot, '.wasm')) {
    modules.set(slashed(relative(moduleRoot, file)).slice(0, -'.wasm'.length), readPlain(file));
  }
  return { documents, modules };
}

function readPlain(file: string): Uint8Array {
  const size = sizeOf(file);
  if (size === undefined) {
    const message = `expected a file that can be read at '${file}'; repair it, or take it away`;
    throw new AosFault('folder-unreadable', message, { retry: 'never' });
  }
  if (size <= MAX_FILE_BYTES) return readFileSync(file);
  const message = `expected at most ${MAX_FILE_BYTES} bytes in '${file}', found ${size}`;
  throw new AosFault('folder-too-large', message, { retry: 'never' });
}

/** Of a file that is one and may be read. */
function sizeOf(file: string): number | undefined {
  try {
    const found = statSync(file);
    accessSync(file, constants.R_OK);
    return found.isFile() ? found.size : undefined;
  } catch {
    return undefined;
  }
}

/** A byte order mark stays: JSON does not have one. */
function readText(file: string): string {
  const bytes = readPlain(file);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const message = `expected UTF-8 text in '${file}'; save it as UTF-8`;
    throw new AosFault('text-not-utf8', message, { retry: 'never', cause: error });
  }
}

function listFiles(root: string, ending: string): string[] {
  if (!isFolder(root)) return [];
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(root, path))
    .sort();
  if (files.length <= MAX_FILES) return files;
  const message = `expected at most ${MAX_FILES} files under '${root}', found ${files.length}`;
  throw new AosFault('folder-too-large', message, { retry: 'never' });
}

/** What lies below a file is no folder either. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}
