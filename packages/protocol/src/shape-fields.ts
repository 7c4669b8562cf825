/** Reading a decoded map by field name, with the exact key set a shape allows. */
import { asHash, type Hash, type Value } from '@aos/canon';
import { shapeRefusal } from './shape-reader.js';

const HASH_BYTES = 32;

/**
 * The fields of one decoded map. Every getter refuses with `shape-field` when the field is missing
 * or of another type; `end` refuses fields nobody asked for.
 */
export class Fields {
  readonly #map: ReadonlyMap<Value, Value>;
  #taken = 0;

  constructor(value: Value) {
    if (!(value instanceof Map)) throw shapeRefusal('shape-field', 'expected a map');
    this.#map = value;
  }

  has(name: string): boolean {
    return this.#map.has(name);
  }

  text(name: string): string {
    const value = this.#take(name);
    return typeof value === 'string' ? value : wrong(name, 'text');
  }

  nat(name: string): number {
    const value = this.#take(name);
    return typeof value === 'number' && value >= 0 ? value : wrong(name, 'a safe natural number');
  }

  natOrNil(name: string): number | null {
    return this.#map.get(name) === null ? this.#nil() : this.nat(name);
  }

  bytes(name: string): Uint8Array {
    const value = this.#take(name);
    return value instanceof Uint8Array ? value : wrong(name, 'bytes');
  }

  bytesOrNil(name: string): Uint8Array | null {
    return this.#map.get(name) === null ? this.#nil() : this.bytes(name);
  }

  hash(name: string): Hash {
    const bytes = this.bytes(name);
    return bytes.length === HASH_BYTES ? asHash(bytes) : wrong(name, '32 bytes');
  }

  hashOrNil(name: string): Hash | null {
    return this.#map.get(name) === null ? this.#nil() : this.hash(name);
  }

  end(): void {
    if (this.#taken === this.#map.size) return;
    throw shapeRefusal('shape-field', `unknown fields among ${[...this.#map.keys()].join(', ')}`);
  }

  #take(name: string): Value | undefined {
    this.#taken += 1;
    return this.#map.get(name);
  }

  #nil(): null {
    this.#taken += 1;
    return null;
  }
}

function wrong(name: string, expected: string): never {
  throw shapeRefusal('shape-field', `field '${name}': expected ${expected}`);
}
