/**
 * The built-in schemas, under names that begin with `sys/`.
 *
 * C1. A world may refer to them without declaring them.
 * C2. A world that declares one must declare it exactly as it stands here.
 * C3. The types never change; where one cannot carry a meaning, a next version is added.
 */
import { type Hash, hashOf } from '@aos/canon';
import type { DefSchema } from '../forms/definitions.js';
import type { TypeExpr } from '../forms/type-expr.js';
import { EFFECT_SCHEMAS } from './effect-schemas.js';
import { GOVERNANCE_SCHEMAS } from './governance-schemas.js';
import {
  INTROSPECT_SCHEMAS,
  OBJECT_SCHEMAS,
  SECRET_SCHEMAS,
  SYSTEM_SCHEMAS,
} from './system-schemas.js';

export const REDUCER_CONTEXT = 'sys/ReducerContext@1';
export const PURE_CONTEXT = 'sys/PureContext@1';

const CATALOGUE: ReadonlyMap<string, TypeExpr> = new Map(
  [
    SYSTEM_SCHEMAS,
    EFFECT_SCHEMAS,
    SECRET_SCHEMAS,
    GOVERNANCE_SCHEMAS,
    OBJECT_SCHEMAS,
    INTROSPECT_SCHEMAS,
  ].flatMap((schemas) => Object.entries(schemas)),
);

/** Names of all built-in schemas. */
export function builtinSchemaNames(): readonly string[] {
  return [...CATALOGUE.keys()];
}

/** The definition of a built-in schema; undefined for any other name. */
export function builtinSchema(name: string): DefSchema | undefined {
  const type = CATALOGUE.get(name);
  return type === undefined ? undefined : { $kind: 'defschema', name, type };
}

/** The hash of a built-in schema: like every definition, of its canonical map with `$kind`. */
export function builtinSchemaHash(name: string): Hash | undefined {
  const schema = builtinSchema(name);
  return schema === undefined ? undefined : hashOf(schema);
}
