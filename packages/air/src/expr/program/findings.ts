import { pointer } from '../../json/value.js';
import type { ValueType } from '../../values/value-type.js';

/** Something to say about an expression; `at` is a JSON pointer into it. */
export interface ExprFinding {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly at: string;
  readonly message: string;
  readonly hint?: string;
}

/** Where an expression stands, and the local names that it may use. */
export interface Site {
  readonly at: string;
  readonly locals: ReadonlyMap<string, Local>;
  /** Slots up to here hold local names that are in use, also those that others hide. */
  readonly slots: number;
}

interface Local {
  readonly type: ValueType;
  /** Where its value stands in a frame. */
  readonly slot: number;
}

/** The whole expression, which knows no local names. */
export const ROOT: Site = { at: '', locals: new Map(), slots: 0 };

/** The site of a part. */
export function within(site: Site, ...keys: readonly (string | number)[]): Site {
  return { ...site, at: keys.reduce<string>(pointer, site.at) };
}

/** A site where one more name is known, its value in the next slot. */
export function withLocal({ at, locals, slots }: Site, name: string, type: ValueType): Site {
  return { at, locals: new Map([...locals, [name, { type, slot: slots }]]), slots: slots + 1 };
}

/** Fields and arms named in a message, and how much of each: names may be of any length. */
const MAX_NAMED = 6;
const MAX_NAME_CHARS = 64;

/** A type in few words. */
export function typeText(type: ValueType, levels = 2): string {
  switch (type.kind) {
    case 'option':
      return `option of ${typeText(type.inner, levels)}`;
    case 'list':
    case 'set':
      return levels === 0 ? type.kind : `${type.kind} of ${typeText(type.item, levels - 1)}`;
    case 'map':
      return `map from ${type.key.kind}`;
    case 'record':
      return `record {${someOf([...type.fields.keys()])}}`;
    case 'variant':
      return `variant ${someOf([...type.arms.keys()])}`;
    case 'handle':
      return `handle of an ${type.of}`;
    default:
      return type.kind;
  }
}

export function someOf(names: readonly string[]): string {
  const more = names.length > MAX_NAMED ? ', …' : '';
  return names.slice(0, MAX_NAMED).map(clip).join(', ') + more;
}

export function clip(name: string): string {
  return name.length <= MAX_NAME_CHARS ? name : `${name.slice(0, MAX_NAME_CHARS)}…`;
}
