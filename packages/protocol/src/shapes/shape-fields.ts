/** Reading a decoded map by field name, with the exact key set a shape allows. */
import { asHash, type Hash, type Reader, type Value } from '@aos/canon';
import type { CarriedValue } from './carried-value.js';
import { shapeRefusal } from './shape-reader.js';

const HASH_BYTES = 32;

/**
 * The fields of one decoded map. Every getter refuses with `shape-field` when the field is missing
 * or of another type, and with `shape-length` when it has another length; `end` refuses fields
 * nobody asked for. No field is asked for twice.
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

  /** Whatever stands there. */
  value(name: string): Value {
    const value = this.#take(name);
    return value === undefined ? wrong(name, 'a value') : value;
  }

  text(name: string): string {
    const value = this.#take(name);
    return typeof value === 'string' ? value : wrong(name, 'text');
  }

  textOrNil(name: string): string | null {
    return this.#isNil(name) ? null : this.text(name);
  }

  texts(name: string): readonly string[] {
    const value = this.list(name);
    return value.every((item) => typeof item === 'string') ? value : wrong(name, 'texts');
  }

  map(name: string): ReadonlyMap<Value, Value> {
    const value = this.#take(name);
    return value instanceof Map ? value : wrong(name, 'a map');
  }

  list(name: string): readonly Value[] {
    const value = this.#take(name);
    return Array.isArray(value) ? (value as readonly Value[]) : wrong(name, 'a list');
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.#take(name);
    const found = allowed.find((each) => each === value);
    return found ?? wrong(name, `one of ${allowed.join(', ')}`);
  }

  isTrue(name: string): true {
    return this.#take(name) === true ? true : wrong(name, 'true');
  }

  nat(name: string): number {
    const value = this.#take(name);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    return wrong(name, 'a safe natural number');
  }

  natOrNil(name: string): number | null {
    return this.#isNil(name) ? null : this.nat(name);
  }

  u64(name: string): bigint {
    const value = this.#take(name);
    const isInteger = typeof value === 'number' || typeof value === 'bigint';
    return isInteger && value >= 0 ? BigInt(value) : wrong(name, 'a natural number');
  }

  bytes(name: string): Uint8Array {
    const value = this.#take(name);
    return value instanceof Uint8Array ? value : wrong(name, 'bytes');
  }

  bytesOrNil(name: string): Uint8Array | null {
    return this.#isNil(name) ? null : this.bytes(name);
  }

  /** Bytes of exactly this length. */
  exact(name: string, length: number): Uint8Array {
    const bytes = this.bytes(name);
    if (bytes.length === length) return bytes;
    throw shapeRefusal(
      'shape-length',
      `field '${name}': expected ${length} bytes, found ${bytes.length}`,
    );
  }

  hash(name: string): Hash {
    return asHash(this.exact(name, HASH_BYTES));
  }

  hashOrNil(name: string): Hash | null {
    return this.#isNil(name) ? null : this.hash(name);
  }

  /** The value inline under `name`, or its hash under `name` with `_ref`. */
  carried(name: string): CarriedValue {
    if (this.has(name)) return { inline: this.bytes(name) };
    return { ref: this.hash(`${name}_ref`) };
  }

  end(): void {
    if (this.#taken === this.#map.size) return;
    throw shapeRefusal('shape-field', `unknown fields among ${[...this.#map.keys()].join(', ')}`);
  }

  #take(name: string): Value | undefined {
    this.#taken += 1;
    return this.#map.get(name);
  }

  #isNil(name: string): boolean {
    if (this.#map.get(name) !== null) return false;
    this.#taken += 1;
    return true;
  }
}

/**
 * The fields of a map of `count` entries whose first one was read already. Codes: the codec's, also
 * for keys out of order.
 */
export function readRest(r: Reader, count: number, first: readonly [string, Value]): Fields {
  const map = new Map<Value, Value>([first]);
  let last = first[0];
  for (let i = 1; i < count; i++) {
    const name = r.text();
    if (!comesAfter(name, last)) throw shapeRefusal('cbor-non-canonical', 'fields out of order');
    map.set(name, r.value());
    last = name;
  }
  return new Fields(map);
}

/** The canonical order of ASCII names; any other name is in no shape. */
function comesAfter(name: string, last: string): boolean {
  return name.length === last.length ? name > last : name.length > last.length;
}

function wrong(name: string, expected: string): never {
  throw shapeRefusal('shape-field', `field '${name}': expected ${expected}`);
}
