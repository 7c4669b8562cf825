/** Programs, hosts and calls for the tests of this package. */
import { readFileSync } from 'node:fs';
import { builtinSchema, compileSchemas, type DefSchema } from '@aos/air';
import { decodePlain, encode, type Hash, toHashText, type Value } from '@aos/canon';
import type { EffectCall, EffectOutcome } from '@aos/protocol';
import { EffectStage, MemoryBlobs, stageCall } from '@aos/protocol/contracts';

export const programBytes = (name: string) =>
  new Uint8Array(readFileSync(new URL(`./programs/${name}.wasm`, import.meta.url)));

const schemas = compileSchemas(
  ['Content', 'Params', 'Receipt'].map((name) => builtinSchema(`sys/Wasi${name}@1`) as DefSchema),
);

/** What keeps bytes from being in a schema. */
export function checkSchema(name: string, bytes: Uint8Array): string | undefined {
  const schema = schemas.ok ? schemas.value.get(name) : undefined;
  const normal = schema?.normalizeCbor(bytes);
  return normal?.ok ? undefined : (normal?.refusal.detail ?? 'no schema');
}

export const content = {
  text: ($value: string) => ({ $tag: 'text', $value }),
  bytes: ($value: Uint8Array) => ({ $tag: 'bytes', $value }),
  blob: (hash: Hash) => ({ $tag: 'blob', $value: toHashText(hash) }),
};
type Content = ReturnType<(typeof content)[keyof typeof content]>;

export interface Asked {
  readonly args?: readonly string[];
  readonly stdin?: Content;
  readonly files?: Readonly<Record<string, Content>>;
}

export function paramsOf({ args = [], stdin, files = {} }: Asked): Uint8Array {
  return encode({ args, stdin: stdin ?? null, files });
}

/** A call of a program that is among the blobs. */
export function callOf(module: Hash, asked: Asked | Uint8Array, more: object = {}): EffectCall {
  const params = asked instanceof Uint8Array ? asked : paramsOf(asked);
  const call = stageCall({ effect: 'demo.run', params, ...more });
  return { ...call, implementation: { wasi: module } };
}

/** A stage with a program among its blobs. */
export function stageWith(bytes: Uint8Array) {
  const blobs = new MemoryBlobs();
  return { blobs, module: blobs.store(bytes), stage: new EffectStage(blobs) };
}

/** An outcome as plain data: maps as objects. */
export function readOutcome({ status, payload }: EffectOutcome): Record<string, unknown> {
  const value = decodePlain(payload);
  const fields = plain(value.ok ? value.value : null) as Record<string, unknown>;
  return { status, ...fields };
}

function plain(value: Value): unknown {
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)]));
}
