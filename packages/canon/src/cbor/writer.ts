/**
 * Writes canonical CBOR: single items for fixed shapes, and whole values.
 *
 * W1 Every head and every float has its shortest form, lengths are definite (RFC 8949 §4.2.1).
 * W2 Text is well-formed or refused; nothing is replaced.
 * W3 `value` puts map entries in the bytewise order of their encoded keys and refuses equal keys.
 *    Whoever writes a fixed shape with `mapHead` orders the keys, and writes exactly as many items
 *    as were announced: the writer does not look back.
 * W4 Depth and output are limited, so cycles and shared subtrees end.
 *
 * All methods throw RefusalError; its `at` is a JSON pointer into the value, where `#3` stands for
 * the fourth key. After one, what was written is undefined: `reset` before the next use.
 */

import { RefusalError } from '../result.js';
import { ItemWriter } from './item-writer.js';
import { MAX_DEPTH } from './limits.js';
import { type Encodable, Float } from './value.js';

type PlainObject = { readonly [key: string]: Encodable | undefined };

/** Up to this many keys, insertion beats the general sort. */
const INSERTION_KEYS = 32;

export class Writer extends ItemWriter {
  /** Offsets of the map entries being written, innermost map last: key start, key end, … */
  private readonly marks: number[] = [];
  private markCount = 0;

  /**
   * Any value, untagged. Codes: `number-not-integer`, `integer-range`, `lone-surrogate`,
   * `not-encodable`, `cbor-depth` (also for cycles), `cbor-duplicate-key`, `cbor-size`.
   */
  value(value: Encodable): void {
    this.markCount = 0;
    this.item(value, 0);
  }

  /** `depth` counts the lists and maps around the value. */
  private item(value: Encodable | undefined, depth: number): void {
    if (typeof value === 'string') this.text(value);
    else if (typeof value === 'number' || typeof value === 'bigint') this.int(value);
    else if (typeof value === 'boolean') this.bool(value);
    else if (value === null) this.nil();
    else if (typeof value === 'object') this.object(value, depth);
    else throw refusal('not-encodable', `${typeof value} has no encoding`);
  }

  private object(value: Encodable & object, depth: number): void {
    if (value instanceof Uint8Array) {
      this.bytes(value);
    } else if (value instanceof Float) {
      if (typeof value.value !== 'number') throw refusal('not-encodable', 'Float without number');
      this.float(value.value);
    } else if (depth >= MAX_DEPTH) {
      throw refusal('cbor-depth', `nested deeper than ${MAX_DEPTH}, or cyclic`);
    } else if (Array.isArray(value)) {
      this.list(value, depth + 1);
    } else if (value instanceof Map) {
      this.map(value, depth + 1);
    } else if (isPlain(value)) {
      this.record(value as PlainObject, depth + 1);
    } else {
      throw refusal('not-encodable', 'an object of a class has no encoding');
    }
  }

  private list(list: readonly Encodable[], depth: number): void {
    const count = list.length;
    this.listHead(count);
    let index = 0;
    try {
      for (; index < count; index++) this.item(list[index], depth);
    } catch (error) {
      throw within(error, String(index));
    }
  }

  private map(map: ReadonlyMap<Encodable, Encodable>, depth: number): void {
    const count = map.size;
    this.mapHead(count);
    const base = this.markCount;
    let inOrder = true;
    let step: Encodable = null;
    let index = 0;
    try {
      for (const [key, value] of map) {
        const start = this.at;
        step = null;
        this.item(key, depth);
        inOrder = this.markKey(base, start) && inOrder;
        step = key;
        this.item(value, depth);
        index++;
      }
    } catch (error) {
      throw within(error, typeof step === 'string' ? step : `#${index}`);
    }
    if (index !== count) throw refusal('not-encodable', 'entries changed when read');
    if (!inOrder) this.sortEntries(base);
    this.markCount = base;
  }

