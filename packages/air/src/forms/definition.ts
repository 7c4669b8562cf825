import {
  type DefCap,
  type DefEffect,
  type DefPolicy,
  type DefSchema,
  type DefSecret,
  defCap,
  defEffect,
  defPolicy,
  defSchema,
  defSecret,
} from './definitions.js';
import type { Form } from './form.js';
import { type DefModule, defModule } from './module.js';

/** Every kind of definition that can be read and hashed. */
export type Definition = DefSchema | DefModule | DefEffect | DefCap | DefPolicy | DefSecret;

export type ReadableKind = Definition['$kind'];

/** How each kind is read. */
export const DEFINITION_FORMS: { readonly [K in ReadableKind]: Form<Definition> } = {
  defschema: defSchema,
  defmodule: defModule,
  defeffect: defEffect,
  defcap: defCap,
  defpolicy: defPolicy,
  defsecret: defSecret,
};

export function isReadableKind(kind: unknown): kind is ReadableKind {
  return typeof kind === 'string' && Object.hasOwn(DEFINITION_FORMS, kind);
}
