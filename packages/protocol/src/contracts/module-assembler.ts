/**
 * Assembles the small modules of the engine suite from their parts, so that a sample reads as what
 * it does. Every number is an i32, every exported name ASCII; nothing is validated: a sample may be
 * wrong on purpose. Layout after the WebAssembly core specification, chapter "Binary Format".
 */
import { concatBytes, utf8 } from '@aos/canon';

export interface FunctionParts {
  readonly params?: number;
  readonly results?: number;
  readonly body: readonly Instruction[];
}

export interface ModuleParts {
  /** Imported functions, each `() -> ()`; they take the first function indices. */
  readonly imports?: readonly (readonly [module: string, name: string])[];
  /** Pages of 64 KiB at the start; no memory when absent. */
  readonly memoryPages?: number;
  /** How many exception tags, each without values. */
  readonly tags?: number;
  /** First values of mutable globals; a list is a whole global, as it is encoded. */
  readonly globals?: readonly (number | readonly number[])[];
  /** Entries of a table of functions, all null at first; no table when absent. */
  readonly tableEntries?: number;
  readonly functions?: readonly FunctionParts[];
  /** Index of the function run at instantiation. */
  readonly start?: number;
  readonly exports?: Readonly<Record<string, readonly [ExportKind, index: number]>>;
  /** Bytes put into memory at instantiation, each at its address. */
  readonly data?: readonly (readonly [address: number, bytes: Uint8Array])[];
  /** Segments behind those, for instructions to copy from. */
  readonly passiveData?: readonly Uint8Array[];
}

export type ExportKind = 'function' | 'memory' | 'global';
/** The bytes of one instruction. */
export type Instruction = readonly number[];

const HEADER = new Uint8Array([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
const I32 = 0x7f;
const FUNCREF = 0x70;
const FUNCTION_TYPE = 0x60;
const END = 0x0b;
const NOTHING = new Uint8Array();
const SECTION = {
  ...{ types: 1, imports: 2, functions: 3, tables: 4, memories: 5, globals: 6, exports: 7 },
  ...{ start: 8, code: 10, data: 11, dataCount: 12, tags: 13 },
} as const;
const EXPORT_KINDS: Readonly<Record<ExportKind, number>> = { function: 0, memory: 2, global: 3 };

/** The instructions that the samples use. */
export const op = {
  unreachable: [0x00],
  /** A loop without values, to be ended by `end`. */
  loop: [0x03, 0x40],
  end: [END],
  branch: (label: number): Instruction => [0x0c, ...unsigned(label)],
  throw: (tag: number): Instruction => [0x08, ...unsigned(tag)],
  call: (index: number): Instruction => [0x10, ...unsigned(index)],
  drop: [0x1a],
  localGet: (index: number): Instruction => [0x20, ...unsigned(index)],
  globalGet: (index: number): Instruction => [0x23, ...unsigned(index)],
  globalSet: (index: number): Instruction => [0x24, ...unsigned(index)],
  load: [0x28, 0x00, 0x00],
  store: [0x36, 0x00, 0x00],
  storeByte: [0x3a, 0x00, 0x00],
  memorySize: [0x3f, 0x00],
  memoryGrow: [0x40, 0x00],
  constant: (value: number): Instruction => [0x41, ...signed(value)],
  add: [0x6a],
  divide: [0x6d],
  shiftLeft: [0x74],
} as const;

export function assembleModule(parts: ModuleParts): Uint8Array {
  const { functions = [], imports = [], tags = 0, globals = [] } = parts;
  const { data = [], passiveData = [] } = parts;
  const segments = [...data.map(dataSegment), ...passiveData.map(passiveSegment)];
  const tables =
    parts.tableEntries === undefined ? [] : [[FUNCREF, 0, ...unsigned(parts.tableEntries)]];
  const memories = parts.memoryPages === undefined ? [] : [[0, ...unsigned(parts.memoryPages)]];
  const types = [...functions, { body: [] }];
  const plainType = functions.length;
  return concatBytes(
    HEADER,
    section(SECTION.types, types.map(functionType)),
    section(SECTION.imports, imports.map(importOf(plainType))),
    section(SECTION.functions, [...functions.keys()].map(unsigned)),
    section(SECTION.tables, tables),
    section(SECTION.memories, memories),
    section(SECTION.tags, new Array<number[]>(tags).fill([0, plainType])),
    section(SECTION.globals, globals.map(mutableGlobal)),
    section(SECTION.exports, Object.entries(parts.exports ?? {}).map(exportEntry)),
    parts.start === undefined ? NOTHING : sized(SECTION.start, unsigned(parts.start)),
    passiveData.length === 0 ? NOTHING : sized(SECTION.dataCount, unsigned(segments.length)),
    section(SECTION.code, functions.map(functionBody)),
    section(SECTION.data, segments),
  );
}

function importOf(type: number) {
  return ([from, name]: readonly [string, string]) => [...text(from), ...text(name), 0, type];
}

function mutableGlobal(value: number | readonly number[]): readonly number[] {
  if (typeof value !== 'number') return value;
  return [I32, 1, ...op.constant(value), END];
}

function functionType({ params = 0, results = 0 }: FunctionParts): number[] {
  return [FUNCTION_TYPE, ...repeated(I32, params), ...repeated(I32, results)];
}

function exportEntry([name, [kind, index]]: [string, readonly [ExportKind, number]]): number[] {
  return [...text(name), EXPORT_KINDS[kind], ...unsigned(index)];
}

function functionBody({ body }: FunctionParts): number[] {
  const code = [0, ...body.flat(), END];
  return [...unsigned(code.length), ...code];
}

function dataSegment([address, bytes]: readonly [number, Uint8Array]): number[] {
  return [0, ...op.constant(address), END, ...unsigned(bytes.length), ...bytes];
}

function passiveSegment(bytes: Uint8Array): number[] {
  return [1, ...unsigned(bytes.length), ...bytes];
}

/** A section with a list in it; an empty list needs no section. */
function section(id: number, items: readonly (readonly number[])[]): Uint8Array {
  if (items.length === 0) return NOTHING;
  return sized(id, [...unsigned(items.length), ...items.flat()]);
}

function sized(id: number, content: readonly number[]): Uint8Array {
  return new Uint8Array([id, ...unsigned(content.length), ...content]);
}

function repeated(byte: number, count: number): number[] {
  return [...unsigned(count), ...new Array<number>(count).fill(byte)];
}

function text(value: string): number[] {
  return [...unsigned(value.length), ...utf8(value)];
}

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** Signed LEB128 of an i32. */
function signed(value: number): number[] {
  const rest = value >> 7;
  const low = value & 0x7f;
  const last = (rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40);
  return last ? [low] : [low | 0x80, ...signed(rest)];
}
