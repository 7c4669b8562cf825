/**
 * What a binary module says of itself outside its code, checked against the list of allowed
 * features and the structural limits. Reads bytes that passed `WebAssembly.validate`; what the
 * platform accepts beyond the list is refused here, whatever release it is (spec M2).
 *
 * Custom sections are passed over: they mean nothing, and their offsets would be wrong afterwards.
 */
import { decodeUtf8, RefusalError } from '@aos/canon';
import { ByteSource, malformed, overLimit, unsupported } from './byte-source.js';
import { readConstant, readElements, readSegments } from './segments.js';
import { STRUCTURE_LIMITS } from './structure-limits.js';
import { readValueTypes, VALUE_TYPES } from './value-types.js';

export interface FunctionType {
  /** Value types as they are encoded. */
  readonly params: Uint8Array;
  readonly results: Uint8Array;
}

interface GlobalOutline {
  readonly type: number;
  readonly mutable: boolean;
}

/** Sizes in units of the thing: pages of 64 KiB, entries of a table. */
interface SizeRange {
  readonly min: number;
  readonly max: number | undefined;
}

interface ExportOutline {
  readonly name: string;
  readonly kind: number;
  readonly index: number;
}

/** A list of a section as it stands in the module: how many, and their bytes. */
interface RawList {
  readonly count: number;
  readonly bytes: Uint8Array;
}

export interface ModuleOutline {
  readonly types: readonly FunctionType[];
  /** Type index of each function. */
  readonly functions: readonly number[];
  readonly memory: SizeRange | undefined;
  readonly table: SizeRange | undefined;
  readonly globals: readonly GlobalOutline[];
  readonly exports: readonly ExportOutline[];
  readonly start: number | undefined;
  /** One cursor for each function, over its locals and instructions. */
  readonly bodies: readonly ByteSource[];
  /** Lists that are carried over, by section id. */
  readonly raw: ReadonlyMap<number, RawList>;
  /** Whole sections that are carried over, by section id. */
  readonly whole: ReadonlyMap<number, Uint8Array>;
}

export const SECTION = {
  ...{ custom: 0, types: 1, imports: 2, functions: 3, tables: 4, memories: 5, globals: 6 },
  ...{ exports: 7, start: 8, elements: 9, code: 10, data: 11, dataCount: 12 },
} as const;

export const EXPORT_KIND = { function: 0, table: 1, memory: 2, global: 3 } as const;

const HEADER_BYTES = 8;
const FUNCTION_TYPE = 0x60;

type Draft = { -readonly [field in keyof ModuleOutline]: ModuleOutline[field] } & {
  raw: Map<number, RawList>;
  whole: Map<number, Uint8Array>;
};

/** Throws RefusalErrors `module-imports`, `module-feature`, `module-limit`, `module-invalid`. */
export function readOutline(bytes: Uint8Array): ModuleOutline {
  const source = new ByteSource(bytes, HEADER_BYTES);
  const outline: Draft = {
    ...{ types: [], functions: [], globals: [], exports: [], bodies: [] },
    ...{ memory: undefined, table: undefined, start: undefined },
    ...{ raw: new Map(), whole: new Map() },
  };
  while (!source.done) {
    const at = source.at;
    const id = source.byte();
    const size = source.u32();
    const from = source.at;
    source.pass(size);
    if (id === SECTION.custom) continue;
    const read = READERS[id];
    if (read === undefined) throw unsupported(at, `section ${id}`);
    const section = new ByteSource(bytes, from, source.at);
    read(section, outline);
    if (!section.done) throw malformed(section.at, `section ${id} ends later than it says`);
  }
  return outline;
}

type SectionReader = (source: ByteSource, outline: Draft) => void;

const READERS: Readonly<Record<number, SectionReader>> = {
  [SECTION.types]: readTypes,
  [SECTION.imports]: readImports,
  [SECTION.functions]: readFunctions,
  [SECTION.tables]: readTable,
  [SECTION.memories]: readMemory,
  [SECTION.globals]: readGlobals,
  [SECTION.exports]: readExports,
  [SECTION.start]: (source, outline) => {
    outline.start = source.u32();
  },
  [SECTION.elements]: (source, outline) => keepWhole(SECTION.elements, source, outline),
  [SECTION.code]: readBodies,
  [SECTION.data]: (source, outline) => keepWhole(SECTION.data, source, outline),
  [SECTION.dataCount]: (source, outline) => keepWhole(SECTION.dataCount, source, outline),
};

/** Reads a list and keeps its bytes as well. */
function readList(
  source: ByteSource,
  [what, limit]: readonly [what: string, limit: number],
  readItem: (index: number) => void,
): RawList {
  const count = source.count(what, limit);
  const from = source.at;
  for (let index = 0; index < count; index++) readItem(index);
  return { count, bytes: source.bytes.subarray(from, source.at) };
}

