/** Gathers what a world consists of: each definition once, after those that it refers to. */
import { hashOf } from '@aos/canon';
import { builtin } from '../builtins/catalogue.js';
import type { AuthoredDefinition } from '../forms/definition.js';
import type { DefinitionKind } from '../forms/names.js';
import { AuthorError } from './author-error.js';
import {
  type AnyCap,
  type AnyEffect,
  capDefinition,
  effectDefinition,
  type Grant,
  type Secret,
  secretDefinition,
} from './authority.js';
import {
  type AnyModule,
  type Migration,
  migrationDefinition,
  moduleDefinition,
  schemasOfModule,
} from './modules.js';
import type { AnyPlan } from './plan/builder.js';
import { type Policy, policyDefinition } from './policy.js';
import { type AnySchema, type AnyType, schemaDefinition, schemasOf } from './types.js';

export class Collector {
  readonly grants = new Map<string, Grant>();
  /** Grants by slot, of each reducer that has slots. */
  readonly bindings = new Map<string, { readonly [slot: string]: Grant }>();
  /** The definitions of the world's own, by kind and name. */
  private readonly own = new Map<string, AuthoredDefinition>();
  private readonly builtins = new Map<string, AuthoredDefinition>();

  /** Of one kind: those of the world first, then the built-in ones it uses. */
  namesOf(kind: DefinitionKind): readonly string[] {
    return [...this.own.values(), ...this.builtins.values()]
      .filter(({ $kind }) => $kind === kind)
      .map(({ name }) => name);
  }

  definitionsOf(kind: DefinitionKind): readonly AuthoredDefinition[] {
    return [...this.own.values()].filter(({ $kind }) => $kind === kind);
  }

  type(type: AnyType): void {
    const found = new Map<string, AnySchema>();
    schemasOf(type, found);
    for (const schema of found.values()) this.add(schemaDefinition(schema));
  }

  module(module: AnyModule): void {
    for (const schema of schemasOfModule(module)) this.type(schema);
    this.add(moduleDefinition(module));
    if (module.moduleKind === 'pure') return;
    for (const effect of (module.effects ?? []) as readonly AnyEffect[]) this.effect(effect);
    const { slots = {} } = module;
    for (const grant of Object.values(slots)) this.grant(grant);
    if (Object.keys(slots).length > 0) this.bindings.set(module.name, slots);
  }

  plan(plan: AnyPlan): void {
    const { input, output, schemas, uses, secrets, children, definition } = plan;
    if (!this.add(definition)) return;
    for (const schema of [input, ...(output === undefined ? [] : [output]), ...schemas]) {
      this.type(schema);
    }
    for (const { effect, grant } of uses) {
      this.effect(effect);
      this.grant(grant);
    }
    for (const secret of secrets) this.secret(secret);
    for (const child of children) this.plan(child);
  }

  effect(effect: AnyEffect): void {
    this.type(effect.params as AnyType);
    this.type(effect.receipt as AnyType);
    this.add(effectDefinition(effect));
  }

  cap(cap: AnyCap): void {
    const found = new Map<string, AnySchema>();
    schemasOf(cap.params as AnyType, found);
    for (const schema of found.values()) this.type(schema);
    if (typeof cap.enforcer !== 'string') this.module(cap.enforcer);
    this.add(capDefinition(cap));
  }

  grant(grant: Grant): void {
    const known = this.grants.get(grant.name);
    if (known === grant) return;
    if (known !== undefined) throw taken('grant', grant.name);
    if (grant.parent !== undefined) this.grant(grant.parent);
    this.cap(grant.cap);
    this.grants.set(grant.name, grant);
  }

  secret(secret: Secret): void {
    this.add(secretDefinition(secret));
  }

  policy(policy: Policy): void {
    this.add(policyDefinition(policy));
  }

  migration(migration: Migration): void {
    this.module(migration.module);
    this.module(migration.reducer);
    this.add(migrationDefinition(migration));
  }

  /** Answers whether it was new. Throws `author-name-taken`, `author-builtin`. */
  private add(definition: AuthoredDefinition): boolean {
    const { $kind, name } = definition;
    const key = `${$kind} ${name}`;
    const catalogued = builtin($kind, name);
    const home = catalogued === undefined ? this.own : this.builtins;
    const known = home.get(key) ?? catalogued;
    if (known !== undefined && !isSame(known, definition)) {
      if (catalogued === undefined) throw taken($kind, name);
      const message = `the built-in ${$kind} of this name is another one`;
      throw new AuthorError('author-builtin', name, message);
    }
    const isNew = !home.has(key);
    home.set(key, definition);
    return isNew;
  }
}

function isSame(a: AuthoredDefinition, b: AuthoredDefinition): boolean {
  if (a === b) return true;
  const bound = (each: AuthoredDefinition) =>
    each.$kind === 'defmodule' ? { ...each, wasm_hash: undefined } : each;
  const [left, right] = [hashOf(bound(a) as never), hashOf(bound(b) as never)];
  return left.every((byte, i) => byte === right[i]);
}

function taken(kind: string, name: string): AuthorError {
  return new AuthorError('author-name-taken', name, `another ${kind} has this name`);
}
