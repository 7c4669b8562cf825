/**
 * Patches before they are proposed: compiled against the definition in force, brought into the
 * normal form that is bound, and stored with the code that they bring.
 */
import {
  type AirDocument,
  compilePatch,
  diffWorlds,
  type Finding,
  invertPatch,
  type JsonValue,
  loadAir,
  openDefinition,
  toNodeJson,
  type WorldDefinition,
} from '@aos/air';
import { decode, type Encodable, encode, type Hash, type Result, refuse, sha256 } from '@aos/canon';
import type { Proposal, World } from '@aos/kernel';
import type { ObjectReader, StoredObject } from '@aos/protocol';

/** What is to come of a definition. */
export type PatchSource =
  /** A patch document. */
  | { readonly kind: 'patch'; readonly json: JsonValue }
  /** The documents of an authoring folder: the patch is what leads there. */
  | { readonly kind: 'folder'; readonly documents: readonly AirDocument[] }
  /** What leads back from an applied proposal. */
  | { readonly kind: 'rollback'; readonly proposal: Proposal };

/** Code by the name of its module. */
export type PatchModules = ReadonlyMap<string, Uint8Array>;

export interface PatchDraft {
  readonly base: Hash;
  readonly patchHash: Hash;
  /** The definition that the patch leads to. */
  readonly candidate: WorldDefinition;
  /** To be stored before it is proposed: the document and the code. */
  readonly objects: readonly StoredObject[];
  readonly warnings: readonly Finding[];
}

export interface DraftParts {
  /** Code that the patch brings. */
  readonly modules: PatchModules;
  /** Code that the world has already. */
  readonly code?: ReadonlyMap<string, Hash>;
  readonly object: ObjectReader;
}

/**
 * Codes: those of `compilePatch` and `loadAir` (of the first finding), `patch-inexpressible`,
 * `patch-empty`, `proposal-not-current` for a rollback of what is not in force any more.
 */
export function draftPatch(
  { program }: Pick<World, 'program'>,
  source: PatchSource,
  { modules, code, object }: DraftParts,
): Result<PatchDraft> {
  const world = program.definition;
  const hashed = [...modules].map(([name, bytes]) => [name, sha256(bytes)] as const);
  const wasm = new Map([...hashed, ...(code ?? [])]);
  const json = documentOf(world, source, { wasm, object });
  if (!json.ok) return json;
  const outcome = compilePatch(json.value, { world, getNode: object, wasm });
  if (!outcome.ok) return refuseFinding(outcome.findings);
  const { candidate, document, patchHash } = outcome.patch;
  const bytes = encode(document as unknown as Encodable);
  return {
    ok: true,
    value: {
      base: world.manifestHash,
      patchHash,
      candidate,
      objects: [bytes, ...modules.values()].map((each) => ({ hash: sha256(each), bytes: each })),
      warnings: outcome.findings,
    },
  };
}

interface DraftPorts {
  readonly wasm: ReadonlyMap<string, Hash>;
  readonly object: ObjectReader;
}

function documentOf(
  world: WorldDefinition,
  source: PatchSource,
  ports: DraftPorts,
): Result<JsonValue> {
  switch (source.kind) {
    case 'patch':
      return { ok: true, value: source.json };
    case 'folder': {
      const loaded = loadAir(source.documents, ports.wasm);
      return loaded.ok ? notEmpty(diffWorlds(world, loaded.world)) : refuseFinding(loaded.findings);
    }
    case 'rollback':
      return rollbackOf(source.proposal, ports.object);
  }
}

function rollbackOf({ base, patchHash }: Proposal, object: ObjectReader): Result<JsonValue> {
  const before = openDefinition(base, object);
  if (!before.ok) return before;
  const json = storedJson(patchHash, object);
  if (json === undefined) {
    return refuse('object-missing', '', 'the patch of the proposal is not stored any more');
  }
  return notEmpty(invertPatch(json, { world: before.value, getNode: object }));
}

/** A document that is stored, undefined when it is none. */
export function storedJson(hash: Hash, object: ObjectReader): JsonValue | undefined {
  const bytes = object(hash);
  const decoded = bytes === undefined ? undefined : decode(bytes);
  return decoded?.ok ? toNodeJson(decoded.value) : undefined;
}

function notEmpty(diff: ReturnType<typeof diffWorlds>): Result<JsonValue> {
  if (!diff.ok) return diff;
  if (diff.value !== undefined) return { ok: true, value: diff.value as JsonValue };
  return refuse('patch-empty', '', 'nothing differs from the definition in force');
}

/** The first error; the others are told with it. */
function refuseFinding(findings: readonly Finding[]): Result<never> {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const { code = 'patch-base', path = '', message = '' } = first ?? {};
  return refuse(code, path, `${message}${more}`);
}
