/**
 * A world's definition: everything that the manifest hash fixes, checked and ready to run.
 *
 * D1. Two definitions with one manifest hash are equal, whether authored or read from a store.
 * D2. Nothing in it depends on the order or the names of files.
 * D3. A definition exists only if no check found an error.
 */
import { assert, type Hash, parseHashText, toHashText } from '@aos/canon';
import {
  builtin,
  EFFECT_ERROR,
  PROPOSAL_CHANGED,
  PURE_CONTEXT,
  REDUCER_CONTEXT,
} from '../builtins/catalogue.js';
import { parseNormalSlot } from '../expr/slot.js';
import type { DefinitionOf } from '../forms/definition.js';
import type { DefCap } from '../forms/definitions.js';
import type { DefEffect } from '../forms/effect.js';
import type { CapGrant } from '../forms/grant.js';
import type { Manifest } from '../forms/manifest.js';
import type { DefModule, DefReducerModule } from '../forms/module.js';
import type { DefinitionKind } from '../forms/names.js';
import type { DefPlan } from '../forms/plan.js';
import { checkDefinition } from '../validate/check-definition.js';
import type { DefinitionIndex, Placed } from '../validate/definition-index.js';
import type { CheckedPlan } from '../validate/plans/plan-slots.js';
import { SchemaCompiler, type TypeLookup } from '../values/compile.js';
import type { CompiledSchema } from '../values/schema.js';
import { checkTypes, type TypeProblem } from '../values/types.js';
import { checkFeatures } from './features.js';
import { error, type Finding, hasError, pathOf } from './finding.js';
import { abiSchemas, checkModule } from './modules.js';
import type { Node } from './node.js';
import { checkDuplicates, type Definitions } from './references.js';
import { buildRouting, type Members, membersOf, type Route, type Wrapping } from './routing.js';

export interface WorldDefinition {
  readonly manifestHash: Hash;
  /** Canonical bytes of the manifest and of every definition of its own, by hash text. */
  readonly nodes: ReadonlyMap<string, Uint8Array>;
  readonly manifest: Manifest;
  /** All schemas of the manifest, and every built-in one that they and the modules lead to. */
  readonly schemas: ReadonlyMap<string, CompiledSchema>;
  /** In manifest order. */
  readonly reducers: readonly ReducerDefinition[];
  /** By name, in manifest order. */
  readonly plans: ReadonlyMap<string, PlanDefinition>;
  /** By name, in manifest order. */
  readonly grants: ReadonlyMap<string, GrantDefinition>;
  /** A definition of the manifest or of the catalogue; plans are in normal form. */
  find<K extends DefinitionKind>(kind: K, name: string): DefinitionOf<K> | undefined;
  /** The effect of a kind: the one that the manifest lists, otherwise that of the catalogue. */
  effectOf(kind: string): EffectDefinition | undefined;
  /**
   * Where an event of this schema goes, in manifest order. A route of a family also serves each of
   * its members, with the tag to wrap them in. Empty for schemas that no route mentions.
   */
  routesOf(schema: string): readonly Route[];
  /** Where events from a named source go: to this reducer and nowhere else. */
  inboxOf(source: string): Inbox | undefined;
}

export interface Inbox {
  /** Index into the reducers of the world. */
  readonly reducer: number;
  /** How a value of its family or of a member is wrapped; undefined for any other schema. */
  wrapOf(schema: string): Wrapping | undefined;
}

export interface ReducerDefinition {
  readonly name: string;
  /** The zero hash when no WASM was bound: such a world can be checked, not opened. */
  readonly wasmHash: Hash;
  readonly state: CompiledSchema;
  /** The event family: what the reducer is given. */
  readonly event: CompiledSchema;
  readonly annotations?: CompiledSchema;
  /** Schemas whose values it takes, the family itself among them. */
  readonly members: Members;
  /** The reducer wants a `sys/ReducerContext@1` with each call. */
  readonly context: boolean;
  readonly keySchema?: CompiledSchema;
  /** Effect kinds it may emit. */
  readonly effectsEmitted: readonly string[];
}

