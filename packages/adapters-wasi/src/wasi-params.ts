/** Parameters of a program, `sys/WasiParams@1`, read as hostile. */
import { decodePlain, type Hash, parseHashText, utf8, type Value } from '@aos/canon';
import { WasiFailure } from './failure.js';

/** What a file or stream holds: bytes at hand, or a blob. */
export type Content =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'blob'; readonly hash: Hash };

export interface WasiParams {
  readonly args: readonly string[];
  readonly stdin: Content;
  /** By path from the root. */
  readonly files: ReadonlyMap<string, Content>;
}

const FIELDS = ['args', 'files', 'stdin'];
const NOTHING: Content = { kind: 'bytes', bytes: new Uint8Array() };
const MAX_PATH_BYTES = 4096;
const MAX_NAME_BYTES = 255;

/** Throws `wasi-params-invalid`. */
export function parseWasiParams(bytes: Uint8Array): WasiParams {
  const decoded = decodePlain(bytes);
  const fields = decoded.ok && decoded.value instanceof Map ? decoded.value : new Map();
  const isExact = fields.size === FIELDS.length && FIELDS.every((name) => fields.has(name));
  if (!isExact) throw invalid(`a record of ${FIELDS.join(', ')}`);
  const stdin = fields.get('stdin');
  return {
    args: parseArgs(fields.get('args')),
    stdin: stdin === null ? NOTHING : parseContent(stdin),
    files: parseFiles(fields.get('files')),
  };
}

function parseArgs(value: Value): readonly string[] {
  if (!Array.isArray(value)) throw invalid('a list of texts as args');
  return value.map((arg) => {
    if (typeof arg === 'string' && !arg.includes('\0')) return arg;
    throw invalid('texts without a zero character as args');
  });
}

function parseFiles(value: Value): ReadonlyMap<string, Content> {
  if (!(value instanceof Map)) throw invalid('a map of files by path');
  const files = new Map<string, Content>();
  for (const [path, content] of value) {
    if (typeof path !== 'string' || !isPath(path)) {
      throw invalid(`paths like data/in.txt, from the root, found ${JSON.stringify(path)}`);
    }
    files.set(path, parseContent(content));
  }
  for (const path of files.keys()) {
    const parts = path.split('/');
    const isInFile = parts.some((_, i) => i > 0 && files.has(parts.slice(0, i).join('/')));
    if (isInFile) throw invalid(`files and directories of different names, found ${path}`);
  }
  return files;
}

function isPath(path: string): boolean {
  if (path.includes('\0') || utf8(path).length > MAX_PATH_BYTES) return false;
  return path.split('/').every((name) => {
    return name !== '' && name !== '.' && name !== '..' && utf8(name).length <= MAX_NAME_BYTES;
  });
}

/** A variant of text, bytes or blob, as it is stored. */
function parseContent(value: Value | undefined): Content {
  const fields = value instanceof Map && value.size === 2 ? value : new Map();
  const [tag, held] = [fields.get('$tag'), fields.get('$value')];
  if (tag === 'text' && typeof held === 'string') return { kind: 'bytes', bytes: utf8(held) };
  if (tag === 'bytes' && held instanceof Uint8Array) return { kind: 'bytes', bytes: held };
  const hash = tag === 'blob' && typeof held === 'string' ? parseHashText(held) : undefined;
  if (hash?.ok) return { kind: 'blob', hash: hash.value };
  throw invalid('text, bytes or blob as content');
}

function invalid(expected: string): WasiFailure {
  return new WasiFailure('wasi-params-invalid', `expected ${expected}`);
}
