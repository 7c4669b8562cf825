/**
 * What a step that waits asks of one field of the event, where its `where` begins with that: so
 * that an event finds the instances that it is meant for, however many wait.
 *
 * 1. The other side of the equation is known from the beginning of the instance and never changes:
 *    a part of the input, or the correlation.
 * 2. Both sides are texts, integers or booleans, whose equality is that of their canonical bytes.
 */
import { type Expr, parseExpr, type ValueType } from '@aos/air';
import { encode, type Value } from '@aos/canon';
import type { PlanInstance } from '../state/instance.js';

/** The variable of the correlation. */
export const CORRELATION = 'correlation_id';

/** `@event.<field> = <known>` as a plan says it. */
export interface EventEquation {
  readonly field: readonly string[];
  readonly kind: 'string' | 'number' | 'boolean';
  readonly root: 'input' | 'correlation';
  readonly path: readonly string[];
}

/** The same for one instance. */
export interface EventMatch {
  /** Names of fields, joined by dots. */
  readonly field: string;
  /** Canonical. */
  readonly value: Uint8Array;
}

/** Longer values are compared with each event. */
const MAX_VALUE_BYTES = 256;

const KINDS: { readonly [kind in ValueType['kind']]?: EventEquation['kind'] } = {
  text: 'string',
  hash: 'string',
  uuid: 'string',
  int: 'number',
  nat: 'number',
  time: 'number',
  duration: 'number',
  bool: 'boolean',
};

/** The equation that a `where` is or begins with; undefined when there is none. */
export function equationOf(
  where: Parameters<typeof parseExpr>[0],
  event: ValueType | undefined,
): EventEquation | undefined {
  const expr = parseExpr(where);
  const first = expr.ok ? firstOf(expr.value) : undefined;
  if (event === undefined || first?.kind !== 'op' || first.op !== 'eq') return undefined;
  const [a, b] = first.args as readonly [Expr, Expr];
  return equate(a, b, event) ?? equate(b, a, event);
}

/** What decides first. */
function firstOf(expr: Expr): Expr | undefined {
  return expr.kind === 'op' && expr.op === 'and' ? expr.args[0] : expr;
}

function equate(field: Expr, known: Expr, event: ValueType): EventEquation | undefined {
  if (field.kind !== 'ref' || field.root !== 'event' || known.kind !== 'ref') return undefined;
  const kind = KINDS[typeAt(event, field.path)?.kind ?? 'never'];
  if (kind === undefined) return undefined;
  const base = { field: field.path, kind };
  if (known.root === 'input') return { ...base, root: 'input', path: known.path };
  if (known.root !== 'var' || known.path[0] !== CORRELATION) return undefined;
  return { ...base, root: 'correlation', path: known.path.slice(1) };
}

/** The type of a field that is there in every value: through records alone. */
function typeAt(type: ValueType, path: readonly string[]): ValueType | undefined {
  let found: ValueType | undefined = type;
  for (const name of path) found = found?.kind === 'record' ? found.fields.get(name) : undefined;
  return found;
}

/** What an instance asks of the field; undefined when it has to look at each event. */
export function matchOf(
  equation: EventEquation | undefined,
  { input, vars }: Pick<PlanInstance, 'input' | 'vars'>,
): EventMatch | undefined {
  if (equation === undefined) return undefined;
  const { root, path, field, kind } = equation;
  const known = fieldAt(root === 'input' ? input : vars.get(CORRELATION), path);
  if (known === undefined || kindOf(known) !== kind) return undefined;
  const value = encode(known);
  return value.length > MAX_VALUE_BYTES ? undefined : { field: field.join('.'), value };
}

function kindOf(value: Value): string {
  return typeof value === 'bigint' ? 'number' : typeof value;
}

/** What stands under names of fields, or undefined. */
export function fieldAt(value: Value | undefined, path: readonly string[]): Value | undefined {
  let found = value;
  for (const name of path) found = found instanceof Map ? found.get(name) : undefined;
  return found;
}
