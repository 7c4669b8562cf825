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

const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const FUNCREF = 0x70;

const unsigned = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];

/** The number as an instruction; it is below 2^27, and encoded longer than it must be. */
const constant = (value: number) => [
  0x41,
  ...[0, 7, 14, 21].map((shift) => ((value >>> shift) & 0x7f) | (shift < 21 ? 0x80 : 0)),
];
const section = (id: number, ...items: readonly number[][]) => {
  const content = [...unsigned(items.length), ...items.flat()];
  return [id, ...unsigned(content.length), ...content];
};
const nameOf = (text: string) => [...unsigned(text.length), ...Buffer.from(text)];

/** A program that writes zeros to standard output, so often, so many pieces of a byte at a time. */
export function saying(writes: number, pieces: number): Uint8Array {
  const vectorBytes = 8 * pieces;
  const next = (by: number, before: number) => [
    ...[0x20, 0, ...constant(by), 0x6a, 0x22, 0],
    ...[...constant(before), 0x49, 0x0d, 0, 0x0b],
  ];
  const fillVector = [0x03, 0x40, 0x20, 0, ...constant(1), 0x36, 0, 4, ...next(8, vectorBytes)];
  const write = [constant(1), constant(0), constant(pieces), constant(vectorBytes)].flat();
  const sayAll = [0x03, 0x40, ...write, 0x10, 0, 0x1a, ...next(1, writes)];
  const code = [1, 1, 0x7f, ...fillVector, ...constant(0), 0x21, 0, ...sayAll, 0x0b];
  return Uint8Array.from([
    ...HEADER,
    ...section(1, [0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f], [0x60, 0, 0]),
    ...section(2, [...nameOf('wasi_snapshot_preview1'), ...nameOf('fd_write'), 0, 0]),
    ...section(3, [1]),
    ...section(5, [0, ...unsigned(Math.ceil((vectorBytes + 4) / 65_536))]),
    ...section(7, [...nameOf('memory'), 2, 0], [...nameOf('_start'), 0, 1]),
    ...section(10, [...unsigned(code.length), ...code]),
  ]);
}

/** A program that does nothing, with so many tables of 65,536 entries. */
export function withTables(count: number): Uint8Array {
  const table = [FUNCREF, 0, ...unsigned(65_536)];
  return Uint8Array.from([
    ...HEADER,
    ...section(1, [0x60, 0, 0]),
    ...section(3, [0]),
    ...section(4, ...new Array<number[]>(count).fill(table)),
    ...section(5, [0, 1]),
    ...section(7, [...nameOf('memory'), 2, 0], [...nameOf('_start'), 0, 0]),
    ...section(10, [2, 0, 0x0b]),
  ]);
}
