/** From authored files to a world: the way of `check`, `init` and every test. */
import { type HashText, toHashText } from '@aos/canon';
import { parseExprOrValue } from '../expr/slot.js';
import type { AuthoredManifest } from '../forms/manifest.js';
import type { DefinitionKind } from '../forms/names.js';
import { DefinitionIndex } from '../validate/definition-index.js';
import { buildWorld, checkWorld, type LoadOutcome } from './definition.js';
import {
  type AirDocument,
  type Authored,
  type AuthoredManifestNode,
  type ModuleHashes,
  readDocuments,
} from './documents.js';
import { type Finding, hasError } from './finding.js';
import { makeNode } from './node.js';
import { authoredValue, normalizeGrants, normalizePlan } from './normal-form.js';
import { Definitions, type Resolved, resolveReferences } from './references.js';
import { slotSchemas } from './slot-schemas.js';

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
  const { index, resolved } = identify(authored, authored.manifest);
  const checked = checkWorld(index, resolved.definitions);
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

/**
 * Computes all hashes that the files determine, whether or not they make a world. Without a
 * manifest the files are taken together as they are.
 */
export function hashDefinitions(
  documents: readonly AirDocument[],
  wasm: ModuleHashes = NO_WASM,
): DefinitionHashes {
  const authored = readDocuments(documents, wasm);
  const { nodes, resolved } = identify(authored, authored.manifest ?? listing(authored));
  const definitions = nodes.map(({ value, hash }): DefinitionHash => {
    return { kind: value.$kind, name: value.name, hash: toHashText(hash) };
  });
  if (authored.manifest === undefined) return { definitions, findings: authored.findings };
  const findings = [...authored.findings, ...resolved.findings];
  if (resolved.manifest === undefined) return { definitions, findings };
  const { hash } = makeNode(resolved.manifest, authored.manifest);
  return { definitions, manifest: toHashText(hash), findings };
}

/** A manifest that lists everything at hand. */
function listing({ definitions }: Authored): AuthoredManifestNode {
  const refs = (kind: DefinitionKind) =>
    definitions.flatMap(({ value: { $kind, name } }) => ($kind === kind ? [{ name }] : []));
  const value: AuthoredManifest = {
    $kind: 'manifest',
    air_version: '1',
    schemas: refs('defschema'),
    modules: refs('defmodule'),
    plans: refs('defplan'),
    effects: refs('defeffect'),
    caps: refs('defcap'),
    policies: refs('defpolicy'),
    secrets: refs('defsecret'),
    migrations: refs('defmigration'),
  };
  return { value, file: '', at: '' };
}

/** Gives every definition its identity, and the manifest its hashes. */
function identify(authored: Authored, manifest: AuthoredManifestNode) {
  const own = new Definitions(authored.definitions);
  const index = new DefinitionIndex({
    manifest,
    find: (kind, name) => own.get(kind, name),
    parseSlot: parseExprOrValue,
  });
  const schemas = slotSchemas(index);
  const nodes = authored.definitions.map(({ value, file, at }) =>
    makeNode(value.$kind === 'defplan' ? normalizePlan(value, schemas, authoredValue) : value, {
      file,
      at,
    }),
  );
  const value: AuthoredManifest = normalizeGrants(manifest.value, schemas, authoredValue);
  const resolved: Resolved = resolveReferences({ ...manifest, value }, new Definitions(nodes));
  return { index, nodes, resolved };
}
