/**
 * The built-in definitions, under names that begin with `sys/`.
 *
 * C1. A world may refer to them without declaring them.
 * C2. A world that declares one must declare it exactly as it stands here.
 * C3. They never change; where one cannot carry a meaning, a next version is added.
 */
import { type Hash, hashOf } from '@aos/canon';
import type { Definition, DefinitionOf } from '../forms/definition.js';
import type { DefSchema } from '../forms/definitions.js';
import type { DefinitionKind } from '../forms/names.js';
import { CAPS } from './caps.js';
import { COMPILE_SCHEMAS } from './compile-schemas.js';
import { EFFECT_SCHEMAS } from './effect-schemas.js';
import { EFFECTS } from './effects.js';
import { GOVERNANCE_SCHEMAS } from './governance-schemas.js';
import { LLM_SCHEMAS } from './llm-schemas.js';
import { MODULES } from './modules.js';
import {
  INTROSPECT_SCHEMAS,
  OBJECT_SCHEMAS,
  SECRET_SCHEMAS,
  SYSTEM_SCHEMAS,
} from './system-schemas.js';
import { WASI_SCHEMAS } from './wasi-schemas.js';
import { WORKSPACE_SCHEMAS } from './workspace-schemas.js';

export const REDUCER_CONTEXT = 'sys/ReducerContext@1';
export const PURE_CONTEXT = 'sys/PureContext@1';
/** What every receipt that is not ok holds. */
export const EFFECT_ERROR = 'sys/EffectError@1';
/** The events that move the head of a workspace: the family of its reducer, and its member. */
export const WORKSPACE_EVENTS: readonly string[] = [
  'sys/WorkspaceCommitted@1',
  'sys/WorkspaceCommit@1',
];
/** The event that tells of changes of proposals. */
export const PROPOSAL_CHANGED = 'sys/ProposalChanged@1';

const SCHEMAS: readonly DefSchema[] = [
  SYSTEM_SCHEMAS,
  EFFECT_SCHEMAS,
  LLM_SCHEMAS,
  SECRET_SCHEMAS,
  GOVERNANCE_SCHEMAS,
  OBJECT_SCHEMAS,
  INTROSPECT_SCHEMAS,
  WASI_SCHEMAS,
  COMPILE_SCHEMAS,
  WORKSPACE_SCHEMAS,
].flatMap((schemas) =>
  Object.entries(schemas).map(([name, type]) => ({ $kind: 'defschema', name, type }) as const),
);

/** All of them, schemas first. */
export const BUILTINS: readonly Definition[] = [...SCHEMAS, ...EFFECTS, ...CAPS, ...MODULES];

const key = (kind: DefinitionKind, name: string): string => `${kind} ${name}`;

const CATALOGUE: ReadonlyMap<string, Definition> = new Map(
  BUILTINS.map((definition) => [key(definition.$kind, definition.name), definition]),
);

/** A built-in definition; undefined for any other name. */
export function builtin<K extends DefinitionKind>(
  kind: K,
  name: string,
): DefinitionOf<K> | undefined {
  return CATALOGUE.get(key(kind, name)) as DefinitionOf<K> | undefined;
}

/** The hash of a built-in definition: like every one, of its canonical map with `$kind`. */
export function builtinHash(kind: DefinitionKind, name: string): Hash | undefined {
  const definition = builtin(kind, name);
  return definition === undefined ? undefined : hashOf(definition);
}

/** Names of all built-in definitions of a kind. */
export function builtinNames(kind: DefinitionKind): readonly string[] {
  return BUILTINS.filter(({ $kind }) => $kind === kind).map(({ name }) => name);
}

/** Names of all built-in schemas. */
export function builtinSchemaNames(): readonly string[] {
  return builtinNames('defschema');
}

/** The definition of a built-in schema; undefined for any other name. */
export function builtinSchema(name: string): DefSchema | undefined {
  return builtin('defschema', name);
}

/** The hash of a built-in schema. */
export function builtinSchemaHash(name: string): Hash | undefined {
  return builtinHash('defschema', name);
}
