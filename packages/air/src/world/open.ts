/** From a store to a world: how an existing world finds its own definition again. */
import {
  attempt,
  bytesEqual,
  encode,
  type Hash,
  parseHashText,
  RefusalError,
  type Result,
  toHashText,
} from '@aos/canon';
import { builtinHash } from '../builtins/catalogue.js';
import { parseNormalSlot } from '../expr/slot.js';
import { DEFINITION_FORMS, type Definition } from '../forms/definition.js';
import {
  type Manifest,
  type NamedRef,
  REFERENCE_SECTIONS,
  storedManifest,
} from '../forms/manifest.js';
import type { DefinitionKind } from '../forms/names.js';
import { DefinitionIndex } from '../validate/definition-index.js';
import { buildWorld, checkWorld, type WorldDefinition } from './definition.js';
import type { Finding } from './finding.js';
import { type Node, readNode } from './node.js';
import { normalizeGrants, normalizePlan, storedValue, type ValueForm } from './normal-form.js';
import { Definitions } from './references.js';
import { slotSchemas } from './slot-schemas.js';

const MANIFEST = { kind: 'manifest', form: storedManifest } as const;

type GetNode = (hash: Hash) => Uint8Array | undefined;

/**
 * Opens the definition that a manifest hash names, reading nodes by their hashes.
 *
 * The first error is the refusal. Codes: `definition-missing`, `definition-damaged`,
 * `definition-kind`, `definition-name` (a node under another name than its reference),
 * `builtin-changed`, and every error code of `loadAir`; `at` is the hash of the node and a JSON
 * pointer into it.
 */
export function openDefinition(manifest: Hash, getNode: GetNode): Result<WorldDefinition> {
  return attempt(() => {
    const node = unwrap(readNode(manifest, MANIFEST, getNode));
    const definitions: Node<Definition>[] = [];
    for (const [section, kind] of REFERENCE_SECTIONS) {
      for (const ref of node.value[section] ?? []) {
        if (isBuiltin(kind, ref)) continue;
        definitions.push(readDefinition(kind, ref, getNode));
      }
    }
    const own = new Definitions(definitions);
    const find = (kind: DefinitionKind, name: string) => own.get(kind, name);
    const index = new DefinitionIndex({ manifest: node, find, parseSlot: parseNormalSlot });
    assertNormal(node, own, index);
    const checked = checkWorld(index, own);
    refuseFirstError(checked.findings);
    return buildWorld(node, checked);
  });
}

function readDefinition(kind: DefinitionKind, ref: NamedRef, getNode: GetNode): Node<Definition> {
  const hash = unwrap(parseHashText(ref.hash));
  const node = unwrap(readNode<Definition>(hash, { kind, form: DEFINITION_FORMS[kind] }, getNode));
  if (node.value.name === ref.name) return node;
  return refuseAt('definition-name', node.file, `expected ${ref.name}, found ${node.value.name}`);
}

/** What is stored has the normal form, or it would have two identities. */
function assertNormal(manifest: Node<Manifest>, own: Definitions, index: DefinitionIndex): void {
  const schemas = slotSchemas(index);
  const form: ValueForm = (json, schema) =>
    storedValue(json, schema) ??
    refuseAt('definition-damaged', schema?.name ?? '', 'expected values in the tagged lens');
  const isNormal = (node: Node<Definition | Manifest>, value: Definition | Manifest): void => {
    if (value === node.value || bytesEqual(encode(value), node.bytes)) return;
    refuseAt('definition-damaged', node.file, 'expected values and expressions in normal form');
  };
  for (const node of own.values()) {
    if (node.value.$kind === 'defplan') isNormal(node, normalizePlan(node.value, schemas, form));
  }
  isNormal(manifest, normalizeGrants(manifest.value, schemas, form));
}

/** A built-in definition comes from the catalogue, and only in the form that it has there. */
function isBuiltin(kind: DefinitionKind, ref: NamedRef): boolean {
  const hash = builtinHash(kind, ref.name);
  if (hash === undefined) return false;
  if (toHashText(hash) === ref.hash) return true;
  return refuseAt('builtin-changed', ref.name, `expected ${toHashText(hash)}, found ${ref.hash}`);
}

function refuseFirstError(findings: readonly Finding[]): void {
  const found = findings.find(({ severity }) => severity === 'error');
  if (found !== undefined) refuseAt(found.code, found.path, found.message);
}

function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new RefusalError(result.refusal);
}

function refuseAt(code: string, at: string, detail: string): never {
  throw new RefusalError({ code, at, detail });
}
