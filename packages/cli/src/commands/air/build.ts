/** `aos air build`: from a module that authors a world to its AIR JSON. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { type AirDocument, loadAir } from '@aos/air';
import { toHashText } from '@aos/canon';
import { listFiles, readAirFolder, readSource } from '../../air-files.js';
import { describeFinding, findingsError } from '../../findings.js';
import type { Answer } from '../../output.js';

export interface BuildOptions {
  /** Folder for the AIR files; `air` beside the source when absent. */
  readonly out?: string;
  /** Removes AIR files of the folder that the source does not make. */
  readonly prune?: true;
}

/** The ending of files that `aos air build` makes, and may remove again. */
const ENDING = '.air.json';

/** Nothing is written unless the world loads. */
export async function buildAir(source: string, options: BuildOptions): Promise<Answer> {
  const documents = await readSource(source);
  const out = resolve(options.out ?? join(dirname(source), 'air'));
  const loaded = loadAir(documents, existsSync(out) ? modulesOf(out) : new Map());
  if (!loaded.ok) throw findingsError(loaded.findings, source);
  const written = documents.filter((document) => writeDocument(out, document));
  const stale = staleFiles(out, documents);
  if (options.prune === true) for (const file of stale) rmSync(join(out, file));
  const manifest = toHashText(loaded.world.manifestHash);
  const state = options.prune === true ? 'removed' : 'stale';
  return {
    data: {
      out,
      manifest,
      files: documents.map(({ path }) => path),
      written: written.map(({ path }) => path),
      [state]: [...stale],
    },
    lines: [
      ...documents.map((document) => {
        return `${written.includes(document) ? 'wrote' : 'same '}  ${document.path}`;
      }),
      ...stale.map((file) => `${state}  ${file}`),
      `manifest  ${manifest}`,
    ],
    warnings: [
      ...loaded.findings.map(describeFinding),
      ...(state === 'stale' ? stale : []).map(
        (file) => `${file} is not made by the source; remove it, or build with --prune`,
      ),
    ],
  };
}

function modulesOf(out: string) {
  return listFiles(out, '.json').length === 0 ? new Map() : readAirFolder(out).wasm;
}

/** Answers whether the file had to be written. */
function writeDocument(out: string, { path, text }: AirDocument): boolean {
  const file = join(out, path);
  if (existsSync(file) && readFileSync(file).equals(Buffer.from(text))) return false;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return true;
}

function staleFiles(out: string, documents: readonly AirDocument[]): readonly string[] {
  const made = new Set(documents.map(({ path }) => path));
  return listFiles(out, ENDING)
    .map((file) => relative(out, file))
    .filter((path) => !made.has(path));
}
