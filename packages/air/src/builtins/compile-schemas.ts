/** Compilation of modules: what is asked, and what is answered. */
import type { TypeFields } from '../forms/type-expr.js';
import { hash, list, map, nat, option, record, ref, text, variant, words } from './builders.js';

const source = ref('sys/CompileText@1');

export const COMPILE_SCHEMAS: TypeFields = {
  /** A text of a source: as it stands, or as a blob of UTF-8. */
  'sys/CompileText@1': variant({ text, blob: hash }),
  /**
   * `language` is `typescript` or `assemblyscript`; the entry file is `<name>.ts` among `files`,
   * which have relative paths. `types` has the definitions that the source is written against, as
   * AIR in JSON, and the name of the module among them; without it the source is a reducer that
   * knows no types.
   */
  'sys/CompileReducerParams@1': record({
    language: text,
    name: text,
    files: map(text, source),
    types: option(record({ module: text, definitions: source })),
  }),
  /** What a compiler has to say, with the place in a file where there is one, counted from 1. */
  'sys/CompileDiagnostic@1': record({
    severity: words('error', 'warning', 'info'),
    code: text,
    message: text,
    place: option(record({ file: text, line: nat, column: nat })),
  }),
  /**
   * `module` is null where the source does not make one that may run; the diagnostics say why. Else
   * its `hash` is the `wasm_hash` of a definition, and `entry` is `step` or `run`. `omitted` counts
   * diagnostics beyond those at hand. `compiler` and `engine` name what made the module and what
   * admitted it, with their versions; null where it did not come to that.
   */
  'sys/CompileReducerReceipt@1': record({
    module: option(record({ hash, size: nat, entry: text })),
    diagnostics: list(ref('sys/CompileDiagnostic@1')),
    omitted: nat,
    compiler: option(text),
    engine: option(text),
  }),
};
