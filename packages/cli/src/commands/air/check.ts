/** `aos air check`: whether a folder of AIR holds a world, and still says what its source says. */
import { type AirDocument, type JsonValue, loadAir } from '@aos/air';
import { toHashText } from '@aos/canon';
import { findSource, readAirFolder, readSource } from '../../air-files.js';
import { describeFinding, findingJson, isError } from '../../findings.js';
import type { Answer } from '../../output.js';

export interface CheckOptions {
  /** The module that authors the folder; `world.*` beside it when absent. */
  readonly source?: string;
}

/** How one file of the folder stands to what the source makes. */
interface Drift {
  readonly path: string;
  readonly drift: 'missing' | 'differs' | 'stale';
}

/** Findings and drift are the answer; with any error among them the exit code is 1. */
export async function checkAir(dir: string, options: CheckOptions): Promise<Answer> {
  const folder = readAirFolder(dir);
  const { findings, ...loaded } = loadAir(folder.documents, folder.wasm);
  const source = options.source ?? findSource(dir);
  const drift = source === undefined ? [] : compare(await readSource(source), folder.documents);
  const errors = findings.filter(isError);
  const manifest: JsonValue = 'world' in loaded ? toHashText(loaded.world.manifestHash) : null;
  const isFine = errors.length === 0 && drift.length === 0;
  return {
    data: {
      valid: errors.length === 0,
      manifest,
      findings: findings.map(findingJson),
      source: source ?? null,
      drift: drift.map(({ path, drift }) => ({ path, drift })),
    },
    lines: [
      ...findings.map((finding) => `${finding.severity}  ${describeFinding(finding)}`),
      ...drift.map(({ path, drift }) => `drift  ${path} ${WORDS[drift]}`),
      isFine ? `valid  manifest ${manifest}` : 'not fine: see above',
    ],
    exitCode: isFine ? 0 : 1,
  };
}

const WORDS = {
  missing: 'is made by the source and not in the folder; build again',
  differs: 'is not what the source makes; build again, or change the source',
  stale: 'is in the folder and not made by the source; remove it',
} as const;

function compare(made: readonly AirDocument[], found: readonly AirDocument[]): readonly Drift[] {
  const texts = new Map(found.map(({ path, text }) => [path, text]));
  const known = new Set(made.map(({ path }) => path));
  return [
    ...made.flatMap(({ path, text }): Drift[] => {
      const there = texts.get(path);
      if (there === text) return [];
      return [{ path, drift: there === undefined ? 'missing' : 'differs' }];
    }),
    ...found.flatMap(({ path }): Drift[] => (known.has(path) ? [] : [{ path, drift: 'stale' }])),
  ];
}
