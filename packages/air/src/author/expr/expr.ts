/**
 * Expressions at run time: what stands in AIR, of which type, and after which steps.
 *
 * A record's field is a property, as the compiler sees it; whatever else is asked of an expression
 * is a mistake that the compiler sees too, and that JavaScript gets told in words.
 */
import { hintFor } from '../../forms/near-miss.js';
import type { JsonValue } from '../../json/value.js';
import { AuthorError } from '../author-error.js';
import type { Type } from '../types.js';
import { type Expr, type ExprNode, NODE, type Typed } from './typed.js';

/** Any expression, whatever its type. */
// biome-ignore lint/suspicious/noExplicitAny: shapes are invariant, so nothing else means "any"
export type AnyTyped = Typed<any>;

/** An expression of this type. */
export function makeExpr<S>(
  type: Type<S>,
  json: JsonValue,
  sources: ReadonlySet<object>,
  outcome?: AnyTyped,
): Expr<S> {
  const node: ExprNode = { type, json, sources, outcome };
  return new Proxy({ [NODE]: node }, HANDLER) as unknown as Expr<S>;
}

export function isTyped(value: unknown): value is AnyTyped {
  return typeof value === 'object' && value !== null && NODE in value;
}

/** The steps that any of these expressions has to wait for. */
export function sourcesOf(...parts: readonly AnyTyped[]): ReadonlySet<object> {
  return new Set(parts.flatMap((part) => [...part[NODE].sources]));
}

const HANDLER: ProxyHandler<{ readonly [NODE]: ExprNode }> = {
  get(target, key) {
    if (key === NODE) return target[NODE];
    if (key === Symbol.toPrimitive) return refuseText;
    return typeof key === 'symbol' ? undefined : readField(target[NODE], key);
  },
};

/** Looked for by runtimes and printers on every object they meet. */
const PROBES: ReadonlySet<string> = new Set(['then', 'toJSON', 'constructor', 'prototype']);

function readField(node: ExprNode, name: string): AnyTyped | undefined {
  const inner = node.type.node;
  const field =
    inner.kind === 'record' && Object.hasOwn(inner.fields, name) ? inner.fields[name] : undefined;
  if (field !== undefined) {
    const json = { op: 'get', args: [node.json, { text: name }] };
    return makeExpr(field, json, node.sources);
  }
  if (PROBES.has(name)) return undefined;
  const where = node.type.name ?? `a value of type ${inner.kind}`;
  if (inner.kind !== 'record') {
    throw new AuthorError('author-field', where, `expected a record to read '${name}' from`);
  }
  const hint = hintFor(name, Object.keys(inner.fields), 'fields');
  throw new AuthorError('author-field', where, `there is no field '${name}'; ${hint}`);
}

function refuseText(): never {
  const message = 'an expression has no value while a plan is written; use eq, concat, add, …';
  throw new AuthorError('author-early-value', '', message);
}
