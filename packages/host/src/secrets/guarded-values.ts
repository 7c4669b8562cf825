/**
 * CBOR that goes into a world, looked through: as it is, and text by text. The texts of one place
 * are read on from one frame to the next, and over the items of a list: a value that was split
 * among them is seen whole.
 */
import { decodePlain, type Value } from '@aos/canon';
import { type SecretNeedles, SecretScanner } from './secret-scanner.js';

/** Beyond so many places of texts, the others are read as one. */
const MAX_PLACES = 256;
const OTHERS = '';

export class ValueGuard {
  readonly #places = new Map<string, SecretScanner>();

  constructor(private readonly needles: SecretNeedles) {}

  /** Whether the bytes, or any place with what stood there before, show a value. */
  shows(bytes: Uint8Array): boolean {
    if (showsIn(bytes, this.needles)) return true;
    const decoded = decodePlain(bytes);
    return decoded.ok && this.#walk(decoded.value, '/');
  }

  /** Whether a value may have begun somewhere that the next ones may bring to its end. */
  get isPending(): boolean {
    return [...this.#places.values()].some((scanner) => scanner.isPending);
  }

  #walk(value: Value, place: string): boolean {
    if (typeof value === 'string') return this.#read(Buffer.from(value), place);
    if (value instanceof Uint8Array) return this.#read(value, place);
    if (Array.isArray(value)) return value.some((item) => this.#walk(item, `${place}*/`));
    if (!(value instanceof Map)) return false;
    return [...value].some(([key, item]) => {
      const name = typeof key === 'string' ? key : '';
      return this.#walk(key, `${place}<key>/`) || this.#walk(item, `${place}${name}/`);
    });
  }

  /** Each text also by itself: what stands before it could spoil a sequence at its begin. */
  #read(bytes: Uint8Array, place: string): boolean {
    const known = this.#places.has(place) || this.#places.size < MAX_PLACES ? place : OTHERS;
    const scanner = this.#places.get(known) ?? new SecretScanner(this.needles);
    this.#places.set(known, scanner);
    return scanner.push(bytes) || showsIn(bytes, this.needles);
  }
}

/** Whether bytes show a value. */
export function showsIn(bytes: Uint8Array, needles: SecretNeedles): boolean {
  const scanner = new SecretScanner(needles);
  return scanner.push(bytes) || scanner.end();
}
