/** From a store to a world: how an existing world finds its own definition again. */
import {
  attempt,
  type Hash,
  parseHashText,
  RefusalError,
  type Result,
  toHashText,
} from '@aos/canon';
import { builtinSchemaHash } from '../builtins/catalogue.js';
import { DEFINITION_FORMS, type Definition } from '../forms/definition.js';
import { type NamedRef, REFERENCE_SECTIONS, storedManifest } from '../forms/manifest.js';
import type { DefinitionKind } from '../forms/names.js';
import { buildWorld, checkWorld, type WorldDefinition } from './definition.js';
import type { Finding } from './finding.js';
import { type Node, readNode } from './node.js';
import { Definitions } from './references.js';
import { checkManifestSupport } from './support.js';

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
    refuseFirstError(checkManifestSupport(node.value, node));
    const definitions: Node<Definition>[] = [];
    for (const [section, kind] of REFERENCE_SECTIONS) {
      for (const ref of node.value[section] ?? []) {
        if (isBuiltin(kind, ref)) continue;
        definitions.push(readDefinition(kind, ref, getNode));
      }
    }
    const checked = checkWorld(node, new Definitions(definitions));
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

/** A built-in schema comes from the catalogue, and only in the form that the catalogue has. */
function isBuiltin(kind: string, ref: NamedRef): boolean {
  const hash = kind === 'defschema' ? builtinSchemaHash(ref.name) : undefined;
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
