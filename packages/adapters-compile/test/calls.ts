/** Calls for the tests of this package, and what comes of them. */
import { builtinSchema, compileSchemas, type DefSchema } from '@aos/air';
import { decodePlain, encode, type Hash, toHashText, type Value } from '@aos/canon';
import type { EffectOutcome } from '@aos/protocol';
import { stageCall } from '@aos/protocol/contracts';

export const PROGRAM = new URL('./fake-compiler.mjs', import.meta.url);

const schemas = compileSchemas(
  ['Text', 'Diagnostic', 'ReducerParams', 'ReducerReceipt'].map(
    (name) => builtinSchema(`sys/Compile${name}@1`) as DefSchema,
  ),
);

/** What keeps bytes from being in the schema of the receipt. */
export function checkReceipt(bytes: Uint8Array): string | undefined {
  const schema = schemas.ok ? schemas.value.get('sys/CompileReducerReceipt@1') : undefined;
  const normal = schema?.normalizeCbor(bytes);
  return normal?.ok ? undefined : (normal?.refusal.detail ?? 'no schema');
}

export const text = ($value: string) => ({ $tag: 'text', $value });
export const blob = (hash: Hash) => ({ $tag: 'blob', $value: toHashText(hash) });
type Source = ReturnType<typeof text>;

export interface Asked {
  readonly language?: string;
  readonly source?: Source;
  readonly types?: { readonly module: string; readonly definitions: Source };
}

export function paramsOf({ language = 'plain', source = text('it'), types }: Asked): Uint8Array {
  return encode({ language, name: 'a', files: { 'a.ts': source }, types: types ?? null });
}

export const callOf = (asked: Asked) =>
  stageCall({ effect: 'compile.reducer', params: paramsOf(asked) });

/** An outcome as plain data: maps as objects. */
export function readOutcome({ status, payload }: EffectOutcome): Record<string, unknown> {
  const value = decodePlain(payload);
  const fields = plain(value.ok ? value.value : null) as Record<string, unknown>;
  return { status, ...fields };
}

function plain(value: Value): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)]));
}
