/**
 * A world's definition: everything that the manifest hash fixes, checked and ready to run.
 *
 * D1. Two definitions with one manifest hash are equal, whether authored or read from a store.
 * D2. Nothing in it depends on the order or the names of files.
 * D3. A definition exists only if no check found an error.
 */
import { assert, type Hash, parseHashText, toHashText } from '@aos/canon';
import { builtinSchema, PURE_CONTEXT, REDUCER_CONTEXT } from '../builtins/catalogue.js';
import type { DefSchema } from '../forms/definitions.js';
import type { AuthoredManifest, Manifest } from '../forms/manifest.js';
import type { DefModule, DefReducerModule } from '../forms/module.js';
import { SchemaCompiler, type TypeLookup } from '../values/compile.js';
import type { CompiledSchema } from '../values/schema.js';
import { checkTypes, type TypeProblem } from '../values/types.js';
import { error, type Finding, hasError, type Place, pathOf } from './finding.js';
import { abiSchemas, checkModule } from './modules.js';
import type { Node } from './node.js';
import { checkDuplicates, type Definitions } from './references.js';
import { buildRouting, type Route } from './routing.js';
import { checkManifestSupport, checkModuleSupport } from './support.js';

export interface WorldDefinition {
  readonly manifestHash: Hash;
  /** Canonical bytes of the manifest and of every definition of its own, by hash text. */
  readonly nodes: ReadonlyMap<string, Uint8Array>;
  readonly manifest: Manifest;
  /** All schemas of the manifest, and every built-in one that they and the modules lead to. */
  readonly schemas: ReadonlyMap<string, CompiledSchema>;
  /** In manifest order. */
  readonly reducers: readonly ReducerDefinition[];
  /**
   * Where an event of this schema goes, in manifest order. A route of a family also serves each of
   * its members, with the tag to wrap them in. Empty for schemas that no route mentions.
   */
  routesOf(schema: string): readonly Route[];
}

export interface ReducerDefinition {
  readonly name: string;
  /** The zero hash when no WASM was bound: such a world can be checked, not opened. */
  readonly wasmHash: Hash;
  readonly state: CompiledSchema;
  /** The event family: what the reducer is given. */
  readonly event: CompiledSchema;
  readonly annotations?: CompiledSchema;
  /** The reducer wants a `sys/ReducerContext@1` with each call. */
  readonly context: boolean;
  readonly keySchema?: CompiledSchema;
  /** Effect kinds it may emit. */
  readonly effectsEmitted: readonly string[];
}

/** A world or the reasons why there is none; warnings in both cases. */
export type LoadOutcome =
  | { readonly ok: true; readonly world: WorldDefinition; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** What the checks found out; enough to build the world when no finding is an error. */
export interface CheckedWorld {
  readonly findings: readonly Finding[];
  readonly definitions: Definitions;
  readonly reducers: readonly DefReducerModule[];
  readonly routes: ReadonlyMap<string, readonly Route[]>;
  readonly schemaNames: readonly string[];
  readonly typeOf: TypeLookup;
}

/** Runs every check of a world. The manifest's hashes need not be filled. */
export function checkWorld(
  manifest: Place & { readonly value: AuthoredManifest },
  definitions: Definitions,
): CheckedWorld {
  const typeOf: TypeLookup = (name) =>
    schemaNode(definitions, name)?.value.type ?? builtinSchema(name)?.type;
  const modules = manifest.value.modules.flatMap(({ name }) => moduleNode(definitions, name) ?? []);
  const reducers = modules.map(({ value }) => value).filter(isReducer);
  const { routes, findings } = buildRouting(manifest, reducers, typeOf);
  const types = checkTypes(rootSchemas(manifest.value, modules), typeOf);
  return {
    findings: [
      ...checkDuplicates(manifest),
      ...checkManifestSupport(manifest.value, manifest),
      ...types.problems.map((problem) => typeFinding(problem, definitions)),
      ...modules.flatMap((module) => [
        ...checkModuleSupport(module),
        ...checkModule(module, typeOf),
      ]),
      ...findings,
    ],
    definitions,
    reducers,
    routes,
    schemaNames: types.names,
    typeOf,
  };
}

/** Builds the world that the checks found nothing wrong with. */
export function buildWorld(manifest: Node<Manifest>, checked: CheckedWorld): WorldDefinition {
  assert(!hasError(checked.findings), 'a world is built only when its checks found no error');
  const compiler = new SchemaCompiler(checked.typeOf);
  const nodes = [manifest, ...checked.definitions.values()];
  return {
    manifestHash: manifest.hash,
    manifest: manifest.value,
    nodes: new Map(nodes.map(({ hash, bytes }) => [toHashText(hash), bytes])),
    schemas: new Map(checked.schemaNames.map((name) => [name, compiler.schema(name)])),
    reducers: checked.reducers.map((module) => reducerDefinition(module, compiler)),
    routesOf: (schema) => checked.routes.get(schema) ?? [],
  };
}

/** Schemas from which every type of the world is reached; unknown ones are reported elsewhere. */
function rootSchemas(
  manifest: AuthoredManifest,
  modules: readonly Node<DefModule>[],
): readonly string[] {
  return [
    ...manifest.schemas.map(({ name }) => name),
    ...modules.flatMap(({ value }) => abiSchemas(value).map(([, name]) => name)),
    REDUCER_CONTEXT,
    PURE_CONTEXT,
  ];
}

function reducerDefinition(module: DefReducerModule, compiler: SchemaCompiler): ReducerDefinition {
  const { state, event, annotations, context, effects_emitted } = module.abi.reducer;
  const wasmHash = parseHashText(module.wasm_hash);
  assert(wasmHash.ok, 'a module form admits only hash texts');
  return {
    name: module.name,
    wasmHash: wasmHash.value,
    state: compiler.schema(state),
    event: compiler.schema(event),
    ...(annotations === undefined ? {} : { annotations: compiler.schema(annotations) }),
    context: context !== undefined,
    ...(module.key_schema === undefined ? {} : { keySchema: compiler.schema(module.key_schema) }),
    effectsEmitted: effects_emitted ?? [],
  };
}

function typeFinding(problem: TypeProblem, definitions: Definitions): Finding {
  const { code, schema, at, message, hint } = problem;
  const node = schemaNode(definitions, schema);
  assert(node !== undefined, `the built-in schema ${schema} has no problems`);
  return error(code, pathOf(node, `/type${at}`), message, hint);
}

function schemaNode(definitions: Definitions, name: string): Node<DefSchema> | undefined {
  return definitions.get('defschema', name) as Node<DefSchema> | undefined;
}

function moduleNode(definitions: Definitions, name: string): Node<DefModule> | undefined {
  return definitions.get('defmodule', name) as Node<DefModule> | undefined;
}

function isReducer(module: DefModule): module is DefReducerModule {
  return module.module_kind === 'reducer';
}
