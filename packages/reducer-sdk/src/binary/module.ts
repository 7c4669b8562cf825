/**
 * The parts of a WebAssembly module that linking needs, taken apart and put together.
 *
 * Deliberately absent: validation. The inputs are the engine's binary and what our own compiler
 * made; what comes out goes through admission like any other module.
 */
import { assert } from '@aos/canon';
import { ByteReader, ByteWriter } from './bytes.js';

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

export const SECTION = {
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
} as const;

export const KIND = { function: 0, table: 1, memory: 2, global: 3 } as const;
export const I32 = 0x7f;
const I64 = 0x7e;
const FUNCTION_TYPE = 0x60;
const I32_CONST = 0x41;
const I64_CONST = 0x42;
const END = 0x0b;

export interface FunctionType {
  readonly params: readonly number[];
  readonly results: readonly number[];
}

interface FunctionImport {
  readonly module: string;
  readonly name: string;
  readonly type: number;
}

export interface ModuleExport {
  readonly name: string;
  readonly kind: number;
  readonly index: number;
}

/** A number type and, as long as it is known, what it begins with. */
export interface ModuleGlobal {
  readonly type: number;
  readonly value: bigint;
}

/** Bytes that memory begins with. */
export interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

export interface ParsedModule {
  readonly types: readonly FunctionType[];
  /** Imported functions come first among the function indices. */
  readonly imports: readonly FunctionImport[];
  /** Type indices of the module's own functions. */
  readonly functions: readonly number[];
  readonly globals: readonly ModuleGlobal[];
  readonly exports: readonly ModuleExport[];
  /** Locals and instructions of each own function. */
  readonly bodies: readonly Uint8Array[];
  /** Contents of the sections that are passed on as they are. */
  readonly table?: Uint8Array;
  readonly elements?: Uint8Array;
  readonly segments: readonly Segment[];
  readonly memoryPages: number;
}

export function parseModule(bytes: Uint8Array): ParsedModule {
  const sections = new Map<number, Uint8Array>();
  const reader = new ByteReader(bytes, HEADER.length);
  while (!reader.done) {
    const id = reader.byte();
    sections.set(id, reader.take(reader.u32()));
  }
  assert(!sections.has(SECTION.start), 'a linked module has no start function');
  const open = (id: number) => new ByteReader(sections.get(id) ?? Uint8Array.of(0));
  const table = sections.get(SECTION.table);
  const elements = sections.get(SECTION.element);
  return {
    types: readVector(open(SECTION.type), readType),
    imports: readVector(open(SECTION.import), readImport).filter((found) => found !== undefined),
    functions: readVector(open(SECTION.function), (each) => each.u32()),
    globals: readVector(open(SECTION.global), readGlobal),
    exports: readVector(open(SECTION.export), readExport),
    bodies: readVector(open(SECTION.code), (each) => each.take(each.u32())),
    memoryPages: readVector(open(SECTION.memory), readLimits)[0] ?? 0,
    segments: readVector(open(SECTION.data), readSegment),
    ...(table && { table }),
    ...(elements && { elements }),
  };
}

function readVector<T>(reader: ByteReader, read: (reader: ByteReader) => T): T[] {
  return Array.from({ length: reader.u32() }, () => read(reader));
}

function readType(reader: ByteReader): FunctionType {
  assert(reader.byte() === FUNCTION_TYPE, 'only function types');
  const params = [...reader.take(reader.u32())];
  return { params, results: [...reader.take(reader.u32())] };
}

/** A memory import is passed over: the memory is the engine's. */
function readImport(reader: ByteReader): FunctionImport | undefined {
  const [module, name, kind] = [reader.name(), reader.name(), reader.byte()];
  if (kind === KIND.function) return { module, name, type: reader.u32() };
  assert(kind === KIND.memory, 'only functions and the memory are imported');
  readLimits(reader);
  return undefined;
}

function readLimits(reader: ByteReader): number {
  const bounded = reader.byte() === 1;
  const minimum = reader.u32();
  if (bounded) reader.u32();
  return minimum;
}

function readGlobal(reader: ByteReader): ModuleGlobal {
  const type = reader.byte();
  reader.byte();
  return { type, value: readConstant(reader) };
}

function readSegment(reader: ByteReader): Segment {
  assert(reader.byte() === 0, 'data goes to the one memory');
  return { address: Number(readConstant(reader)), bytes: reader.take(reader.u32()) };
}

function readConstant(reader: ByteReader): bigint {
  const opcode = reader.byte();
  assert(opcode === I32_CONST || opcode === I64_CONST, 'only constants are evaluated');
  const value = readSigned(reader);
  assert(reader.byte() === END, 'only one constant is evaluated');
  return value;
}

function readSigned(reader: ByteReader): bigint {
  let value = 0n;
  for (let shift = 0n; ; shift += 7n) {
    const byte = reader.byte();
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asIntN(Number(shift) + 7, value);
  }
}

function readExport(reader: ByteReader): ModuleExport {
  return { name: reader.name(), kind: reader.byte(), index: reader.u32() };
}

// ---- writing

/** A module from the contents of its sections, in their order. */
export function writeModule(sections: readonly (readonly [id: number, Uint8Array])[]): Uint8Array {
  const sizeBytes = sections.reduce((sum, [, content]) => sum + content.length + 8, HEADER.length);
  const writer = new ByteWriter(sizeBytes).raw(HEADER);
  for (const [id, content] of sections) writer.byte(id).sized(content);
  return writer.finish();
}

export function writeVector<T>(
  items: readonly T[],
  write: (writer: ByteWriter, item: T) => void,
): Uint8Array {
  const writer = new ByteWriter().u32(items.length);
  for (const item of items) write(writer, item);
  return writer.finish();
}

export function writeType(writer: ByteWriter, { params, results }: FunctionType): void {
  writer.byte(FUNCTION_TYPE).u32(params.length).raw(params).u32(results.length).raw(results);
}

export function writeGlobal(writer: ByteWriter, { type, value }: ModuleGlobal): void {
  writer
    .byte(type)
    .byte(1)
    .byte(type === I64 ? I64_CONST : I32_CONST)
    .signed(value)
    .byte(END);
}

export function writeExport(writer: ByteWriter, { name, kind, index }: ModuleExport): void {
  writer.name(name).byte(kind).u32(index);
}

/** A memory of at least this many pages. */
export function writeMemory(minimumPages: number, maximumPages?: number): Uint8Array {
  const writer = new ByteWriter().u32(1).byte(maximumPages === undefined ? 0 : 1);
  writer.u32(minimumPages);
  if (maximumPages !== undefined) writer.u32(maximumPages);
  return writer.finish();
}

/** One piece of memory contents. */
export function writeSegment(writer: ByteWriter, { address, bytes }: Segment): void {
  writer.byte(0).byte(I32_CONST).signed(BigInt(address)).byte(END).sized(bytes);
}