export interface PlanDefinition extends CheckedPlan {
  /** In normal form. */
  readonly plan: DefPlan;
  readonly input: CompiledSchema;
  readonly output?: CompiledSchema;
}

export interface GrantDefinition {
  readonly grant: CapGrant;
  readonly cap: DefCap;
  /** Canonical bytes in the schema of the capability. */
  readonly params: Uint8Array;
}

export interface EffectDefinition {
  readonly effect: DefEffect;
  readonly params: CompiledSchema;
  readonly receipt: CompiledSchema;
}

/** A world or the reasons why there is none; warnings in both cases. */
export type LoadOutcome =
  | { readonly ok: true; readonly world: WorldDefinition; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** What the checks found out; enough to build the world when no finding is an error. */
export interface CheckedWorld {
  readonly findings: readonly Finding[];
  readonly index: DefinitionIndex;
  readonly definitions: Definitions;
  readonly reducers: readonly DefReducerModule[];
  readonly routes: ReadonlyMap<string, readonly Route[]>;
  readonly schemaNames: readonly string[];
  readonly plans: ReadonlyMap<string, CheckedPlan>;
}

/** Runs every check of a world. The manifest's hashes need not be filled. */
export function checkWorld(index: DefinitionIndex, definitions: Definitions): CheckedWorld {
  const { manifest } = index;
  const typeOf: TypeLookup = (name) => index.writtenType(name);
  const modules = manifest.value.modules.flatMap(({ name }) => index.modules.get(name) ?? []);
  const reducers = modules.map(({ value }) => value).filter(isReducer);
  const { routes, findings } = buildRouting(manifest, reducers, typeOf);
  const types = checkTypes(rootSchemas(index, modules), typeOf);
  const checked = checkDefinition(index);
  return {
    findings: [
      ...checkDuplicates(manifest),
      ...types.problems.map((problem) => typeFinding(problem, index)),
      ...modules.flatMap((module) => checkModule(module, typeOf)),
      ...findings,
      ...checkFeatures(manifest, definitions.values()),
      ...checked.findings,
    ],
    plans: checked.plans,
    index,
    definitions,
    reducers,
    routes,
    schemaNames: types.names,
  };
}

/** Builds the world that the checks found nothing wrong with. */
export function buildWorld(manifest: Node<Manifest>, checked: CheckedWorld): WorldDefinition {
  assert(!hasError(checked.findings), 'a world is built only when its checks found no error');
  const { index, definitions } = checked;
  const compiler = new SchemaCompiler((name) => index.writtenType(name));
  const nodes = [manifest, ...definitions.values()];
  const reducers = checked.reducers.map((module) => reducerDefinition(module, index, compiler));
  const inboxes = inboxesOf(manifest.value, reducers);
  const find: WorldDefinition['find'] = (kind, name) =>
    (definitions.get(kind, name)?.value ?? builtin(kind, name)) as never;
  return {
    manifestHash: manifest.hash,
    manifest: manifest.value,
    nodes: new Map(nodes.map(({ hash, bytes }) => [toHashText(hash), bytes])),
    schemas: new Map(checked.schemaNames.map((name) => [name, compiler.schema(name)])),
    reducers,
    plans: planDefinitions(checked.plans, find, compiler),
    grants: grantDefinitions(manifest.value, find, index),
    find,
    effectOf: (kind) => effectDefinition(kind, index, compiler),
    routesOf: (schema) => checked.routes.get(schema) ?? [],
    inboxOf: (source) => inboxes.get(source),
  };
}

/** Schemas from which every type of the world is reached; unknown ones are reported elsewhere. */
function rootSchemas(
  index: DefinitionIndex,
  modules: readonly Placed<DefModule>[],
): readonly string[] {
  const { manifest, effects, plans } = index;
  const listed = new Set(manifest.value.effects?.map(({ name }) => name));
  return [
    ...manifest.value.schemas.map(({ name }) => name),
    ...modules.flatMap(({ value }) => abiSchemas(value).map(([, name]) => name)),
    ...[...effects.values()].flatMap(({ value }) =>
      listed.has(value.name) ? [value.params_schema, value.receipt_schema] : [],
    ),
    ...[...plans.values()].flatMap(({ value }) => [value.input, value.output ?? value.input]),
    REDUCER_CONTEXT,
    PURE_CONTEXT,
    EFFECT_ERROR,
    PROPOSAL_CHANGED,
  ];
}

function planDefinitions(
  checked: ReadonlyMap<string, CheckedPlan>,
  find: WorldDefinition['find'],
  compiler: SchemaCompiler,
): ReadonlyMap<string, PlanDefinition> {
  const plans = [...checked].map(([name, { slots, statusReads, correlation }]) => {
    const plan = find('defplan', name);
    assert(plan !== undefined, `the plan ${name} was checked`);
    const output = plan.output === undefined ? {} : { output: compiler.schema(plan.output) };
    const input = compiler.schema(plan.input);
    return [name, { plan, input, ...output, slots, statusReads, correlation }] as const;
  });
  return new Map(plans);
}

function grantDefinitions(
  manifest: Manifest,
  find: WorldDefinition['find'],
  index: DefinitionIndex,
): ReadonlyMap<string, GrantDefinition> {
  const grants = (manifest.defaults?.cap_grants ?? []).map((grant) => {
    const cap = find('defcap', grant.cap);
    const slot = parseNormalSlot(grant.params, index.paramsSchema(grant.cap));
    const params = slot.ok && slot.value.kind === 'value' ? slot.value.bytes : undefined;
    assert(cap !== undefined && params !== undefined, `the grant ${grant.name} was checked`);
    return [grant.name, { grant, cap, params }] as const;
  });
  return new Map(grants);
}

function effectDefinition(
  kind: string,
  index: DefinitionIndex,
  compiler: SchemaCompiler,
): EffectDefinition | undefined {
  const effect = index.effectsByKind.get(kind)?.value;
  if (effect === undefined) return undefined;
  const { params_schema, receipt_schema } = effect;
  return {
    effect,
    params: compiler.schema(params_schema),
    receipt: compiler.schema(receipt_schema),
  };
}

function inboxesOf(
  manifest: Manifest,
  reducers: readonly ReducerDefinition[],
): ReadonlyMap<string, Inbox> {
  const indexes = new Map(reducers.map(({ name }, index) => [name, index]));
  const inboxes = (manifest.routing?.inboxes ?? []).map(({ source, reducer: name }) => {
    const index = indexes.get(name) ?? -1;
    const reducer = reducers[index];
    assert(reducer !== undefined, `the inbox ${source} was checked`);
    return [
      source,
      { reducer: index, wrapOf: (schema: string) => reducer.members.get(schema) },
    ] as const;
  });
  return new Map(inboxes);
}

function reducerDefinition(
  module: DefReducerModule,
  index: DefinitionIndex,
  compiler: SchemaCompiler,
): ReducerDefinition {
  const { state, event, annotations, context, effects_emitted } = module.abi.reducer;
  const wasmHash = parseHashText(module.wasm_hash);
  assert(wasmHash.ok, 'a module form admits only hash texts');
  const members = membersOf(event, (name) => index.writtenType(name));
  assert(typeof members !== 'string', `the family ${event} was checked`);
  return {
    name: module.name,
    wasmHash: wasmHash.value,
    state: compiler.schema(state),
    event: compiler.schema(event),
    members: new Map([[event, {}], ...members]),
    ...(annotations === undefined ? {} : { annotations: compiler.schema(annotations) }),
    context: context !== undefined,
    ...(module.key_schema === undefined ? {} : { keySchema: compiler.schema(module.key_schema) }),
    effectsEmitted: effects_emitted ?? [],
  };
}

function typeFinding(problem: TypeProblem, index: DefinitionIndex): Finding {
  const { code, schema, at, message, hint } = problem;
  const node = index.schemas.get(schema);
  assert(node !== undefined, `the schema ${schema} was found to be checked`);
  return error(code, pathOf(node, `/type${at}`), message, hint);
}

function isReducer(module: DefModule): module is DefReducerModule {
  return module.module_kind === 'reducer';
}
