/** Effects, capabilities, grants and secrets: what may be asked of the outside, and by whom. */
import type { DefCap, DefSecret } from '../forms/definitions.js';
import type { AuthoredEffect } from '../forms/effect.js';
import type { CapGrant } from '../forms/grant.js';
import { AuthorError } from './author-error.js';
import { isTyped } from './expr/expr.js';
import { taggedLiteral } from './expr/literal.js';
import type { Input } from './expr/typed.js';
import type { AnyPure } from './pure.js';
import type { ValueOf } from './shape.js';
import {
  type AnySchema,
  type AnyType,
  checkLocalName,
  checkName,
  type Name,
  type Schema,
  type Type,
  typeExprOf,
} from './types.js';

/** Who may ask for an effect. */
export type Origin = 'plan' | 'reducer' | 'both';

/** An effect: parameters of one shape, a receipt of another, guarded by a type of capability. */
export interface Effect<P, R, C extends string = string, O extends Origin = Origin> {
  readonly name: Name;
  readonly kind: string;
  readonly params: Schema<P>;
  readonly receipt: Schema<R>;
  readonly capType: C;
  readonly origin: O;
  readonly implementation?: { readonly wasi: { readonly wasm_hash?: string } };
}

// biome-ignore lint/suspicious/noExplicitAny: shapes are invariant, so nothing else means "any"
export type AnyEffect = Effect<any, any>;

export type EffectSpec<P, R, C extends string, O extends Origin> = Omit<Effect<P, R, C, O>, 'name'>;

export function defineEffect<P, R, const C extends string, const O extends Origin>(
  name: Name,
  spec: EffectSpec<P, R, C, O>,
): Effect<P, R, C, O> {
  return { ...spec, name: checkName(name) };
}

/** A kind of permission: which parameters narrow it, and which module holds effects to them. */
export interface Cap<P, C extends string = string> {
  readonly name: Name;
  readonly type: C;
  readonly params: Type<P>;
  /** A pure module from `sys/CapCheckInput@1` to `sys/CapCheckOutput@1`. */
  readonly enforcer: Name | AnyPure;
}

// biome-ignore lint/suspicious/noExplicitAny: shapes are invariant, so nothing else means "any"
export type AnyCap = Cap<any>;

export function defineCap<P, const C extends string>(
  name: Name,
  spec: Omit<Cap<P, C>, 'name'>,
): Cap<P, C> {
  return { ...spec, name: checkName(name) };
}

/** How much of a grant may be used: over its life, or over each period of logical time. */
export interface Budget {
  readonly calls?: number | bigint;
  readonly tokens?: number | bigint;
  readonly cents?: number | bigint;
  readonly bytes?: number | bigint;
  readonly periodNs?: number | bigint;
}

/** A capability with concrete parameters; `C` is its type, which effects are matched against. */
export interface Grant<C extends string = string> {
  readonly name: string;
  readonly cap: AnyCap & { readonly type: C };
  readonly params: unknown;
  readonly expiryNs?: number | bigint;
  readonly budget?: Budget;
  readonly parent?: Grant<C>;
}

export type GrantOptions<C extends string> = Pick<Grant<C>, 'expiryNs' | 'budget' | 'parent'>;

/** Grants a capability with these parameters. Expiry is in nanoseconds of logical time. */
export function grant<P, C extends string>(
  name: string,
  cap: Cap<P, C>,
  params: Input<P>,
  options?: GrantOptions<C>,
): Grant<C>;
export function grant(
  name: string,
  cap: AnyCap,
  params: unknown,
  options: GrantOptions<string> = {},
): Grant {
  return { ...options, name: checkLocalName(name, cap.name), cap, params };
}

/** A secret of the vault: worlds know its name, never its value. */
export interface Secret {
  /** `alias@version`. */
  readonly name: Name;
  readonly bindingId: string;
  readonly expectedDigest?: string;
  readonly allowedGrants?: readonly Grant[];
  readonly allowedPlans?: readonly (Name | { readonly name: Name })[];
}

