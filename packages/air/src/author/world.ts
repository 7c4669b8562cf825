/**
 * A world as one value: its parts in, AIR JSON out.
 *
 * W1. Equal parts give equal text.
 * W2. Whatever the parts lead to is found: schemas, effects, capabilities, plans that plans start.
 * W3. What is built in is referred to and not written down; it must be what the catalogue has.
 */
import type { AuthoredDefinition } from '../forms/definition.js';
import { type AuthoredManifest, REFERENCE_SECTIONS } from '../forms/manifest.js';
import type { JsonValue } from '../json/value.js';
import type { AirDocument } from '../world/documents.js';
import { findFeatures } from '../world/features.js';
import type { AnyCap, AnyEffect, Grant, Secret } from './authority.js';
import { grantJson } from './authority.js';
import { Collector } from './collector.js';
import { formatAir } from './format.js';
import type { AnyModule, AnyReducer, Migration, Reducer } from './modules.js';
import type { AnyPlan, Plan } from './plan/builder.js';
import type { Policy } from './policy.js';
import type { Shape } from './shape.js';
import type { AnySchema, Schema } from './types.js';

/** Where events of a schema go. */
export interface Route {
  readonly event: AnySchema;
  readonly reducer: AnyReducer;
  readonly keyField?: string;
}

type MemberOf<E> = E extends { readonly variant: infer A }
  ? { [K in keyof A]: Schema<A[K] & Shape> }[keyof A]
  : never;

/** Sends a reducer's events to it: the whole family, or one member of it. */
export function route<S, E>(
  reducer: Reducer<S, E>,
  options: { readonly event?: Schema<E> | MemberOf<E>; readonly keyField?: string } = {},
): Route {
  const { event = reducer.event, keyField } = options;
  return { event, reducer, ...(keyField === undefined ? {} : { keyField }) };
}

/** Starts a plan for every event of a schema. */
export interface Trigger {
  readonly plan: AnyPlan;
  readonly event: AnySchema;
}

/** Starts the plan for every event of its input schema, or of another of the same shape. */
export function trigger<I, O>(
  plan: Plan<I, O>,
  options: { readonly event?: Schema<I> } = {},
): Trigger {
  return { plan, event: options.event ?? plan.input };
}

/** Brings what arrives from outside to a reducer. */
export interface Inbox {
  readonly source: string;
  readonly reducer: AnyReducer;
}

export function inbox(source: string, reducer: AnyReducer): Inbox {
  return { source, reducer };
}

/** The parts of a world. What they lead to need not be listed; what is listed comes first. */
export interface WorldSpec {
  readonly schemas?: readonly AnySchema[];
  readonly modules?: readonly AnyModule[];
  readonly plans?: readonly AnyPlan[];
  readonly effects?: readonly AnyEffect[];
  readonly caps?: readonly AnyCap[];
  readonly secrets?: readonly Secret[];
  /** The policy in force; without one, everything is denied. */
  readonly policy?: Policy;
  readonly policies?: readonly Policy[];
  readonly grants?: readonly Grant[];
  readonly migrations?: readonly Migration[];
  readonly routes?: readonly Route[];
  readonly inboxes?: readonly Inbox[];
  readonly triggers?: readonly Trigger[];
}

export interface World {
  readonly spec: WorldSpec;
  /** The files of the world: the same text for the same parts. Throws an `AuthorError`. */
  toAir(): readonly AirDocument[];
}

/** A world, as the default export of the module that `aos air build` reads. */
export function defineWorld(spec: WorldSpec): World {
  return { spec, toAir: () => documentsOf(spec) };
}

const FILES = [
  ['defschema', 'schemas'],
  ['defmodule', 'module'],
  ['defeffect', 'effects'],
  ['defcap', 'capabilities'],
  ['defpolicy', 'policies'],
  ['defsecret', 'secrets'],
  ['defmigration', 'migrations'],
] as const;

