/**
 * The hash of a schema: of what it accepts, whatever it is called (spec L4).
 *
 * 1. Merkle: a node takes the hashes of its parts, so that deep sharing stays cheap.
 * 2. A reference takes the hash of its target; the order of fields does not count.
 */
import type { ValueType } from '@aos/air';
import { type Encodable, type Hash, hashOf } from '@aos/canon';

/** Hashes types; one instance reads each named schema once. */
export class TypeHasher {
  readonly #known = new Map<ValueType, Hash>();

  hashOf(type: ValueType): Hash {
    const known = this.#known.get(type);
    if (known !== undefined) return known;
    const hash = hashOf({ kind: type.kind, ...this.#partsOf(type) });
    this.#known.set(type, hash);
    return hash;
  }

  #partsOf(type: ValueType): { readonly [name: string]: Encodable } {
    switch (type.kind) {
      case 'option':
        return { inner: this.hashOf(type.inner) };
      case 'list':
      case 'set':
        return { item: this.hashOf(type.item) };
      case 'map':
        return { key: this.hashOf(type.key), value: this.hashOf(type.value) };
      case 'record':
        return { fields: this.#named(type.fields) };
      case 'variant':
        return { arms: this.#named(type.arms) };
      case 'handle':
        return { of: type.of, result: this.hashOf(type.result) };
      default:
        return {};
    }
  }

  #named(types: ReadonlyMap<string, ValueType>): ReadonlyMap<string, Hash> {
    return new Map([...types].map(([name, type]) => [name, this.hashOf(type)]));
  }
}
