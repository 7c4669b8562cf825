import {
  type DefCap,
  type DefMigration,
  type DefSchema,
  type DefSecret,
  defCap,
  defMigration,
  defSchema,
  defSecret,
} from './definitions.js';
import { type AuthoredEffect, authoredEffect, type DefEffect, defEffect } from './effect.js';
import type { Form } from './form.js';
import { type AuthoredModule, authoredModule, type DefModule, defModule } from './module.js';
import type { DefinitionKind } from './names.js';
import { type DefPlan, defPlan } from './plan.js';
import { type DefPolicy, defPolicy } from './policy.js';

/** Every kind of definition. */
export type Definition =
  | DefSchema
  | DefModule
  | DefPlan
  | DefEffect
  | DefCap
  | DefPolicy
  | DefSecret
  | DefMigration;

/** One kind of definition. */
export type DefinitionOf<K extends DefinitionKind> = Extract<Definition, { readonly $kind: K }>;

/** A definition as a person writes it: hashes of WASM may be missing. */
export type AuthoredDefinition = Definition | AuthoredModule | AuthoredEffect;

/** How each kind is read from a store. */
export const DEFINITION_FORMS: { readonly [K in DefinitionKind]: Form<DefinitionOf<K>> } = {
  defschema: defSchema,
  defmodule: defModule,
  defplan: defPlan,
  defeffect: defEffect,
  defcap: defCap,
  defpolicy: defPolicy,
  defsecret: defSecret,
  defmigration: defMigration,
};

/** How each kind is read from authored files. */
export const AUTHORED_FORMS: { readonly [K in DefinitionKind]: Form<AuthoredDefinition> } = {
  ...DEFINITION_FORMS,
  defmodule: authoredModule,
  defeffect: authoredEffect,
};

export function isDefinitionKind(kind: unknown): kind is DefinitionKind {
  return typeof kind === 'string' && Object.hasOwn(DEFINITION_FORMS, kind);
}