export function defineSecret(name: Name, spec: Omit<Secret, 'name'>): Secret {
  return { ...spec, name: checkName(name) };
}

/** Names a secret where `sys/TextOrSecretRef@1` or `sys/BytesOrSecretRef@1` is wanted. */
export function useSecret(each: Secret): {
  readonly secret: ValueOf<{
    readonly record: { readonly alias: 'text'; readonly version: 'nat' };
  }>;
} {
  const at = each.name.lastIndexOf('@');
  const version = Number(each.name.slice(at + 1));
  const use = { secret: { alias: each.name.slice(0, at), version }, [SECRET]: each };
  return use;
}

/** What a use stands for; a symbol, so that writing it down passes it over. */
const SECRET = Symbol('secret');

/** The secrets that are used in a value, however deep. */
export function secretsIn(input: unknown): readonly Secret[] {
  if (Array.isArray(input)) return input.flatMap(secretsIn);
  if (input instanceof Map) return [...input.values()].flatMap(secretsIn);
  if (typeof input !== 'object' || input === null || isTyped(input)) return [];
  const { [SECRET]: used } = input as { readonly [SECRET]?: Secret };
  return used === undefined ? Object.values(input).flatMap(secretsIn) : [used];
}

/** The definition of an effect, as it stands in AIR. */
export function effectDefinition(effect: AnyEffect): AuthoredEffect {
  const { name, kind, params, receipt, capType, origin, implementation } = effect;
  return {
    $kind: 'defeffect',
    name,
    kind,
    params_schema: (params as AnySchema).name,
    receipt_schema: (receipt as AnySchema).name,
    cap_type: capType,
    origin_scope: origin,
    ...(implementation === undefined ? {} : { implementation }),
  };
}

export function capDefinition(cap: AnyCap): DefCap {
  const module = typeof cap.enforcer === 'string' ? cap.enforcer : cap.enforcer.name;
  return {
    $kind: 'defcap',
    name: cap.name,
    cap_type: cap.type,
    schema: typeExprOf(cap.params),
    enforcer: { module },
  };
}

export function secretDefinition(secret: Secret): DefSecret {
  const { name, bindingId, expectedDigest, allowedGrants = [], allowedPlans = [] } = secret;
  return {
    $kind: 'defsecret',
    name,
    binding_id: bindingId,
    ...(expectedDigest === undefined ? {} : { expected_digest: expectedDigest }),
    ...(allowedGrants.length === 0 ? {} : { allowed_caps: allowedGrants.map(nameOf) }),
    ...(allowedPlans.length === 0 ? {} : { allowed_plans: allowedPlans.map(nameOf) }),
  };
}

const nameOf = (each: string | { readonly name: string }) =>
  typeof each === 'string' ? each : each.name;

/** A grant as it stands in the manifest. Throws `author-literal`. */
export function grantJson(each: Grant): CapGrant {
  const { name, cap, params, expiryNs, budget, parent } = each;
  const literal = taggedLiteral(cap.params as AnyType, params, `grant ${name}`);
  return {
    name,
    cap: cap.name,
    params: literal as CapGrant['params'],
    ...(expiryNs === undefined ? {} : { expiry_ns: expiryNs }),
    ...(budget === undefined ? {} : { budget: budgetJson(budget, name) }),
    ...(parent === undefined ? {} : { parent: parent.name }),
  };
}

function budgetJson(budget: Budget, name: string): NonNullable<CapGrant['budget']> {
  const { periodNs, ...limits } = budget;
  if (Object.keys(limits).length === 0) {
    throw new AuthorError(
      'author-literal',
      `grant ${name}`,
      'expected a budget that limits something',
    );
  }
  return { ...limits, ...(periodNs === undefined ? {} : { period_ns: periodNs }) };
}
