/** From authored files to a world: the way of `check`, `init` and every test. */
import { type HashText, toHashText } from '@aos/canon';
import type { DefinitionKind } from '../forms/names.js';
import { buildWorld, checkWorld, type LoadOutcome } from './definition.js';
import { type AirDocument, type ModuleHashes, readDocuments } from './documents.js';
import { type Finding, hasError } from './finding.js';
import { makeNode } from './node.js';
import { Definitions, resolveReferences } from './references.js';

const NO_WASM: ModuleHashes = new Map();

/**
 * Loads a world from authored JSON. All findings come in one pass.
 *
 * @param wasm hashes for modules that leave `wasm_hash` out; without one the hash is zero.
 */
export function loadAir(
  documents: readonly AirDocument[],
  wasm: ModuleHashes = NO_WASM,
): LoadOutcome {
  const authored = readDocuments(documents, wasm);
  if (authored.manifest === undefined) return { ok: false, findings: authored.findings };
  const resolved = resolveReferences(authored.manifest, new Definitions(authored.definitions));
  const checked = checkWorld(authored.manifest, resolved.definitions);
  const findings = [...authored.findings, ...resolved.findings, ...checked.findings];
  if (resolved.manifest === undefined || hasError(findings)) return { ok: false, findings };
  const manifest = makeNode(resolved.manifest, authored.manifest);
  return { ok: true, world: buildWorld(manifest, checked), findings };
}

export interface DefinitionHash {
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly hash: HashText;
}

export interface DefinitionHashes {
  /** Of every definition that can be read by itself, in the order of the files. */
  readonly definitions: readonly DefinitionHash[];
  /** Missing when a reference of the manifest cannot be filled. */
  readonly manifest?: HashText;
  readonly findings: readonly Finding[];
}

/** Computes all hashes that the files determine, whether or not they make a world. */
export function hashDefinitions(
  documents: readonly AirDocument[],
  wasm: ModuleHashes = NO_WASM,
): DefinitionHashes {
  const authored = readDocuments(documents, wasm);
  const definitions = authored.definitions.map(({ value, hash }): DefinitionHash => {
    return { kind: value.$kind, name: value.name, hash: toHashText(hash) };
  });
  if (authored.manifest === undefined) return { definitions, findings: authored.findings };
  const resolved = resolveReferences(authored.manifest, new Definitions(authored.definitions));
  const findings = [...authored.findings, ...resolved.findings];
  if (resolved.manifest === undefined) return { definitions, findings };
  const { hash } = makeNode(resolved.manifest, authored.manifest);
  return { definitions, manifest: toHashText(hash), findings };
}
