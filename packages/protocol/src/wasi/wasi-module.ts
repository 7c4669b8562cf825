/**
 * What a module must look like to be the implementation of an effect: a command of WASI preview 1
 * that wants nothing else of its host, within limits that hold everywhere.
 *
 * A function of the bytes alone, so a world that one host takes in is taken in by all. Whether code
 * is valid, the platform says when it compiles it.
 */
import { attempt, concatBytes, type Refusal, RefusalError } from '@aos/canon';
import {
  EXTERNAL_KIND,
  FUNCTION_TYPE,
  listSections,
  ModuleCursor,
  malformed,
  readExport,
  readImport,
  SECTION,
  type SectionPlace,
  type SizeRange,
  TABLE_TYPE,
  VALUE_TYPES,
} from './module-sections.js';

/** The one module that may be imported from. */
export const WASI_MODULE = 'wasi_snapshot_preview1';

/** All functions of WASI preview 1. */
export const WASI_FUNCTIONS: readonly string[] = [
  ...['args_get', 'args_sizes_get', 'clock_res_get', 'clock_time_get', 'environ_get'],
  ...['environ_sizes_get', 'fd_advise', 'fd_allocate', 'fd_close', 'fd_datasync'],
  ...['fd_fdstat_get', 'fd_fdstat_set_flags', 'fd_fdstat_set_rights', 'fd_filestat_get'],
  ...['fd_filestat_set_size', 'fd_filestat_set_times', 'fd_pread', 'fd_prestat_get'],
  ...['fd_prestat_dir_name', 'fd_pwrite', 'fd_read', 'fd_readdir', 'fd_renumber', 'fd_seek'],
  ...['fd_sync', 'fd_tell', 'fd_write', 'path_create_directory', 'path_filestat_get'],
  ...['path_filestat_set_times', 'path_link', 'path_open', 'path_readlink'],
  ...['path_remove_directory', 'path_rename', 'path_symlink', 'path_unlink_file'],
  ...['poll_oneoff', 'proc_exit', 'proc_raise', 'random_get', 'sched_yield', 'sock_accept'],
  ...['sock_recv', 'sock_send', 'sock_shutdown'],
];

export const WASI_MODULE_LIMITS = {
  moduleBytes: 1 << 24,
  /** Of 64 KiB: what a program gets at most, and so what it may begin with. */
  memoryPages: 1024,
  tables: 16,
  /** Of all tables, at first; and what each of them gets at most. */
  tableEntries: 1 << 16,
} as const;

/**
 * Why a module cannot be the implementation of an effect. Codes: `wasi-module-invalid`,
 * `wasi-module-limit`, `wasi-import-denied`, `wasi-export-missing`.
 */
export function checkWasiModule(bytes: Uint8Array): Refusal | undefined {
  const checked = attempt(() => {
    const { moduleBytes } = WASI_MODULE_LIMITS;
    if (bytes.length > moduleBytes) throw overLimit('bytes', moduleBytes, bytes.length);
    for (const section of listSections(bytes)) CHECKS[section.id]?.(cursorOf(bytes, section));
    checkExports(bytes);
  });
  return checked.ok ? undefined : checked.refusal;
}

/**
 * The same module with a limit on what it can grow to: of its memory in pages, of its tables in
 * entries. The module has passed {@link checkWasiModule}.
 */
export function boundWasiModule(bytes: Uint8Array, memoryPages: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let copied = 0;
  for (const section of listSections(bytes)) {
    const bounded = boundSection(bytes, section, memoryPages);
    if (bounded === undefined) continue;
    parts.push(bytes.subarray(copied, section.at), Uint8Array.from(bounded));
    copied = section.before;
  }
  return concatBytes(...parts, bytes.subarray(copied));
}