  private record(record: PlainObject, depth: number): void {
    const { keys, values } = presentFields(record);
    this.mapHead(keys.length);
    const base = this.markCount;
    let inOrder = true;
    let step: string | null = null;
    let index = 0;
    try {
      for (; index < keys.length; index++) {
        const key = keys[index] as string;
        const start = this.at;
        step = null;
        this.text(key);
        inOrder = this.markKey(base, start) && inOrder;
        step = key;
        this.item(values[index], depth);
      }
    } catch (error) {
      throw within(error, step ?? `#${index}`);
    }
    if (!inOrder) this.sortEntries(base);
    this.markCount = base;
  }

  /** Notes the key in `[start, at)`; false when it does not come after the one before. */
  private markKey(base: number, start: number): boolean {
    const { marks, markCount: top } = this;
    marks[top] = start;
    marks[top + 1] = this.at;
    this.markCount = top + 2;
    if (top === base) return true;
    return this.compareKeys(marks[top - 2] as number, marks[top - 1] as number, start) < 0;
  }

  /** Bytewise; a length is not needed for the second key, as no encoding is a prefix of another. */
  private compareKeys(a: number, aEnd: number, b: number): number {
    const buffer = this.buffer;
    for (let i = 0; a + i < aEnd; i++) {
      const difference = (buffer[a + i] as number) - (buffer[b + i] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** Sorts the entries of the map that was just written, whose marks start at `base`. */
  private sortEntries(base: number): void {
    const marks = this.marks.slice(base, this.markCount);
    const from = marks[0] as number;
    const entries = Array.from({ length: marks.length / 2 }, (_, i) => ({
      start: marks[2 * i] as number,
      keyEnd: marks[2 * i + 1] as number,
      end: marks[2 * i + 2] ?? this.at,
    }));
    entries.sort((a, b) => this.compareKeys(a.start, a.keyEnd, b.start));
    for (let i = 1; i < entries.length; i++) {
      const { start, keyEnd } = entries[i - 1] as Entry;
      if (this.compareKeys(start, keyEnd, (entries[i] as Entry).start) === 0) {
        throw refusal('cbor-duplicate-key', 'two keys of a map have the same encoding');
      }
    }
    const written = this.buffer.slice(from, this.at);
    let at = from;
    for (const { start, end } of entries) {
      this.buffer.set(written.subarray(start - from, end - from), at);
      at += end - start;
    }
  }
}

interface Entry {
  readonly start: number;
  readonly keyEnd: number;
  readonly end: number;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * The fields that are not undefined. Up to a number of fields they come in canonical order as far
 * as the keys are ASCII: a guess that saves the writer from sorting bytes, not one it relies on.
 */
function presentFields(record: PlainObject): { keys: string[]; values: Encodable[] } {
  const keys = Object.keys(record);
  const values = Object.values(record) as Encodable[];
  if (keys.length !== values.length) throw refusal('not-encodable', 'fields changed when read');
  const inserting = keys.length <= INSERTION_KEYS;
  let count = 0;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    const value = values[i] as Encodable;
    if (value === undefined) continue;
    let at = count++;
    if (inserting) {
      for (; at > 0 && compareAscii(key, keys[at - 1] as string) < 0; at--) {
        keys[at] = keys[at - 1] as string;
        values[at] = values[at - 1] as Encodable;
      }
    }
    keys[at] = key;
    values[at] = value;
  }
  if (count < keys.length) keys.length = values.length = count;
  return { keys, values };
}

function compareAscii(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}

function refusal(code: string, detail: string): RefusalError {
  return new RefusalError({ code, at: '', detail });
}

/** The same refusal, seen from one level further out. */
function within(error: unknown, step: string): unknown {
  if (!(error instanceof RefusalError)) return error;
  const { code, at, detail } = error.refusal;
  const escaped = step.replaceAll('~', '~0').replaceAll('/', '~1');
  return new RefusalError({ code, at: `/${escaped}${at}`, detail });
}
