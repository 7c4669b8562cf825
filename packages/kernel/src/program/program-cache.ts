/**
 * Programs by the manifests they come from: of the definition in force, and of those that instances
 * and intents are pinned to.
 *
 * 1. A cache and no state: what is in it changes no answer, only what has to be compiled again.
 * 2. It holds the latest {@link MAX_PROGRAMS}.
 */
import { openDefinition } from '@aos/air';
import { assert, bytesEqual, type Hash, toHashText } from '@aos/canon';
import type { TrieSource } from '../trie/leaf-codec.js';
import { ObjectsNeeded } from '../trie/objects-needed.js';
import { compileProgram, type Program } from './program.js';

const MAX_PROGRAMS = 16;

export class ProgramCache {
  readonly #programs = new Map<string, Program>();

  get(manifest: Hash): Program | undefined {
    return this.#programs.get(toHashText(manifest));
  }

  put(program: Program): void {
    const key = toHashText(program.definition.manifestHash);
    this.#programs.delete(key);
    this.#programs.set(key, program);
    const [oldest] = this.#programs.keys();
    if (this.#programs.size > MAX_PROGRAMS && oldest !== undefined) this.#programs.delete(oldest);
  }
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
