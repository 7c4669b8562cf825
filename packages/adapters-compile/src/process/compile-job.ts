/**
 * One compilation, in the process that calls, to its end.
 *
 * 1. What is wrong with a source is an answer, which its author reads: never a failure.
 * 2. A module is answered only when the engine admits it.
 */
import { readDefinitions } from '@aos/air';
import type { Refusal } from '@aos/canon';
import {
  type Compilation,
  type CompileJob,
  type CompilerPorts,
  type Diagnostic,
  errorOf,
  type LanguageBuild,
  type SourceTypes,
} from './compilation.js';

/** Most diagnostics of one compilation, and most characters of one message. */
const MAX_DIAGNOSTICS = 50;
const MAX_MESSAGE = 1000;

export async function compileJob(ports: CompilerPorts, job: CompileJob): Promise<Compilation> {
  const build = ports.languages.get(job.language);
  if (build === undefined) {
    const known = [...ports.languages.keys()].join(', ');
    const message = `expected one of the languages ${known}, found ${job.language}`;
    return answer({}, [errorOf('language-unknown', message)]);
  }
  const types = job.types === undefined ? undefined : readTypes(job.types);
  if (Array.isArray(types)) return answer({}, types);
  const { name, files } = job;
  const sources = { name, files: Object.fromEntries(files), ...(types && { types }) };
  const built = await build(sources);
  const { diagnostics } = built;
  if (!built.ok) {
    const { compiler } = built;
    return answer(compiler === undefined ? {} : { compiler }, diagnosticsOf(built));
  }
  const { wasm, compiler } = built.value;
  const entry = types?.module.module_kind === 'pure' ? 'run' : 'step';
  const refusal = ports.admit(wasm, entry);
  const by = { compiler, engine: ports.engine };
  if (refusal !== undefined) return answer(by, [...diagnostics, toDiagnostic(refusal)]);
  return answer({ ...by, module: { wasm, entry } }, diagnostics);
}

/** Errors come first: it is the end of a list that is left out. */
function answer(
  made: Pick<Compilation, 'module' | 'compiler' | 'engine'>,
  diagnostics: readonly Diagnostic[],
): Compilation {
  const rank = ({ severity }: Diagnostic) => ['error', 'warning', 'info'].indexOf(severity);
  const sorted = [...diagnostics].sort((a, b) => rank(a) - rank(b));
  return {
    kind: 'compiled',
    ...made,
    diagnostics: sorted.slice(0, MAX_DIAGNOSTICS).map(shorten),
    omitted: Math.max(0, sorted.length - MAX_DIAGNOSTICS),
  };
}

function shorten(diagnostic: Diagnostic): Diagnostic {
  const { message } = diagnostic;
  const isLong = message.length > MAX_MESSAGE;
  return isLong ? { ...diagnostic, message: `${message.slice(0, MAX_MESSAGE)}…` } : diagnostic;
}

/** The definitions of a source, or what is wrong with them. */
function readTypes({ module, definitions }: NonNullable<CompileJob['types']>) {
  const read = readDefinitions([{ path: 'definitions', text: definitions }]);
  const errors = read.findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    return errors.map(({ code, path, message }) => errorOf(code, `${path}: ${message}`));
  }
  const found = read.definitions.find((each) => each.$kind === 'defmodule' && each.name === module);
  if (found?.$kind !== 'defmodule') {
    const message = `expected a defmodule ${module} among the definitions, found none`;
    return [errorOf('module-not-found', message)];
  }
  const types: SourceTypes = {
    module: found,
    schemas: read.definitions.flatMap((each) => (each.$kind === 'defschema' ? [each] : [])),
    effects: read.definitions.flatMap((each) => (each.$kind === 'defeffect' ? [each] : [])),
  };
  return types;
}

/** A refusal says more than its diagnostics, unless it repeats the first of their errors. */
function diagnosticsOf(built: LanguageBuild & { readonly ok: false }): readonly Diagnostic[] {
  const { refusal, diagnostics } = built;
  const isTold = diagnostics.some(({ severity }) => severity === 'error');
  const isRepeated = isTold && refusal.code === 'reducer-compile';
  return isRepeated ? diagnostics : [toDiagnostic(refusal), ...diagnostics];
}

function toDiagnostic({ code, at, detail }: Refusal): Diagnostic {
  const place = /^(.+):(\d+):(\d+)$/.exec(at);
  if (place === null) return errorOf(code, at === '' ? detail : `${at}: ${detail}`);
  const [, file = '', line, column] = place;
  return { ...errorOf(code, detail), place: { file, line: Number(line), column: Number(column) } };
}