function documentsOf(spec: WorldSpec): readonly AirDocument[] {
  const found = collect(spec);
  const files = FILES.flatMap(([kind, file]) => documentOf(file, found.definitionsOf(kind)));
  const plans = found.definitionsOf('defplan');
  return [
    { path: 'manifest.air.json', text: formatAir(manifestJson(spec, found) as JsonValue) },
    ...files,
    ...plans.flatMap((plan) => documentOf(planFile(plan.name, plans), [plan])),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function documentOf(file: string, definitions: readonly AuthoredDefinition[]): AirDocument[] {
  if (definitions.length === 0) return [];
  return [{ path: `${file}.air.json`, text: formatAir(definitions as unknown as JsonValue) }];
}

/** The name without namespace and version, unless that says too little. */
function planFile(name: string, plans: readonly { readonly name: string }[]): string {
  const local = localPart(name);
  const isAlone = plans.filter((each) => localPart(each.name) === local).length === 1;
  const isFree = local !== 'manifest' && FILES.every(([, file]) => file !== local);
  return isAlone && isFree ? local : name.replace('/', '.').replace('@', '.');
}

const localPart = (name: string) => name.slice(name.indexOf('/') + 1, name.lastIndexOf('@'));

function collect(spec: WorldSpec): Collector {
  const found = new Collector();
  for (const schema of spec.schemas ?? []) found.type(schema);
  for (const module of spec.modules ?? []) found.module(module);
  for (const { event, reducer } of spec.routes ?? []) {
    found.module(reducer);
    found.type(event);
  }
  for (const { reducer } of spec.inboxes ?? []) found.module(reducer);
  for (const plan of spec.plans ?? []) found.plan(plan);
  for (const { plan, event } of spec.triggers ?? []) {
    found.plan(plan);
    found.type(event);
  }
  for (const effect of spec.effects ?? []) found.effect(effect);
  for (const cap of spec.caps ?? []) found.cap(cap);
  for (const grant of spec.grants ?? []) found.grant(grant);
  for (const secret of spec.secrets ?? []) found.secret(secret);
  for (const migration of spec.migrations ?? []) found.migration(migration);
  const policies = [...(spec.policy === undefined ? [] : [spec.policy]), ...(spec.policies ?? [])];
  for (const policy of policies) found.policy(policy);
  return found;
}

function manifestJson(spec: WorldSpec, found: Collector): AuthoredManifest {
  const sections = Object.fromEntries(
    REFERENCE_SECTIONS.map(([section, kind]) => {
      return [section, found.namesOf(kind).map((name) => ({ name }))];
    }).filter(([section, refs]) => REQUIRED.has(section as string) || refs?.length !== 0),
  );
  const manifest = {
    $kind: 'manifest',
    air_version: '1',
    ...sections,
    ...defaultsJson(spec, found),
    ...bindingsJson(found),
    ...routingJson(spec),
    ...triggersJson(spec),
  } as unknown as AuthoredManifest;
  const features = featuresOf(manifest, found);
  return features.length === 0 ? manifest : { ...manifest, features };
}

/** Sections that a manifest always has. */
const REQUIRED: ReadonlySet<string> = new Set(['schemas', 'modules', 'plans', 'caps', 'policies']);

function featuresOf(manifest: AuthoredManifest, found: Collector) {
  const place = { file: '', at: '' };
  const definitions = REFERENCE_SECTIONS.flatMap(([, kind]) => found.definitionsOf(kind));
  const placed = definitions.map((value) => ({ ...place, value: value as never }));
  return [...findFeatures({ ...place, value: manifest }, placed).keys()].sort();
}

function defaultsJson({ policy }: WorldSpec, found: Collector): object {
  const grants = [...found.grants.values()];
  if (policy === undefined && grants.length === 0) return {};
  return {
    defaults: {
      ...(policy === undefined ? {} : { policy: policy.name }),
      ...(grants.length === 0 ? {} : { cap_grants: grants.map(grantJson) }),
    },
  };
}

function bindingsJson(found: Collector): object {
  if (found.bindings.size === 0) return {};
  const bindings = [...found.bindings].map(([module, grants]) => {
    const slots = Object.entries(grants).map(([slot, { name }]) => [slot, name] as const);
    return [module, { slots: Object.fromEntries(slots) }] as const;
  });
  return { module_bindings: Object.fromEntries(bindings) };
}

function routingJson({ routes = [], inboxes = [] }: WorldSpec): object {
  if (routes.length === 0 && inboxes.length === 0) return {};
  const events = routes.map(({ event, reducer, keyField }) => {
    const key = keyField === undefined ? {} : { key_field: keyField };
    return { event: event.name, reducer: reducer.name, ...key };
  });
  const sources = inboxes.map(({ source, reducer }) => ({ source, reducer: reducer.name }));
  return {
    routing: { events, ...(sources.length === 0 ? {} : { inboxes: sources }) },
  };
}

function triggersJson({ triggers = [] }: WorldSpec): object {
  if (triggers.length === 0) return {};
  return {
    triggers: triggers.map(({ event, plan }) => {
      const { correlateBy } = plan;
      const key = correlateBy === undefined ? {} : { correlate_by: correlateBy };
      return { event: event.name, plan: plan.name, ...key };
    }),
  };
}