const CHECKS: Readonly<Record<number, (cursor: ModuleCursor) => void>> = {
  [SECTION.types]: (cursor) => {
    wholeList(cursor, () => readFunctionType(cursor));
  },
  [SECTION.imports]: (cursor) => {
    cursor.list(() => {
      const { module, name, kind } = readImport(cursor);
      const isKnown = module === WASI_MODULE && WASI_FUNCTIONS.includes(name);
      if (isKnown && kind === EXTERNAL_KIND.function) return;
      const what = kind === EXTERNAL_KIND.function ? '' : ', which is no function';
      const detail =
        `expected imports of functions of ${WASI_MODULE} only, found ${module}.${name}${what}; ` +
        'build it as a command for wasm32-wasi';
      throw new RefusalError({ code: 'wasi-import-denied', at: `/imports/${name}`, detail });
    });
  },
  [SECTION.tables]: (cursor) => {
    const ranges = wholeList(cursor, () => {
      readTableType(cursor);
      return plainRange(cursor);
    });
    const { tables, tableEntries } = WASI_MODULE_LIMITS;
    const entries = ranges.reduce((sum, { min }) => sum + min, 0);
    if (ranges.length > tables) throw overLimit('tables', tables, ranges.length);
    if (entries > tableEntries) throw overLimit('table entries', tableEntries, entries);
  },
  [SECTION.memories]: (cursor) => {
    const memories = wholeList(cursor, () => plainRange(cursor));
    const { memoryPages } = WASI_MODULE_LIMITS;
    const pages = memories.reduce((sum, { min }) => sum + min, 0);
    if (memories.length > 1) throw overLimit('memories', 1, memories.length);
    if (pages > memoryPages) throw overLimit('pages of memory', memoryPages, pages);
  },
};

function checkExports(bytes: Uint8Array): void {
  const section = listSections(bytes).find(({ id }) => id === SECTION.exports);
  const cursor = section && cursorOf(bytes, section);
  const exports = cursor?.list(() => readExport(cursor)) ?? [];
  const expected = { _start: EXTERNAL_KIND.function, memory: EXTERNAL_KIND.memory };
  for (const [name, kind] of Object.entries(expected)) {
    if (exports.some((each) => each.name === name && each.kind === kind)) continue;
    const detail = `expected the exports _start and memory of a WASI command, found no ${name}`;
    throw new RefusalError({ code: 'wasi-export-missing', at: `/exports/${name}`, detail });
  }
}

function cursorOf(bytes: Uint8Array, { from, before }: SectionPlace): ModuleCursor {
  return new ModuleCursor(bytes, from, before);
}

/** The list of a section in which nothing else is: what is not read is not bounded either. */
function wholeList<T>(cursor: ModuleCursor, read: () => T): readonly T[] {
  const items = cursor.list(read);
  if (cursor.done) return items;
  throw malformed(cursor.at, 'a section goes on behind its list');
}

/** Structures and arrays would lie on a heap that no limit of a program knows. */
function readFunctionType(cursor: ModuleCursor): void {
  const { at } = cursor;
  if (cursor.byte() !== FUNCTION_TYPE) throw malformed(at, 'types are of functions');
  const readValue = () => {
    const { at } = cursor;
    if (!VALUE_TYPES.has(cursor.byte())) throw malformed(at, 'values are numbers or references');
  };
  cursor.list(readValue);
  cursor.list(readValue);
}

function readTableType(cursor: ModuleCursor): void {
  const { at } = cursor;
  const type = cursor.byte();
  if (type === TABLE_TYPE.functions || type === TABLE_TYPE.externals) return;
  throw malformed(at, 'tables are of functions or of references of the host');
}

/** A size that is neither of threads nor of 64 bits. */
function plainRange(cursor: ModuleCursor): SizeRange {
  const { at } = cursor;
  const range = cursor.range();
  if (range.flags <= 1) return range;
  throw malformed(at, 'memories that are shared or of 64 bits are not for WASI programs');
}

function overLimit(what: string, limit: number, found: number): RefusalError {
  const detail = `expected at most ${limit} ${what}, found ${found}; make it smaller`;
  return new RefusalError({ code: 'wasi-module-limit', at: '', detail });
}

/** A section of memories or tables with a maximum in each of its sizes. */
function boundSection(
  bytes: Uint8Array,
  section: SectionPlace,
  memoryPages: number,
): number[] | undefined {
  const cursor = cursorOf(bytes, section);
  if (section.id === SECTION.memories) {
    const sizes = cursor.list(() => boundRange(cursor.range(), memoryPages));
    return encodeSection(section.id, sizes);
  }
  if (section.id === SECTION.tables) {
    const { tableEntries } = WASI_MODULE_LIMITS;
    const tables = cursor.list(() => [cursor.byte(), ...boundRange(cursor.range(), tableEntries)]);
    return encodeSection(section.id, tables);
  }
  return undefined;
}

function boundRange({ min, max = Number.POSITIVE_INFINITY }: SizeRange, limit: number): number[] {
  return [1, ...unsigned(min), ...unsigned(Math.max(min, Math.min(max, limit)))];
}

function encodeSection(id: number, items: readonly (readonly number[])[]): number[] {
  const content = [...unsigned(items.length), ...items.flat()];
  return [id, ...unsigned(content.length), ...content];
}

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}
