/** The process that compiles modules for worlds: compilers of the SDK, admission by the engine. */
import {
  type LanguageBuild,
  type LanguageBuilder,
  type LanguageSources,
  serveCompilations,
} from '@aos/adapters-compile/process';
import { buildReducer, buildScriptReducer, generateShapes } from '@aos/reducer-sdk';
import { GUARD_VERSION, PRICES_VERSION, WasmEngine } from '@aos/wasm';

/** What scripts import their types from. */
const TYPES_FILE = 'air.ts';

serveCompilations({
  languages: new Map<string, LanguageBuilder>([
    ['typescript', buildTypescript],
    ['assemblyscript', buildReducer],
  ]),
  admit: (wasm, entry) => {
    const loaded = new WasmEngine().load(wasm, entry);
    return loaded.ok ? undefined : loaded.refusal;
  },
  engine: `guard ${GUARD_VERSION}, prices ${PRICES_VERSION}`,
});

async function buildTypescript({ name, files, types }: LanguageSources): Promise<LanguageBuild> {
  if (types === undefined) return buildScriptReducer({ name, files });
  const shapes = generateShapes(types);
  const refused = { ok: false, diagnostics: [] } as const;
  if (!shapes.ok) return { ...refused, refusal: shapes.refusal };
  if (Object.hasOwn(files, TYPES_FILE)) {
    const detail = `expected no ${TYPES_FILE}: it is made from the types, leave it out`;
    return { ...refused, refusal: { code: 'reducer-source', at: `/files/${TYPES_FILE}`, detail } };
  }
  const entry = types.module.module_kind === 'pure' ? 'run' : 'step';
  return buildScriptReducer({ name, files: { ...files, [TYPES_FILE]: shapes.value }, entry });
}
