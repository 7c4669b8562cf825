/** Parameters of the effects on workspaces: fields of a record, each read as what it must be. */
import { decodePlain, type Hash, parseHashText, type RefusalError, type Value } from '@aos/canon';
import { refusal } from './tree/directory.js';
import { parsePath } from './tree/path.js';

/** What a file is to hold. */
export type WrittenContent =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'blob'; readonly hash: Hash };

export class Params {
  readonly #fields: ReadonlyMap<Value, Value>;

  /** Throws `workspace-params-invalid` for bytes that are no record of these fields. */
  constructor(bytes: Uint8Array, names: readonly string[]) {
    const decoded = decodePlain(bytes);
    const fields = decoded.ok && decoded.value instanceof Map ? decoded.value : new Map();
    const isExact = [...fields.keys()].every((name) => names.includes(name));
    if (!isExact || fields.size === 0) throw invalid(`a record of ${names.join(', ')}`);
    this.#fields = fields;
  }

  get workspace(): string {
    return this.text('workspace');
  }

  text(name: string): string {
    const value = this.#fields.get(name);
    if (typeof value !== 'string') throw invalid(`a text as ${name}`);
    return value;
  }

  maybeText(name: string): string | undefined {
    return this.#isNull(name) ? undefined : this.text(name);
  }

  /** Code: `workspace-path-invalid`. */
  path(name = 'path'): readonly string[] {
    return namesOf(this.text(name));
  }

  maybePath(name: string): readonly string[] | undefined {
    return this.#isNull(name) ? undefined : this.path(name);
  }

  hash(name: string): Hash {
    return hashOf(this.#fields.get(name), name);
  }

  maybeHash(name: string): Hash | undefined {
    return this.#isNull(name) ? undefined : this.hash(name);
  }

  maybeBool(name: string): boolean | undefined {
    const value = this.#fields.get(name) ?? undefined;
    if (value === undefined || typeof value === 'boolean') return value;
    throw invalid(`a boolean as ${name}`);
  }

  /** Beyond the safe integers it is more than anything has. */
  maybeNat(name: string): number | undefined {
    if (this.#isNull(name)) return undefined;
    const value = this.#fields.get(name);
    const isInteger = typeof value === 'bigint' || typeof value === 'number';
    if (!isInteger || value < 0) throw invalid(`a natural number as ${name}`);
    return Number(value);
  }

  content(): WrittenContent {
    const value = this.#fields.get('content');
    const [tag, held] = value instanceof Map ? [value.get('$tag'), value.get('$value')] : [];
    if (tag === 'text' && typeof held === 'string') {
      return { kind: 'bytes', bytes: new TextEncoder().encode(held) };
    }
    if (tag === 'bytes' && held instanceof Uint8Array) return { kind: 'bytes', bytes: held };
    if (tag === 'blob') return { kind: 'blob', hash: hashOf(held, 'content') };
    throw invalid('text, bytes or a blob as content');
  }

  #isNull(name: string): boolean {
    return (this.#fields.get(name) ?? null) === null;
  }
}

/** The names of a path. Code: `workspace-path-invalid`. */
function namesOf(path: string): readonly string[] {
  const names = parsePath(path);
  if (names.ok) return names.value;
  throw refusal(names.refusal.code, names.refusal.detail);
}

function hashOf(value: Value | undefined, name: string): Hash {
  const hash = typeof value === 'string' ? parseHashText(value) : undefined;
  if (hash?.ok !== true) throw invalid(`a hash as ${name}`);
  return hash.value;
}

export function invalid(expected: string): RefusalError {
  return refusal('workspace-params-invalid', `expected ${expected}`);
}
