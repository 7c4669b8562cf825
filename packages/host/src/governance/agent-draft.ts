/** Patches that a plan of the world drafts: a document as text, and code that the world has. */
import { type JsonObject, type JsonValue, parseJson } from '@aos/air';
import { type Hash, ok, type Result, refuse, toHashText } from '@aos/canon';
import type { World } from '@aos/kernel';
import type { ObjectReader } from '@aos/protocol';
import { draftPatch, type PatchDraft } from './patch-draft.js';

export interface AgentDraft {
  /** The manifest that is meant; the one in force when absent. */
  readonly base: Hash | undefined;
  /** A patch document as JSON text, with or without its base. */
  readonly patch: string | undefined;
  /** Code by the name of its module. */
  readonly code: ReadonlyMap<string, Hash>;
}

/**
 * Drafts it. Codes: `json-*` and `patch-form` of the text, `object-missing` of code,
 * `patch-undefined` of code for a module that there is not, and those of {@link draftPatch}.
 */
export function draftForAgent(
  world: World,
  draft: AgentDraft,
  object: ObjectReader,
): Result<PatchDraft> {
  for (const [name, hash] of draft.code) {
    if (object(hash) !== undefined) continue;
    return refuse('object-missing', `/code/${name}`, `the world has no object ${toHashText(hash)}`);
  }
  const json = documentOf(world, draft);
  if (!json.ok) return json;
  const source = { kind: 'patch', json: json.value } as const;
  return draftPatch(world, source, { modules: new Map(), code: draft.code, object });
}

function documentOf(
  { program }: Pick<World, 'program'>,
  { base, patch, code }: AgentDraft,
): Result<JsonValue> {
  const read = patch === undefined ? ok<JsonValue>({}) : parseJson(patch);
  if (!read.ok) return read;
  const given = isJsonObject(read.value) ? read.value : undefined;
  const patches = given?.patches ?? [];
  if (given === undefined || !Array.isArray(patches)) {
    return refuse('patch-form', '/patch', 'expected an object with a list of operations, patches');
  }
  const { manifestHash } = program.definition;
  const brought = new Set(patches.flatMap(moduleOf));
  const replaced = [...code.keys()].filter((name) => !brought.has(name));
  const ops: JsonValue[] = [];
  for (const name of replaced) {
    const op = replaceCode(program.definition, name);
    if (op === undefined) {
      const detail = `expected the module ${name} in force or in the patch, found none`;
      return refuse('patch-undefined', `/code/${name}`, detail);
    }
    ops.push(op);
  }
  const base_manifest_hash = toHashText(base ?? manifestHash);
  return ok({ base_manifest_hash, ...given, patches: [...patches, ...ops] });
}

/** The module as it is in force, whose code is told apart. */
function replaceCode(
  definition: World['program']['definition'],
  name: string,
): JsonObject | undefined {
  const node = definition.find('defmodule', name);
  const ref = definition.manifest.modules?.find((each) => each.name === name);
  if (node === undefined || ref === undefined) return undefined;
  const { wasm_hash: _, ...rest } = node;
  return {
    replace_def: {
      ...{ kind: 'defmodule', name, pre_hash: ref.hash },
      new_node: rest as unknown as JsonObject,
    },
  };
}

/** The name of the module that an operation brings. */
function moduleOf(op: JsonValue): readonly string[] {
  const [body] = isJsonObject(op) ? Object.values(op) : [];
  if (!isJsonObject(body) || body.kind !== 'defmodule') return [];
  const node = body.node ?? body.new_node;
  const name = isJsonObject(node) ? node.name : undefined;
  return typeof name === 'string' ? [name] : [];
}

function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
