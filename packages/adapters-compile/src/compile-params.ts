/** Parameters of a compilation, `sys/CompileReducerParams@1`, read as hostile. */
import { decodePlain, type Hash, parseHashText, type Value } from '@aos/canon';
import { CompileFailure } from './failure.js';

/** A text: at hand, or in a blob. */
export type SourceText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'blob'; readonly hash: Hash };

export interface CompileParams {
  readonly language: string;
  readonly name: string;
  /** By relative path. */
  readonly files: ReadonlyMap<string, SourceText>;
  readonly types: { readonly module: string; readonly definitions: SourceText } | undefined;
}

type Fields = ReadonlyMap<Value, Value>;

/** Throws `compile-params-invalid`. */
export function parseCompileParams(bytes: Uint8Array): CompileParams {
  const decoded = decodePlain(bytes);
  const fields = readRecord(decoded.ok ? decoded.value : null, FIELDS, 'parameters');
  const types = fields.get('types') as Value;
  return {
    language: readText(fields, 'language'),
    name: readText(fields, 'name'),
    files: readFiles(fields.get('files')),
    types: types === null ? undefined : readTypes(types),
  };
}

const FIELDS = ['language', 'name', 'files', 'types'];

function readTypes(value: Value) {
  const fields = readRecord(value, ['module', 'definitions'], 'types');
  const definitions = readSource(fields.get('definitions'), 'definitions');
  return { module: readText(fields, 'module'), definitions };
}

function readFiles(value: Value | undefined): ReadonlyMap<string, SourceText> {
  if (!(value instanceof Map)) throw invalid('a map of texts by path as files');
  const files = new Map<string, SourceText>();
  for (const [path, text] of value) {
    if (typeof path !== 'string') throw invalid('paths as keys of files');
    files.set(path, readSource(text, path));
  }
  return files;
}

/** A variant of text or blob, as it is stored. */
function readSource(value: Value | undefined, what: string): SourceText {
  const fields: Fields = value instanceof Map && value.size === 2 ? value : new Map();
  const [tag, held] = [fields.get('$tag'), fields.get('$value')];
  if (tag === 'text' && typeof held === 'string') return { kind: 'text', text: held };
  const hash = tag === 'blob' && typeof held === 'string' ? parseHashText(held) : undefined;
  if (hash?.ok) return { kind: 'blob', hash: hash.value };
  throw invalid(`a text or a blob as ${JSON.stringify(what)}`);
}

function readText(fields: Fields, name: string): string {
  const value = fields.get(name);
  if (typeof value === 'string') return value;
  throw invalid(`a text as ${name}`);
}

function readRecord(value: Value, names: readonly string[], what: string): Fields {
  const fields = value instanceof Map ? value : new Map<Value, Value>();
  const isExact = fields.size === names.length && names.every((name) => fields.has(name));
  if (isExact) return fields;
  throw invalid(`a record of ${names.join(', ')} as ${what}`);
}

function invalid(expected: string): CompileFailure {
  return new CompileFailure('compile-params-invalid', `expected ${expected}`);
}
