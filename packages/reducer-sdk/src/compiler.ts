/**
 * The AssemblyScript compiler as a function from texts to bytes.
 *
 * 1. It sees the given files and the library, never a disk; an import of anything else fails.
 * 2. The same files give the same bytes: version and options are fixed here.
 * 3. One compilation runs at a time: the compiler has global state between its asynchronous parts.
 *
 * Deliberately absent: isolation. The compiler ends the process when it crashes itself, and can be
 * kept busy for long; give sources that are not yours to a worker.
 */
import { type Diagnostic, placeOf, type Severity } from './diagnostic.js';

/** The part of the compiler's interface that is used here. */
interface CompilerModule {
  readonly version: string;
  main(args: readonly string[], host: CompilerHost): Promise<{ readonly error: Error | null }>;
}

interface CompilerHost {
  readFile(name: string, folder: string): string | null;
  writeFile(name: string, contents: Uint8Array): void;
  listFiles(): readonly string[];
  reportDiagnostic(message: CompilerMessage): void;
}

interface CompilerMessage {
  readonly code: number;
  readonly category: number;
  readonly message: string;
  readonly range: { readonly start: number; readonly source: { normalizedPath: string } } | null;
}

export interface Compilation {
  /** Absent when a diagnostic is an error, or the compiler gave up for another reason. */
  readonly wasm?: Uint8Array;
  readonly diagnostics: readonly Diagnostic[];
  /** Version and options: together with the sources they decide the bytes. */
  readonly compiler: string;
}

/** What decides the bytes beside the sources. Without `abort` a failure is a plain trap. */
const OPTIONS = ['-O3', '--runtime', 'stub', '--use', 'abort='] as const;

const LIBRARY_FOLDER = '~library';
const OUTPUT_FILE = 'reducer.wasm';
/** The compiler numbers its own messages below, those it shares with TypeScript from here on. */
const FIRST_TYPESCRIPT_CODE = 1000;
const SEVERITIES: readonly Severity[] = ['info', 'info', 'warning', 'error'];

let queue: Promise<unknown> = Promise.resolve();

/**
 * Compiles `entry` and what it imports, after all compilations asked for before, with `further`
 * options beside the fixed ones.
 */
export function compile(
  entry: string,
  files: ReadonlyMap<string, string>,
  library: ReadonlyMap<string, string>,
  further: readonly string[] = [],
): Promise<Compilation> {
  const turn = queue.then(() => compileNow(entry, files, library, further));
  queue = turn.catch(() => undefined);
  return turn;
}

async function compileNow(
  entry: string,
  files: ReadonlyMap<string, string>,
  library: ReadonlyMap<string, string>,
  further: readonly string[],
): Promise<Compilation> {
  const asc = (await import('assemblyscript/asc')) as unknown as CompilerModule;
  const diagnostics: Diagnostic[] = [];
  let wasm: Uint8Array | undefined;
  const options = [...OPTIONS, ...further];
  const args = [entry, ...options, '--outFile', OUTPUT_FILE, '--lib', LIBRARY_FOLDER];
  const { error } = await asc.main(args, {
    readFile: (name, folder) => (folder === LIBRARY_FOLDER ? library : files).get(name) ?? null,
    writeFile: (name, contents) => {
      if (name === OUTPUT_FILE) wasm = contents;
    },
    listFiles: () => [],
    reportDiagnostic: (message) => diagnostics.push(toDiagnostic(message, files)),
  });
  const compiler = `assemblyscript ${asc.version} ${options.join(' ')}`;
  if (error && !diagnostics.some(({ severity }) => severity === 'error')) {
    diagnostics.push({ severity: 'error', code: 'AS', message: error.message });
  }
  return wasm && !error ? { wasm, diagnostics, compiler } : { diagnostics, compiler };
}

function toDiagnostic(
  { code, category, message, range }: CompilerMessage,
  files: ReadonlyMap<string, string>,
): Diagnostic {
  const diagnostic = {
    severity: SEVERITIES[category] ?? 'error',
    code: `${code < FIRST_TYPESCRIPT_CODE ? 'AS' : 'TS'}${code}`,
    message,
  };
  if (!range) return diagnostic;
  const file = range.source.normalizedPath;
  return { ...diagnostic, place: placeOf(file, files.get(file) ?? '', range.start) };
}
