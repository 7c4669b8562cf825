/** What is under way in a plan: how it is written, and what waiting for it gives. */
import type { JsonValue } from '../../json/value.js';
import { AuthorError } from '../author-error.js';
import type { Slot } from '../expr/literal.js';
import { type AnyType, sameShape, t } from '../types.js';
import type { Step } from './builder.js';

/** An effect, an instance of a plan, or all instances of one step. */
export interface Waitable extends Step {
  readonly waits: 'effect' | 'plan' | 'plans';
  readonly variable: string;
  /** Of one receipt or result. */
  readonly type: AnyType;
}

export type Waited = Waitable | readonly Waitable[];

const all = (waited: Waited): readonly Waitable[] => [waited].flat();

export function handleJson(waited: Waited): JsonValue {
  if (!Array.isArray(waited)) return { ref: `@var:${(waited as Waitable).variable}` };
  return { list: all(waited).map(({ variable }) => ({ ref: `@var:${variable}` })) };
}

/** What a wait for these reads. */
export function slotOfHandles(waited: Waited): Slot {
  return { json: handleJson(waited), sources: new Set(all(waited).map(({ step }) => step)) };
}

/** What each of them gives. Throws `author-type` when they differ. */
export function typeOf(waited: Waited): AnyType {
  const [first, ...more] = all(waited);
  const isOne = more.every(
    ({ waits, type }) => waits === first?.waits && sameShape(type, first.type),
  );
  if (first !== undefined && isOne) return first.type;
  const message = 'expected at least one handle, all of effects or of plans with one type';
  throw new AuthorError('author-type', '', message);
}

/** What `@step` of a wait is. */
export function outcomeOf(waited: Waited, op: string): AnyType {
  const type = typeOf(waited);
  const isEffect = all(waited)[0]?.waits === 'effect';
  const index = op === 'await_any' ? { index: t.nat } : {};
  const one: { readonly [name: string]: AnyType } = isEffect
    ? {
        status: t.text,
        receipt: t.option(type),
        error: t.option(t.text),
        adapter_id: t.text,
        cost_cents: t.option(t.nat),
        ...index,
      }
    : { status: t.text, result: t.option(type), code: t.option(t.text), ...index };
  return op === 'await_all' ? t.list(t.record(one)) : t.record(one);
}
