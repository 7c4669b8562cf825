/**
 * Candidates: the definition that a patch leads to, compiled and checked whole.
 *
 * C1. A function of base definition and patch; the same at proposing, shadowing and applying.
 * C2. A candidate has no part that this kernel does not run, and all its code can be called.
 */
import { compilePatch, type Finding, toNodeJson, type WorldDefinition } from '@aos/air';
import {
  assert,
  bytesEqual,
  decode,
  type Hash,
  ok,
  type Result,
  refuse,
  toHashText,
} from '@aos/canon';
import type { Engine } from '@aos/protocol';
import { checkModulesLoaded, checkPrograms } from '../program/modules.js';
import { checkSupport } from '../support.js';
import { ObjectsNeeded } from '../trie/objects-needed.js';
import type { World } from '../world/world.js';

/** Largest patch document, in bytes. */
export const MAX_PATCH_BYTES = 1 << 20;

/** What compiling a candidate takes of a world. */
export type CandidateWorld = Pick<World, 'program' | 'programs' | 'source'>;

/** A patch as it is bound: where it starts, and its canonical document. */
export interface PatchRef {
  readonly base: Hash;
  readonly patchHash: Hash;
}

/**
 * The candidate of a patch against the definition in force. Throws ObjectsNeeded for the patch, for
 * definitions that it names by hash, and for code. Codes: `proposal-stale` (another manifest is in
 * force), `patch-too-large`, `patch-not-canonical`, the first finding's of `compilePatch`,
 * `not-supported-yet`, `module-unbound`.
 */
export function compileCandidate(
  world: CandidateWorld,
  ref: PatchRef,
  engine: Engine | undefined,
): Result<WorldDefinition> {
  const base = world.program.definition;
  if (!bytesEqual(ref.base, base.manifestHash)) return stale(ref.base, base.manifestHash);
  const compiled = compileKnown(world, ref);
  if (!compiled.ok) return compiled;
  const found =
    checkSupport(compiled.value) ??
    checkModulesLoaded(compiled.value, engine) ??
    checkPrograms(compiled.value, (hash) => world.source.read(hash));
  return found ?? compiled;
}

/** C1 lets what was compiled once be taken again. */
function compileKnown(world: CandidateWorld, ref: PatchRef): Result<WorldDefinition> {
  const known = world.programs.candidate(ref);
  if (known !== undefined) return ok(known);
  const bytes = world.source.read(ref.patchHash);
  if (bytes === undefined) throw new ObjectsNeeded([ref.patchHash]);
  if (bytes.length > MAX_PATCH_BYTES) {
    const detail = `expected at most ${MAX_PATCH_BYTES} bytes, found ${bytes.length}`;
    return refuse('patch-too-large', '/patch_hash', `${detail}: propose it in parts`);
  }
  const compiled = compileBytes(world, bytes, ref.patchHash);
  if (compiled.ok) world.programs.putCandidate(ref, compiled.value);
  return compiled;
}

function compileBytes(
  { program, source }: CandidateWorld,
  bytes: Uint8Array,
  patchHash: Hash,
): Result<WorldDefinition> {
  const decoded = decode(bytes);
  const json = decoded.ok ? toNodeJson(decoded.value) : undefined;
  if (json === undefined) {
    const detail = `${toHashText(patchHash)} is no canonical patch document`;
    return refuse('patch-not-canonical', '/patch_hash', detail);
  }
  const missing: Hash[] = [];
  const getNode = (hash: Hash) => {
    const node = source.read(hash);
    if (node === undefined) missing.push(hash);
    return node;
  };
  const outcome = compilePatch(json, { world: program.definition, getNode });
  if (missing.length > 0) throw new ObjectsNeeded(missing);
  if (!outcome.ok) return refuseFindings(outcome.findings);
  const { patch } = outcome;
  if (bytesEqual(patch.patchHash, patchHash)) return ok(patch.candidate);
  const detail = `expected the normal form, ${toHashText(patch.patchHash)}`;
  return refuse('patch-not-canonical', '/patch_hash', detail);
}

function stale(expected: Hash, found: Hash): Result<never> {
  const detail = `it starts from ${toHashText(expected)}, in force is ${toHashText(found)}`;
  return refuse('proposal-stale', '/base', `${detail}: make the patch anew and propose that`);
}

/** The first error; the others are seen by whoever compiles the patch before proposing it. */
function refuseFindings(findings: readonly Finding[]): Result<never> {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  assert(first !== undefined, 'what does not compile has an error');
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const hint = first.hint === undefined ? '' : `; ${first.hint}`;
  return refuse(first.code, first.path, `${first.message}${hint}${more}`);
}