function keepWhole(id: number, source: ByteSource, outline: Draft): void {
  outline.whole.set(id, source.bytes.subarray(source.at, source.end));
  if (id === SECTION.elements) readElements(source);
  else if (id === SECTION.data) readSegments(source);
  else source.u32();
}

function readTypes(source: ByteSource, outline: Draft): void {
  const types: FunctionType[] = [];
  const raw = readList(source, ['types', STRUCTURE_LIMITS.types], () => {
    const at = source.at;
    const form = source.byte();
    if (form !== FUNCTION_TYPE) throw unsupported(at, `type form 0x${form.toString(16)}`);
    types.push({ params: readValueTypes(source), results: readValueTypes(source) });
  });
  outline.raw.set(SECTION.types, raw);
  outline.types = types;
}

function readImports(source: ByteSource): void {
  if (source.u32() === 0) return;
  const name = () => {
    const text = decodeUtf8(source.sized());
    return text.ok ? text.value : '?';
  };
  const [from, item] = [name(), name()];
  throw new RefusalError({
    code: 'module-imports',
    at: pointer('imports', from, item),
    detail: `imports ${from}.${item}; a module may import nothing`,
  });
}

/** A JSON pointer. */
export function pointer(...names: readonly string[]): string {
  return names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function readFunctions(source: ByteSource, outline: Draft): void {
  const functions: number[] = [];
  const raw = readList(source, ['functions', STRUCTURE_LIMITS.functions], () => {
    functions.push(source.u32());
  });
  outline.raw.set(SECTION.functions, raw);
  outline.functions = functions;
}

/** One list of sizes: flag 0 without, flag 1 with a maximum; others are threads and 64 bits. */
function readRange(source: ByteSource): SizeRange {
  const at = source.at;
  const flags = source.byte();
  if (flags > 1) throw unsupported(at, `a size of kind 0x${flags.toString(16)}`);
  return { min: source.u32(), max: flags === 1 ? source.u32() : undefined };
}

function readTable(source: ByteSource, outline: Draft): void {
  outline.whole.set(SECTION.tables, source.bytes.subarray(source.at, source.end));
  const at = source.at;
  const count = source.u32();
  if (count === 0) return;
  if (count > 1) throw unsupported(at, 'more than one table');
  const type = source.byte();
  if (type !== VALUE_TYPES.funcref) throw unsupported(at, `a table of type 0x${type.toString(16)}`);
  outline.table = readRange(source);
  const { tableEntries } = STRUCTURE_LIMITS;
  if (outline.table.min > tableEntries) throw overLimit(at, 'table entries', tableEntries);
}

function readMemory(source: ByteSource, outline: Draft): void {
  outline.whole.set(SECTION.memories, source.bytes.subarray(source.at, source.end));
  const at = source.at;
  const count = source.u32();
  if (count === 0) return;
  if (count > 1) throw unsupported(at, 'more than one memory');
  outline.memory = readRange(source);
}

function readGlobals(source: ByteSource, outline: Draft): void {
  const globals: GlobalOutline[] = [];
  const raw = readList(source, ['globals', STRUCTURE_LIMITS.globals], () => {
    const at = source.at;
    const type = source.byte();
    if (!VALUE_TYPES.allowed.has(type)) throw unsupported(at, `type 0x${type.toString(16)}`);
    const mutability = source.byte();
    if (mutability > 1) throw unsupported(at, `a global of kind ${mutability}`);
    globals.push({ type, mutable: mutability === 1 });
    readConstant(source);
  });
  outline.raw.set(SECTION.globals, raw);
  outline.globals = globals;
}

function readExports(source: ByteSource, outline: Draft): void {
  const exports: ExportOutline[] = [];
  readList(source, ['exports', STRUCTURE_LIMITS.exports], () => {
    const at = source.at;
    const name = decodeUtf8(source.sized());
    if (!name.ok) throw malformed(at, 'a name that is not UTF-8');
    const kind = source.byte();
    if (kind > EXPORT_KIND.global) throw unsupported(at, `an export of kind ${kind}`);
    exports.push({ name: name.value, kind, index: source.u32() });
  });
  outline.exports = exports;
}

function readBodies(source: ByteSource, outline: Draft): void {
  const bodies: ByteSource[] = [];
  readList(source, ['functions', STRUCTURE_LIMITS.functions], () => {
    const at = source.at;
    const size = source.u32();
    const { bodyBytes } = STRUCTURE_LIMITS;
    if (size > bodyBytes) throw overLimit(at, `${size} bytes of one function`, bodyBytes);
    const from = source.at;
    source.pass(size);
    bodies.push(new ByteSource(source.bytes, from, source.at));
  });
  outline.bodies = bodies;
}
