/** Parameters of a question, read as hostile: their schema says nothing about whether they fit. */
import { decode, type Encodable, type Value } from '@aos/canon';
import type { EntryPlace } from '@aos/protocol';

/** What came of a question: an answer, or the code why there is none. */
export type Answer = { readonly payload: Encodable } | { readonly code: string };

export const INVALID: Answer = { code: 'query-invalid' };

/** Most that one answer lists. */
const MAX_LIMIT = 1000;

export class Question {
  readonly #fields: ReadonlyMap<Value, Value>;

  constructor(params: Uint8Array) {
    const decoded = decode(params);
    this.#fields = decoded.ok && decoded.value instanceof Map ? decoded.value : new Map();
  }

  text(name: string): string | undefined {
    const value = this.#fields.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  bytes(name: string): Uint8Array | undefined {
    const value = this.#fields.get(name);
    return value instanceof Uint8Array ? value : undefined;
  }

  get isForward(): boolean {
    return this.#fields.get('forward') === true;
  }

  /** From 1 to what one answer lists. */
  get limit(): number | undefined {
    const value = this.#fields.get('limit');
    const isFit = typeof value === 'number' && value >= 1 && value <= MAX_LIMIT;
    return isFit ? value : undefined;
  }
}

const PLACE = /^(\d{1,9})(?:\/(\d{1,6}))?$/;

/** `7` is the input of record 7, `7/2` its entry 2. */
export function parsePlace(text: string): EntryPlace | undefined {
  const [, seq, i] = PLACE.exec(text) ?? [];
  if (seq === undefined) return undefined;
  return { seq: Number(seq), i: i === undefined ? null : Number(i) };
}
