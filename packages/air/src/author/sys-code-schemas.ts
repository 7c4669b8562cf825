/** The built-in schemas of programs and of compilations, as values. */
import { sys } from './sys-reducer-effects.js';
import { t } from './types.js';

const WasiContent = sys('WasiContent', t.variant({ text: t.text, bytes: t.bytes, blob: t.hash }));
const WasiParams = sys(
  'WasiParams',
  t.record({
    args: t.list(t.text),
    stdin: t.option(WasiContent),
    files: t.map(t.text, WasiContent),
  }),
);
const WasiReceipt = sys(
  'WasiReceipt',
  t.record({
    exit_code: t.nat,
    stdout: WasiContent,
    stderr: WasiContent,
    files: t.map(t.text, WasiContent),
  }),
);

const CompileText = sys('CompileText', t.variant({ text: t.text, blob: t.hash }));
const CompileDiagnostic = sys(
  'CompileDiagnostic',
  t.record({
    severity: t.words('error', 'warning', 'info'),
    code: t.text,
    message: t.text,
    place: t.option(t.record({ file: t.text, line: t.nat, column: t.nat })),
  }),
);

export const codeSchemas = {
  WasiContent,
  WasiParams,
  WasiReceipt,
  CompileText,
  CompileDiagnostic,
  CompileReducerParams: sys(
    'CompileReducerParams',
    t.record({
      language: t.text,
      name: t.text,
      files: t.map(t.text, CompileText),
      types: t.option(t.record({ module: t.text, definitions: CompileText })),
    }),
  ),
  CompileReducerReceipt: sys(
    'CompileReducerReceipt',
    t.record({
      module: t.option(t.record({ hash: t.hash, size: t.nat, entry: t.text })),
      diagnostics: t.list(CompileDiagnostic),
      omitted: t.nat,
      compiler: t.option(t.text),
      engine: t.option(t.text),
    }),
  ),
} as const;
