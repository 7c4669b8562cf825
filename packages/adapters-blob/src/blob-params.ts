/** Parameters of the effects on blobs: fields of a record, each read as what it must be. */
import { decodePlain, type Hash, parseHashText, type Value } from '@aos/canon';
import { BlobFailure } from './failure.js';

export class BlobParams {
  readonly #fields: ReadonlyMap<Value, Value>;

  /** Throws `blob-params-invalid` for bytes that are no record of exactly these fields. */
  constructor(bytes: Uint8Array, names: readonly string[]) {
    const decoded = decodePlain(bytes);
    const fields = decoded.ok && decoded.value instanceof Map ? decoded.value : new Map();
    const isExact = fields.size === names.length && names.every((name) => fields.has(name));
    if (!isExact) throw invalid(`a record of ${names.join(', ')}`);
    this.#fields = fields;
    this.text('namespace');
  }

  text(name: string): string {
    const value = this.#fields.get(name);
    if (typeof value !== 'string') throw invalid(`a text as ${name}`);
    return value;
  }

  bytes(name: string): Uint8Array {
    const value = this.#fields.get(name);
    if (!(value instanceof Uint8Array)) throw invalid(`bytes as ${name}`);
    return value;
  }

  hash(name: string): Hash {
    const hash = parseHashText(this.text(name));
    if (!hash.ok) throw invalid(`a hash as ${name}`);
    return hash.value;
  }

  /** Beyond the safe integers it is more than any blob has. */
  nat(name: string): number {
    const value = this.#fields.get(name);
    const isInteger = typeof value === 'bigint' || typeof value === 'number';
    if (!isInteger || value < 0) throw invalid(`a natural number as ${name}`);
    return Number(value);
  }
}

function invalid(expected: string): BlobFailure {
  return new BlobFailure('blob-params-invalid', `expected ${expected}`);
}
