/** Reducers, pure modules and migrations: what the world runs as WASM. */
import { PURE_CONTEXT, REDUCER_CONTEXT } from '../builtins/catalogue.js';
import type { DefMigration } from '../forms/definitions.js';
import type { AuthoredModule } from '../forms/module.js';
import type { AnyEffect, Effect, Grant } from './authority.js';
import type { AnyPure, ModuleSpec, PureModule } from './pure.js';
import { type AnySchema, checkName, type Name, type Schema } from './types.js';

/** Any effect that reducers may ask for. */
// biome-ignore lint/suspicious/noExplicitAny: shapes are invariant, so nothing else means "any"
type ReducerEffect = Effect<any, any, string, 'reducer' | 'both'>;

export interface ReducerSpec<S, E> extends ModuleSpec {
  readonly state: Schema<S>;
  /** A variant whose arms are schemas: the events that the reducer takes. */
  readonly event: Schema<E>;
  /** A reducer with a key has one state for each key. */
  readonly key?: AnySchema;
  readonly annotations?: AnySchema;
  readonly effects?: readonly ReducerEffect[];
  /** Grants by the names under which the reducer's code asks for them. */
  readonly slots?: { readonly [slot: string]: Grant };
}

export interface Reducer<S, E> extends ReducerSpec<S, E> {
  readonly moduleKind: 'reducer';
  readonly name: Name;
}

// biome-ignore lint/suspicious/noExplicitAny: shapes are invariant, so nothing else means "any"
export type AnyReducer = Reducer<any, any>;

export function defineReducer<S, E>(name: Name, spec: ReducerSpec<S, E>): Reducer<S, E> {
  return { ...spec, moduleKind: 'reducer', name: checkName(name) };
}

export type AnyModule = AnyReducer | AnyPure;

/** How states of an earlier version of a reducer become states of this one, or of one between. */
// biome-ignore lint/suspicious/noExplicitAny: shapes are invariant, so nothing else means "any"
export interface Migration<From = any> {
  readonly name: Name;
  readonly reducer: AnyReducer;
  // biome-ignore lint/suspicious/noExplicitAny: where it leads is checked when it is defined
  readonly module: PureModule<From, any>;
}

/**
 * The module must lead to the state of the reducer, or to what the migration takes that comes next:
 * anything else does not compile.
 */
export function defineMigration<S, E, From>(
  name: Name,
  spec: { readonly reducer: Reducer<S, E>; readonly module: PureModule<From, S> },
): Migration<From>;
export function defineMigration<S, E, From, Via>(
  name: Name,
  spec: {
    readonly reducer: Reducer<S, E>;
    readonly module: PureModule<From, Via>;
    readonly next: Migration<Via>;
  },
): Migration<From>;
export function defineMigration(
  name: Name,
  { reducer, module }: { readonly reducer: AnyReducer; readonly module: AnyPure },
): Migration {
  return { name: checkName(name), reducer, module };
}

/** The schemas that a module names, in the order in which its definition does. */
export function schemasOfModule(module: AnyModule): readonly AnySchema[] {
  if (module.moduleKind === 'pure') return [module.input, module.output];
  const { state, event, annotations, key } = module;
  return [state, event, annotations, key].filter((each) => each !== undefined) as AnySchema[];
}

/** The definition of a module, as it stands in AIR. */
export function moduleDefinition(module: AnyModule): AuthoredModule {
  const { name, wasmHash } = module;
  const head = { $kind: 'defmodule', name } as const;
  const wasm = wasmHash === undefined ? {} : { wasm_hash: wasmHash };
  if (module.moduleKind === 'pure') {
    const context = module.context === true ? { context: PURE_CONTEXT } : {};
    const pure = { input: nameOf(module.input), output: nameOf(module.output), ...context };
    return { ...head, module_kind: 'pure', ...wasm, abi: { pure } };
  }
  const { key } = module;
  return {
    ...head,
    module_kind: 'reducer',
    ...wasm,
    ...(key === undefined ? {} : { key_schema: nameOf(key) }),
    abi: { reducer: reducerAbi(module) },
  };
}

type ReducerAbi = Extract<AuthoredModule, { readonly module_kind: 'reducer' }>['abi']['reducer'];

function reducerAbi(module: AnyReducer): ReducerAbi {
  const { state, event, annotations, context, effects = [], slots = {} } = module;
  const caps = Object.entries(slots).map(([slot, { cap }]) => [slot, cap.type] as const);
  const kinds = (effects as readonly AnyEffect[]).map(({ kind }) => kind);
  return {
    state: nameOf(state),
    event: nameOf(event),
    ...(context === true ? { context: REDUCER_CONTEXT } : {}),
    ...(annotations === undefined ? {} : { annotations: nameOf(annotations) }),
    ...(kinds.length === 0 ? {} : { effects_emitted: kinds }),
    ...(caps.length === 0 ? {} : { cap_slots: Object.fromEntries(caps) }),
  };
}

export function migrationDefinition({ name, reducer, module }: Migration): DefMigration {
  return {
    $kind: 'defmigration',
    name,
    reducer: reducer.name,
    from: nameOf(module.input),
    to: nameOf(module.output),
    module: module.name,
  };
}

const nameOf = (each: { readonly name: Name }) => each.name;
