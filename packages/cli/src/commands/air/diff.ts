/** `aos air diff`: what changes from one folder of AIR to another. */
import {
  diffWorlds,
  hashDefinitions,
  type JsonValue,
  loadAir,
  type WorldDefinition,
} from '@aos/air';
import { formatAir } from '@aos/air/author';
import { type AirFolder, readAirFolder } from '../../air-files.js';
import { findingsError } from '../../findings.js';
import { type Answer, CliError } from '../../output.js';

export interface DiffOptions {
  /** Answers with the patch document that leads from the one to the other. */
  readonly patch?: true;
}

interface Change {
  readonly change: 'added' | 'removed' | 'changed';
  readonly kind: string;
  readonly name: string;
}

/** Definitions by their hashes; with `patch`, everything else of the manifests too. */
export async function diffAir(from: string, to: string, options: DiffOptions): Promise<Answer> {
  const [before, after] = [readAirFolder(from), readAirFolder(to)];
  const changes = compare(hashesOf(before), hashesOf(after));
  const manifests: Manifests = [before, after].map((folder) => manifestOf(folder) ?? null);
  const patch = options.patch === true ? patchOf(load(before, from), load(after, to)) : undefined;
  return {
    data: {
      same: changes.length === 0 && isSame(manifests),
      from: manifests[0] ?? null,
      to: manifests[1] ?? null,
      changes: changes.map(({ change, kind, name }) => ({ change, kind, name })),
      ...(patch === undefined ? {} : { patch }),
    },
    lines: patch === undefined ? describe(changes, manifests) : [formatAir(patch).trimEnd()],
  };
}

type Manifests = readonly (string | null)[];

const isSame = ([from, to]: Manifests) => from !== null && from === to;

const SIGNS = { added: '+', removed: '-', changed: '~' } as const;

function describe(changes: readonly Change[], manifests: Manifests): readonly string[] {
  if (changes.length === 0 && isSame(manifests)) return ['the same'];
  if (changes.length === 0) return ['the same definitions; the manifests differ (see --patch)'];
  return changes.map(({ change, kind, name }) => `${SIGNS[change]} ${kind} ${name}`);
}

type Hashes = ReadonlyMap<
  string,
  { readonly kind: string; readonly name: string; readonly hash: string }
>;

function hashesOf({ documents, wasm }: AirFolder): Hashes {
  const { definitions } = hashDefinitions(documents, wasm);
  return new Map(definitions.map((each) => [`${each.kind} ${each.name}`, each]));
}

const manifestOf = ({ documents, wasm }: AirFolder) => hashDefinitions(documents, wasm).manifest;

function compare(before: Hashes, after: Hashes): readonly Change[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  return keys.flatMap((key): Change[] => {
    const [old, now] = [before.get(key), after.get(key)];
    if (old?.hash === now?.hash) return [];
    const { kind, name } = (old ?? now) as { kind: string; name: string };
    const change = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed';
    return [{ change, kind, name }];
  });
}

function load({ documents, wasm }: AirFolder, dir: string): WorldDefinition {
  const loaded = loadAir(documents, wasm);
  if (loaded.ok) return loaded.world;
  throw findingsError(loaded.findings, dir);
}

function patchOf(before: WorldDefinition, after: WorldDefinition): JsonValue {
  const patch = diffWorlds(before, after);
  if (patch.ok) return (patch.value ?? null) as JsonValue;
  throw CliError.of(patch.refusal);
}
