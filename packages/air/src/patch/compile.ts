/** Compiling: from a patch document and the world it names to the world it asks for. */
import { decode, type Hash, hashOf, parseHashText, toHashText } from '@aos/canon';
import { builtinHash } from '../builtins/catalogue.js';
import type { Problem } from '../forms/form.js';
import type { DefinitionKind } from '../forms/names.js';
import { type PatchDocument, type PatchOp, patchDocument } from '../forms/patch.js';
import { printJson } from '../json/printer.js';
import type { JsonValue } from '../json/value.js';
import type { WorldDefinition } from '../world/definition.js';
import type { AirDocument, ModuleHashes } from '../world/documents.js';
import { error, type Finding, fromProblems, hasError } from '../world/finding.js';
import { loadAir } from '../world/load.js';
import { toNodeJson } from '../world/node.js';
import { type DraftRef, PatchDraft } from './draft.js';

/** The world that a patch applies to, and where definitions by hash come from. */
export interface PatchBase {
  readonly world: WorldDefinition;
  /** Bytes of a stored definition, for references that the base does not have. */
  readonly getNode?: (hash: Hash) => Uint8Array | undefined;
  /** Hashes for modules that the patch brings without `wasm_hash`. */
  readonly wasm?: ModuleHashes;
}

export interface CompiledPatch {
  /** The world after the patch, validated whole. */
  readonly candidate: WorldDefinition;
  /** The document in normal form: definitions and grants as they are hashed. */
  readonly document: PatchDocument;
  /** SHA-256 of the canonical normal form: what proposals and approvals bind. */
  readonly patchHash: Hash;
}

export type PatchOutcome =
  | { readonly ok: true; readonly patch: CompiledPatch; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

const FILE = 'patch';

/**
 * Compiles a patch document. Pure; the base is never changed. All findings come in one pass: first
 * those of the document's form, then those of its operations (path `patch#/patches/<i>/…`), then
 * those of the candidate. Codes: `patch-base`, `patch-pre-hash`, `patch-kind`, `patch-name`,
 * `patch-defined`, `patch-undefined`, `patch-repeated`, `patch-reserved`, `definition-missing`,
 * and every code of `loadAir`.
 */
export function compilePatch(json: JsonValue, base: PatchBase): PatchOutcome {
  const problems: Problem[] = [];
  const document = patchDocument.read(json, '', problems);
  if (document === undefined || problems.length > 0) {
    return { ok: false, findings: fromProblems(FILE, problems) };
  }
  const expected = toHashText(base.world.manifestHash);
  if (document.base_manifest_hash !== expected) {
    const message = `expected ${expected}, found ${document.base_manifest_hash}`;
    const hint = 'make the patch again from the manifest in force';
    return {
      ok: false,
      findings: [error('patch-base', `${FILE}#/base_manifest_hash`, message, hint)],
    };
  }
  const draft = new PatchDraft(base.world.manifest, FILE);
  document.patches.forEach((op, index) => {
    draft.apply(op, index);
  });
  if (hasError(draft.findings)) return { ok: false, findings: draft.findings };
  return finish(document, draft, base);
}

function finish(document: PatchDocument, draft: PatchDraft, base: PatchBase): PatchOutcome {
  const findings: Finding[] = [];
  const documents = documentsOf(draft, base, findings);
  if (hasError(findings)) return { ok: false, findings };
  const loaded = loadAir(documents, base.wasm);
  if (!loaded.ok) return { ok: false, findings: loaded.findings };
  const normal = normalize(document, loaded.world);
  const patch = { candidate: loaded.world, document: normal, patchHash: hashOf(normal as never) };
  return { ok: true, patch, findings: loaded.findings };
}

/** One document a definition, so that a finding names the operation that brought it. */
function documentsOf(
  draft: PatchDraft,
  base: PatchBase,
  findings: Finding[],
): readonly AirDocument[] {
  const documents = [document(`${FILE}:manifest`, draft.authored() as JsonValue)];
  const given = new Map(draft.given.map((each) => [`${each.kind} ${each.name}`, each]));
  for (const [kind, ref] of draft.references()) {
    const brought = given.get(`${kind} ${ref.name}`);
    if (brought !== undefined) {
      documents.push(document(`${FILE}:${brought.at}`, brought.node as JsonValue));
    } else if (builtinHash(kind, ref.name) === undefined) {
      const stored = storedNode(kind, ref, base);
      if (stored === undefined) findings.push(nodeMissing(kind, ref));
      else documents.push(document(ref.hash ?? ref.name, stored));
    }
  }
  return documents;
}

function storedNode(kind: DefinitionKind, ref: DraftRef, base: PatchBase): JsonValue | undefined {
  const hash = parseHashText(ref.hash ?? '');
  if (!hash.ok) return undefined;
  const bytes = base.world.nodes.get(ref.hash ?? '') ?? base.getNode?.(hash.value);
  const decoded = bytes === undefined ? undefined : decode(bytes);
  const json = decoded?.ok ? toNodeJson(decoded.value) : undefined;
  const found = json as { readonly $kind?: unknown; readonly name?: unknown } | undefined;
  return found?.$kind === kind && found.name === ref.name ? json : undefined;
}

function nodeMissing(kind: DefinitionKind, ref: DraftRef): Finding {
  const message = `expected the ${kind} ${ref.name} under ${ref.hash}, found none in the store`;
  return error('definition-missing', `${FILE}#/patches`, message);
}

function document(path: string, json: JsonValue): AirDocument {
  return { path, text: printJson(json) };
}

/** Equal meaning, equal bytes: what was brought stands as the candidate holds it. */
function normalize(document: PatchDocument, candidate: WorldDefinition): PatchDocument {
  const { base_manifest_hash } = document;
  const patches = document.patches.map((op) => normalizeOp(op, candidate));
  return { version: '1', base_manifest_hash, patches } as PatchDocument;
}

function normalizeOp(op: PatchOp, candidate: WorldDefinition): PatchOp {
  if ('add_def' in op) {
    const { kind, node } = op.add_def;
    return { add_def: { kind, node: nodeIn(candidate, kind, node) } } as PatchOp;
  }
  if ('replace_def' in op) {
    const { kind, new_node, ...others } = op.replace_def;
    const normal = nodeIn(candidate, kind, new_node);
    return { replace_def: { kind, ...others, new_node: normal } } as PatchOp;
  }
  if (!('set_defaults' in op) || op.set_defaults.cap_grants === undefined) return op;
  const cap_grants = candidate.manifest.defaults?.cap_grants ?? [];
  return { set_defaults: { ...op.set_defaults, cap_grants } } as PatchOp;
}

function nodeIn(candidate: WorldDefinition, kind: DefinitionKind, node: object): unknown {
  return candidate.find(kind, (node as { readonly name: string }).name);
}
