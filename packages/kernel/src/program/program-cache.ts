/**
 * Programs by the manifests they come from: of the definition in force, and of those that instances
 * and intents are pinned to; and the definitions that patches lead to.
 *
 * 1. A cache and no state: what is in it changes no answer, only what has to be compiled again.
 * 2. It holds the latest {@link MAX_PROGRAMS}, and {@link MAX_CANDIDATES} unless told.
 */
import { openDefinition, type WorldDefinition } from '@aos/air';
import { assert, bytesEqual, type Hash, toHashText } from '@aos/canon';
import type { TrieSource } from '../trie/leaf-codec.js';
import { ObjectsNeeded } from '../trie/objects-needed.js';
import { compileProgram, type Program } from './program.js';

const MAX_PROGRAMS = 16;

/** Each is compiled to be proposed and to be applied, and each time to be admitted before. */
const MAX_CANDIDATES = 4;

/** Where a patch starts, and the patch: what a candidate is a function of. */
interface CandidateRef {
  readonly base: Hash;
  readonly patchHash: Hash;
}

export class ProgramCache {
  readonly #programs = new Map<string, Program>();
  readonly #candidates = new Map<string, WorldDefinition>();

  constructor(private readonly maxCandidates = MAX_CANDIDATES) {}

  get(manifest: Hash): Program | undefined {
    return this.#programs.get(toHashText(manifest));
  }

  put(program: Program): void {
    const key = toHashText(program.definition.manifestHash);
    keepLatest(this.#programs, key, program, MAX_PROGRAMS);
  }

  /** The program of a definition, compiled when it is not there. */
  of(definition: WorldDefinition): Program {
    const known = this.get(definition.manifestHash);
    if (known !== undefined) return known;
    const program = compileProgram(definition);
    this.put(program);
    return program;
  }

  candidate(ref: CandidateRef): WorldDefinition | undefined {
    return this.#candidates.get(keyOf(ref));
  }

  putCandidate(ref: CandidateRef, candidate: WorldDefinition): void {
    keepLatest(this.#candidates, keyOf(ref), candidate, this.maxCandidates);
  }
}

function keyOf({ base, patchHash }: CandidateRef): string {
  return `${toHashText(base)} ${toHashText(patchHash)}`;
}

function keepLatest<T>(all: Map<string, T>, key: string, value: T, limit: number): void {
  all.delete(key);
  all.set(key, value);
  const [oldest] = all.keys();
  if (all.size > limit && oldest !== undefined) all.delete(oldest);
}

/** What finding a program takes of a world. */
export interface ProgramHolder {
  /** In force. */
  readonly program: Program;
  readonly programs: ProgramCache;
  readonly source: TrieSource;
}

/**
 * The program of a manifest that was in force once. Throws ObjectsNeeded when a part of its
 * definition is not in memory.
 */
export function programOf({ program, programs, source }: ProgramHolder, manifest: Hash): Program {
  if (bytesEqual(program.definition.manifestHash, manifest)) return program;
  const known = programs.get(manifest);
  if (known !== undefined) return known;
  const missing: Hash[] = [];
  const opened = openDefinition(manifest, (hash) => {
    const bytes = source.read(hash);
    if (bytes === undefined) missing.push(hash);
    return bytes;
  });
  if (missing.length > 0) throw new ObjectsNeeded(missing);
  assert(opened.ok, 'a definition that was in force is stored whole');
  const compiled = compileProgram(opened.value);
  programs.put(compiled);
  return compiled;
}
