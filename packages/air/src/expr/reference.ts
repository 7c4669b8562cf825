import { ok, type Result, refuse } from '@aos/canon';
import type { RefExpr, RefRoot } from './ast.js';

/** After some a name follows, after others the path. */
type Next = 'name' | 'path';

const ROOTS: readonly (readonly [prefix: string, root: RefRoot, next: Next])[] = [
  ['@plan.input', 'input', 'path'],
  ['@event', 'event', 'path'],
  ['@var:', 'var', 'name'],
  ['@step:', 'step', 'name'],
  ['@local:', 'local', 'name'],
];

/** `$tag` and `$value` of a variant are read like fields. */
const SEGMENT = /^[A-Za-z0-9_$-]+$/;
const FIRST_OF_NAME = /^[A-Za-z_]/;

/** Longer ones are refused before they are taken apart. */
const MAX_CHARS = 1024;

/**
 * `@plan.input.a.b`, `@event.a.b`, `@var:x.a.b`, `@step:x.a.b`, `@local:x.a.b`.
 *
 * Code: `expr-reference`.
 */
export function parseReference(text: string): Result<RefExpr> {
  for (const [prefix, root, next] of text.length > MAX_CHARS ? [] : ROOTS) {
    if (!text.startsWith(prefix)) continue;
    const path = pathOf(text.slice(prefix.length), next);
    if (path !== undefined) return ok({ kind: 'ref', root, path });
  }
  return refuse(
    'expr-reference',
    '',
    `expected @plan.input, @var:name, @step:id, @event or @local:name, with a path such as .a.b`,
  );
}

function pathOf(rest: string, next: Next): readonly string[] | undefined {
  const hasName = next === 'name';
  if (rest === '' && !hasName) return [];
  if (!hasName && !rest.startsWith('.')) return undefined;
  const path = (hasName ? rest : rest.slice(1)).split('.');
  if (!path.every((segment) => SEGMENT.test(segment))) return undefined;
  return hasName && !FIRST_OF_NAME.test(rest) ? undefined : path;
}

/** The text that {@link parseReference} reads as the same reference. */
export function printReference({ root, path }: RefExpr): string {
  const found = ROOTS.find((each) => each[1] === root) as (typeof ROOTS)[number];
  const [prefix, , next] = found;
  return prefix + (next === 'name' || path.length === 0 ? '' : '.') + path.join('.');
}
