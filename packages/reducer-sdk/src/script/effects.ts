/** Effects and domain events as values that know the shape of what they carry. */
import type { NamedShape } from './composites.js';
import type { Shape } from './shape.js';

/** A kind of effect. */
export interface Effect<P> {
  readonly kind: string;
  readonly params: Shape<P>;
}

export function effect<P>(kind: string, params: Shape<P>): Effect<P> {
  return { kind, params };
}

export interface EmitOptions {
  /** The slot that names the grant; the default one is meant when it is missing. */
  readonly slot?: string;
  /** Two intents with the same key are one, and both get its receipt. */
  readonly idempotencyKey?: Uint8Array;
}

/** A domain event is known by the name of its schema. */
export type DomainEvent<T> = NamedShape<T>;
