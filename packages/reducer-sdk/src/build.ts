/** From a reducer's source to the module that a world runs. */
import { type Hash, type Refusal, sha256 } from '@aos/canon';
import { compile } from './compiler.js';
import { type Diagnostic, printPlace } from './diagnostic.js';
import { EXPORTS_FILE, gatherLibrary, gatherSources, type ReducerSources } from './sources.js';

export interface ReducerBuild {
  /** A module without imports that exports `memory`, `alloc`, and `step` or `run`. */
  readonly wasm: Uint8Array;
  /** SHA-256 of `wasm`: what `wasm_hash` of the defmodule says. */
  readonly hash: Hash;
  /** Version and options of the compiler; with them the sources give the same bytes anywhere. */
  readonly compiler: string;
}

/** A result with what the compiler said, warnings included. */
export type BuildResult =
  | { readonly ok: true; readonly value: ReducerBuild; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      readonly diagnostics: readonly Diagnostic[];
      /** As of a build that succeeds; absent where it did not come to compiling. */
      readonly compiler?: string;
    };

/**
 * Compiles AssemblyScript whose entry file exports `reduce(step: Step): void`, or for a pure module
 * `compute(run: Run): void`. The same sources give the same bytes in every process.
 * Codes: `reducer-source` (names of files), `reducer-compile` (`at` is `file:line:column`),
 * `reducer-entry` (no fitting entry function), `reducer-imports` (the module would need something
 * from outside), and those of `generateCodecs`.
 */
export async function buildReducer(sources: ReducerSources): Promise<BuildResult> {
  const files = gatherSources(sources);
  if (!files.ok) return { ok: false, refusal: files.refusal, diagnostics: [] };
  const library = await gatherLibrary(sources);
  if (!library.ok) return { ok: false, refusal: library.refusal, diagnostics: [] };
  const options = optionsOf(sources);
  const compilation = await compile(EXPORTS_FILE, files.value, library.value, options);
  const { wasm, diagnostics, compiler } = compilation;
  if (!wasm) return { ok: false, refusal: refusalOf(diagnostics, sources), diagnostics, compiler };
  const imported = firstImport(wasm);
  if (imported === undefined) {
    return { ok: true, value: { wasm, hash: sha256(wasm), compiler }, diagnostics };
  }
  const detail = `a reducer may import nothing, this one would import ${imported}`;
  return {
    ok: false,
    refusal: { code: 'reducer-imports', at: imported, detail },
    diagnostics,
    compiler,
  };
}

function optionsOf({ memoryPages }: ReducerSources): readonly string[] {
  return memoryPages === undefined ? [] : ['--initialMemory', String(memoryPages)];
}

/** The first error decides; one in the generated file is about the author's entry function. */
function refusalOf(diagnostics: readonly Diagnostic[], { name, types }: ReducerSources): Refusal {
  const error = diagnostics.find(({ severity }) => severity === 'error');
  if (error?.place?.file === EXPORTS_FILE) {
    const isPure = types?.module.module_kind === 'pure';
    const entry = isPure ? 'compute(run: Run): void' : 'reduce(step: Step): void';
    const detail = `expected ${name}.ts to export function ${entry}`;
    return { code: 'reducer-entry', at: `${name}.ts`, detail: `${detail}; ${error.message}` };
  }
  const detail = error ? `${error.code}: ${error.message}` : 'the compiler gave no module';
  return { code: 'reducer-compile', at: printPlace(error?.place), detail };
}

/** `module.name` of the first import, if any. */
function firstImport(wasm: Uint8Array): string | undefined {
  const [first] = WebAssembly.Module.imports(new WebAssembly.Module(wasm));
  return first && `${first.module}.${first.name}`;
}
