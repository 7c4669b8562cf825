/**
 * Native enforcers: constraints of grants that the kernel checks itself, by the same contract as a
 * module would.
 *
 * N1. What a grant constrains is read once. Parameters that are not understood as a whole deny
 *     whatever is asked for (`cap-params-invalid`): a constraint is never passed over.
 * N2. An absent, null or empty set constrains nothing.
 */
import { parseDec128, type Value } from '@aos/canon';
import type { Denial } from '../decision.js';
import type { EffectParams } from '../requests/effect-params.js';

/** An effect as its enforcers see it. */
export interface CheckedEffect {
  readonly kind: string;
  readonly params: EffectParams;
}

/** What one grant allows of an effect: undefined, or the constraint that says no. */
export type Constraint = (effect: CheckedEffect, grant: string) => Denial | undefined;

/** Reads the parameters of a grant; undefined when it does not understand all of them. */
export type ConstraintReader = (params: CapParams) => Constraint | undefined;

/** A no of a constraint, with the value that would have to be there. */
export function denial(code: string, grant: string, constraint: string, advice: string): Denial {
  return { code, at: `grant ${grant} params ${constraint}`, advice };
}

/** Only these kinds are understood by an enforcer. */
export function kindMismatch(grant: string, kind: string, known: readonly string[]): Denial {
  const advice = `ask for ${known.join(' or ')} under this grant, not for ${kind}`;
  return { code: 'effect-kind-mismatch', at: `grant ${grant} cap`, advice };
}

/** The effect's parameters lack what the enforcer must see, or have it in another form. */
export function paramsInvalid(field: string, expected: string): Denial {
  return { code: 'effect-params-invalid', at: `params/${field}`, advice: `give ${expected}` };
}

/** The decoded parameters of a grant, read field by field. */
export class CapParams {
  readonly #fields: ReadonlyMap<Value, Value>;
  #taken = 0;
  #isBad = false;

  constructor(fields: ReadonlyMap<Value, Value>) {
    this.#fields = fields;
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }

  /** A set of texts, each in its one spelling; undefined when it constrains nothing. */
  texts(
    name: string,
    spell: (text: string) => string | undefined = (text) => text,
  ): ReadonlySet<string> | undefined {
    return this.#items(name, (item) => (typeof item === 'string' ? spell(item) : undefined));
  }

  /** A set of naturals. */
  nats(name: string): ReadonlySet<number> | undefined {
    return this.#items(name, (item) => (typeof item === 'number' && item >= 0 ? item : undefined));
  }

  /** A natural; undefined when it constrains nothing. */
  nat(name: string): number | bigint | undefined {
    const value = this.#take(name);
    if (value === null || (typeof value === 'number' && value >= 0)) return value ?? undefined;
    return typeof value === 'bigint' && value >= 0n ? value : this.#bad();
  }

  /** A decimal in normal form; undefined when it constrains nothing. */
  dec128(name: string): string | undefined {
    const value = this.#take(name);
    if (value === null) return undefined;
    const read = typeof value === 'string' ? parseDec128(value) : undefined;
    return read?.ok === true ? read.value : this.#bad();
  }

  /** Whether every field was asked for and had the form that was expected. */
  isWhole(): boolean {
    return !this.#isBad && this.#taken === this.#fields.size;
  }

  #items<T>(name: string, read: (item: Value) => T | undefined): ReadonlySet<T> | undefined {
    const value = this.#take(name);
    if (value === null) return undefined;
    if (!Array.isArray(value)) return this.#bad();
    const items = value.map(read);
    if (items.includes(undefined)) return this.#bad();
    return items.length === 0 ? undefined : new Set(items as T[]);
  }

  #take(name: string): Value {
    if (this.#fields.has(name)) this.#taken += 1;
    return this.#fields.get(name) ?? null;
  }

  #bad(): undefined {
    this.#isBad = true;
    return undefined;
  }
}

/** For advice: the values of a set, as many as one reads. */
export function nameValues(values: ReadonlySet<string | number>): string {
  const shown = [...values].slice(0, 5).join(', ');
  return values.size > 5 ? `${shown}, …` : shown;
}
