/** What one compiled type node can do, and the run that carries output and place. */
import { RefusalError, type Value, Writer } from '@aos/canon';
import { describeJson, type JsonValue, pointer } from '../json/value.js';
import type { Scan } from './scan.js';

/**
 * One type node, compiled once per schema. The four functions agree:
 *
 * N1. `scan` accepts exactly the bytes that `fromCbor` and `fromJson` can write.
 * N2. `fromCbor` of what it wrote writes the same again.
 * N3. `fromJson` of what `toJson` gave writes the same bytes.
 */
export interface TypeNode {
  /** A field of this type may be missing in a record: it is filled with null. */
  readonly isOption: boolean;
  /** A variant arm of this type may be written without its value. */
  readonly isUnit: boolean;
  /** True when a single-key JSON object with this key is sugar of this type, not a tagged form. */
  readonly claims: (key: string) => boolean;
  /** Moves over one value in canonical form. */
  scan(scan: Scan): boolean;
  /** Writes a decoded value in canonical form, or throws a refusal. */
  fromCbor(value: Value, run: Run): void;
  /** Writes JSON of either lens in canonical form, or throws a refusal. */
  fromJson(json: JsonValue, run: Run): void;
  /** The sugar lens of a value that `fromCbor` accepts unchanged. */
  toJson(value: Value): JsonValue;
}

export const claimsNothing = (): boolean => false;

/** Items of one normalized value, a map entry being two: what decoding takes by default. */
const MAX_ITEMS = 4_000_000;

/** One normalization: where output goes, and where in the input it stands. */
export class Run {
  private readonly trail: (string | number)[] = [];
  private itemsLeft = MAX_ITEMS;

  constructor(public out: Writer) {}

  /** Does something one step deeper in the input. */
  inside(key: string | number, work: () => void): void {
    this.enter(key);
    work();
    this.leave();
  }

  /** One step deeper in the input; {@link leave} follows unless something is refused. */
  enter(key: string | number): void {
    this.trail.push(key);
  }

  leave(): void {
    this.trail.pop();
  }

  /** Does something several steps deeper in the input. */
  insideAll<T>(keys: readonly (string | number)[], work: () => T): T {
    this.trail.push(...keys);
    const done = work();
    this.trail.length -= keys.length;
    return done;
  }

  /** Charges the items of a list or map before they are written. */
  charge(items: number): void {
    this.itemsLeft -= items;
    if (this.itemsLeft < 0) this.refuse('value-size', `expected at most ${MAX_ITEMS} items`);
  }

  /** What `write` writes, apart from the output. */
  apart(write: () => void): Uint8Array {
    const outer = this.out;
    this.out = new Writer(SMALL_BYTES);
    write();
    const bytes = this.out.finish();
    this.out = outer;
    return bytes;
  }

  /** JSON pointer to where the input is being read. */
  place(): string {
    return this.trail.reduce<string>(pointer, '');
  }

  refuse(code: string, detail: string): never {
    throw new RefusalError({ code, at: this.place(), detail });
  }
}

const SMALL_BYTES = 64;

/** Messages name at most this many of the fields or arms of a type. */
const MAX_NAMED = 12;

export function nameSome(names: Iterable<string>): string {
  const all = [...names];
  const more = all.length > MAX_NAMED ? ', …' : '';
  return all.slice(0, MAX_NAMED).join(', ') + more;
}

/** One word for what a decoded value is, used in messages. */
function describeValue(value: Value): string {
  if (value instanceof Uint8Array) return `a byte string of ${value.length} bytes`;
  if (value instanceof Map) return 'a map';
  if (typeof value !== 'object' || value === null) return describeJson(value);
  return Array.isArray(value) ? 'a list' : 'a float';
}

export function expectedValue(expected: string, found: Value): string {
  return `expected ${expected}, found ${describeValue(found)}`;
}

export function expectedJson(expected: string, found: JsonValue | undefined): string {
  return `expected ${expected}, found ${describeJson(found)}`;
}
