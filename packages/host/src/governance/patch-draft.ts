/**
 * Patches before they are proposed: compiled against the definition in force, brought into the
 * normal form that is bound, and stored with the code that they bring.
 */
import {
  type AirDocument,
  compilePatch,
  diffWorlds,
  type Finding,
  type JsonValue,
  loadAir,
  toNodeJson,
  type WorldDefinition,
} from '@aos/air';
import { decode, type Encodable, encode, type Hash, type Result, sha256 } from '@aos/canon';
import type { World } from '@aos/kernel';
import type { ObjectReader, StoredObject } from '@aos/protocol';
import { notEmpty, refuseFinding } from './findings.js';
import { type RollbackSource, rollbackOf } from './rollback.js';

/** What is to come of a definition. */
export type PatchSource =
  /** A patch document. */
  | { readonly kind: 'patch'; readonly json: JsonValue }
  /** The documents of an authoring folder: the patch is what leads there. */
  | { readonly kind: 'folder'; readonly documents: readonly AirDocument[] }
  /** What leads back from an applied proposal. */
  | RollbackSource;

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
 * `patch-empty`, and those of {@link rollbackOf}. Throws ObjectsNeeded.
 */
export function draftPatch(
  at: World,
  source: PatchSource,
  { modules, code, object }: DraftParts,
): Result<PatchDraft> {
  const world = at.program.definition;
  const hashed = [...modules].map(([name, bytes]) => [name, sha256(bytes)] as const);
  const wasm = new Map([...hashed, ...(code ?? [])]);
  const json = documentOf(at, source, { wasm, object });
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

function documentOf(world: World, source: PatchSource, ports: DraftPorts): Result<JsonValue> {
  switch (source.kind) {
    case 'patch':
      return { ok: true, value: source.json };
    case 'folder': {
      const loaded = loadAir(source.documents, ports.wasm);
      if (!loaded.ok) return refuseFinding(loaded.findings);
      return notEmpty(diffWorlds(world.program.definition, loaded.world));
    }
    case 'rollback':
      return rollbackOf(world, source, ports);
  }
}

/** A document that is stored, undefined when it is none. */
export function storedJson(hash: Hash, object: ObjectReader): JsonValue | undefined {
  const bytes = object(hash);
  const decoded = bytes === undefined ? undefined : decode(bytes);
  return decoded?.ok ? toNodeJson(decoded.value) : undefined;
}
