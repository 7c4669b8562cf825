/** The canonical parameters of one effect, decoded once by whoever needs them first. */
import { assert, decode, type Value } from '@aos/canon';

const NO_FIELDS: ReadonlyMap<Value, Value> = new Map();

export class EffectParams {
  #value: Value | undefined;
  readonly #made = new Map<string, unknown>();

  /** @param bytes canonical, as normalizing gives them. */
  constructor(readonly bytes: Uint8Array) {}

  value(): Value {
    if (this.#value !== undefined) return this.#value;
    const decoded = decode(this.bytes);
    assert(decoded.ok, 'normalized parameters are canonical');
    this.#value = decoded.value;
    return decoded.value;
  }

  /** The fields of a record; none of anything else, which then lacks all of them. */
  fields(): ReadonlyMap<Value, Value> {
    const value = this.value();
    return value instanceof Map ? value : NO_FIELDS;
  }

  /** What several enforcers of a chain make of the same parameters, made by the first of them. */
  once<T>(name: string, make: () => T): T {
    if (!this.#made.has(name)) this.#made.set(name, make());
    return this.#made.get(name) as T;
  }
}
