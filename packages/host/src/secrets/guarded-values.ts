/**
 * What goes into a world for one call, looked through for one value: CBOR as it is, and text by
 * text. The texts of one place are read on from one frame to the next, over the items of a list,
 * and into the receipt; all of them also one behind the other, whatever their places. So a value
 * that was split among them is seen whole.
 */
import { decodePlain, type Value } from '@aos/canon';
import type { Begun } from './byte-patterns.js';
import { type SecretNeedles, SecretScanner } from './secret-scanner.js';

/** Beyond so many places of texts, the others are read as one. */
const MAX_PLACES = 256;
const OTHERS = '';

export class ValueGuard {
  readonly #places = new Map<string, SecretScanner>();
  readonly #all: SecretScanner;
  #isLast = false;

  constructor(private readonly needles: SecretNeedles) {
    this.#all = new SecretScanner(needles);
  }

  /** Whether the bytes, or any place with what stood there before, show the value. */
  shows(bytes: Uint8Array): boolean {
    if (showsIn(bytes, this.needles)) return true;
    const decoded = decodePlain(bytes);
    return decoded.ok && this.#walk(decoded.value, '/');
  }

  /** The same of bytes that nothing comes behind: a text that ends in its begin shows it, too. */
  showsAtEnd(bytes: Uint8Array): boolean {
    this.#isLast = true;
    return this.shows(bytes);
  }

  /** Whether a text, behind what stood at its place before, shows the value. */
  showsText(text: string, place: string): boolean {
    return this.#read(Buffer.from(text), place);
  }

  /** How much of the value has begun somewhere that the next ones may bring to its end. */
  get begun(): Begun {
    const begun = [this.#all, ...this.#places.values()].map((scanner) => scanner.begun);
    return Math.max(...begun) as Begun;
  }

  #walk(value: Value, place: string): boolean {
    if (typeof value === 'string') return this.#read(Buffer.from(value), place);
    if (value instanceof Uint8Array) return this.#read(value, place);
    if (Array.isArray(value)) {
      if (isBytes(value) && this.#read(Uint8Array.from(value), place)) return true;
      return value.some((item) => this.#walk(item, `${place}*/`));
    }
    if (!(value instanceof Map)) return false;
    return [...value].some(([key, item]) => {
      const name = typeof key === 'string' ? key : '';
      const isShown = typeof key === 'string' && this.#readAt(Buffer.from(key), `${place}<key>/`);
      return isShown || this.#walk(item, `${place}${name}/`);
    });
  }

  #read(bytes: Uint8Array, place: string): boolean {
    return this.#all.push(bytes) || this.#readAt(bytes, place);
  }

  /** Each text also by itself: what stands before it could spoil a sequence at its begin. */
  #readAt(bytes: Uint8Array, place: string): boolean {
    const known = this.#places.has(place) || this.#places.size < MAX_PLACES ? place : OTHERS;
    const scanner = this.#places.get(known) ?? new SecretScanner(this.needles);
    this.#places.set(known, scanner);
    if (scanner.push(bytes)) return true;
    return this.#isLast ? endsIn(bytes, this.needles) : showsIn(bytes, this.needles);
  }
}

/** Whether bytes show a value. */
export function showsIn(bytes: Uint8Array, needles: SecretNeedles): boolean {
  const scanner = new SecretScanner(needles);
  return scanner.push(bytes) || scanner.end();
}

/** Whether bytes show a value, or end in the begin of one. */
function endsIn(bytes: Uint8Array, needles: SecretNeedles): boolean {
  const scanner = new SecretScanner(needles);
  return scanner.push(bytes) || scanner.isPending || scanner.end();
}

function isBytes(items: readonly Value[]): items is readonly number[] {
  return items.every((item) => typeof item === 'number' && item >= 0 && item <= 255);
}
