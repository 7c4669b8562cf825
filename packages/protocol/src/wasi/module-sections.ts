/**
 * The sections of a binary WASM module that say what it wants of its host: imports, tables,
 * memories, exports. Code and data are passed over; whether they are valid is the platform's to
 * say. Layout after the WebAssembly core specification, chapter "Binary Format".
 */
import { bytesEqual, decodeUtf8, RefusalError } from '@aos/canon';

export const SECTION = { types: 1, imports: 2, tables: 4, memories: 5, exports: 7 } as const;
export const EXTERNAL_KIND = { function: 0, memory: 2 } as const;
export const TABLE_TYPE = { functions: 0x70, externals: 0x6f } as const;
export const FUNCTION_TYPE = 0x60;
/** Numbers of all widths, vectors, and references to functions, of the host and to exceptions. */
export const VALUE_TYPES: ReadonlySet<number> = new Set([
  ...[0x7f, 0x7e, 0x7d, 0x7c, 0x7b],
  ...[0x70, 0x6f, 0x69],
]);

/** One import or export. */
export interface External {
  /** Where an import is from; empty for exports. */
  readonly module: string;
  readonly name: string;
  readonly kind: number;
}

/** How large a memory is, in pages, or a table, in entries. */
export interface SizeRange {
  readonly flags: number;
  readonly min: number;
  readonly max: number | undefined;
}

/** A section as it lies in the module: from its id at `at`, its content from `from`. */
export interface SectionPlace {
  readonly id: number;
  readonly at: number;
  readonly from: number;
  readonly before: number;
}

const HEADER = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
/** Flags of a size: bit 0 says that there is a maximum. */
const HAS_MAX = 1;
const MAX_U32_BYTES = 5;

/** The sections of a module in their order. Throws `wasi-module-invalid`. */
export function listSections(bytes: Uint8Array): readonly SectionPlace[] {
  if (!bytesEqual(bytes.subarray(0, HEADER.length), HEADER)) {
    throw malformed(0, 'expected a binary WASM module of version 1');
  }
  const cursor = new ModuleCursor(bytes, HEADER.length, bytes.length);
  const sections: SectionPlace[] = [];
  while (!cursor.done) {
    const { at } = cursor;
    const id = cursor.byte();
    const size = cursor.u32();
    const from = cursor.at;
    cursor.pass(size);
    sections.push({ id, at, from, before: cursor.at });
  }
  return sections;
}

/** Reads the pieces of a module; what does not fit throws `wasi-module-invalid`. */
export class ModuleCursor {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
    private readonly before: number,
  ) {}

  get done(): boolean {
    return this.at >= this.before;
  }

  byte(): number {
    if (this.done) throw malformed(this.at, 'it ends too early');
    const byte = this.bytes[this.at] as number;
    this.at += 1;
    return byte;
  }

  /** An unsigned LEB128 of at most 32 bits. */
  u32(): number {
    const start = this.at;
    let value = 0;
    for (let i = 0; i < MAX_U32_BYTES; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80 && value <= 0xffffffff) return value;
    }
    throw malformed(start, 'a number has more than 32 bits');
  }

  pass(sizeBytes: number): void {
    if (sizeBytes > this.before - this.at) throw malformed(this.at, 'it ends too early');
    this.at += sizeBytes;
  }

  name(): string {
    const size = this.u32();
    const from = this.at;
    this.pass(size);
    const text = decodeUtf8(this.bytes.subarray(from, this.at));
    if (!text.ok) throw malformed(from, 'a name is not UTF-8');
    return text.value;
  }

  range(): SizeRange {
    const flags = this.byte();
    const min = this.u32();
    return { flags, min, max: (flags & HAS_MAX) === 0 ? undefined : this.u32() };
  }

  list<T>(read: () => T): readonly T[] {
    const count = this.u32();
    const items: T[] = [];
    // what is counted takes at least a byte each, so the loop ends with the section
    for (let i = 0; i < count; i++) items.push(read());
    return items;
  }
}

/** An import with what it is; what follows its kind is passed over. */
export function readImport(cursor: ModuleCursor): External {
  const [module, name, kind] = [cursor.name(), cursor.name(), cursor.byte()];
  if (kind === EXTERNAL_KIND.function) cursor.u32();
  return { module, name, kind };
}

export function readExport(cursor: ModuleCursor): External {
  const [name, kind] = [cursor.name(), cursor.byte()];
  cursor.u32();
  return { module: '', name, kind };
}

export function malformed(offset: number, detail: string): RefusalError {
  return new RefusalError({ code: 'wasi-module-invalid', at: `@${offset}`, detail });
}
