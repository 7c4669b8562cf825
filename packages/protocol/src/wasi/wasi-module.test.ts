import { concatBytes, utf8 } from '@aos/canon';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assembleModule, type ModuleParts } from '../contracts/module-assembler.js';
import { listSections, SECTION } from './module-sections.js';
import { boundWasiModule, checkWasiModule, WASI_FUNCTIONS, WASI_MODULE } from './wasi-module.js';

const command = (parts: Partial<ModuleParts> = {}) => {
  const start = parts.imports?.length ?? 0;
  return assembleModule({
    memoryPages: 1,
    functions: [{ body: [] }],
    exports: { memory: ['memory', 0], _start: ['function', start] },
    ...parts,
  });
};

/** A module with a section of our own in place of the assembler's, which are all behind it. */
const withSection = (id: number, content: readonly number[]) => {
  const module = assembleModule({ functions: [{ body: [] }] });
  return concatBytes(module.subarray(0, 8), Uint8Array.of(id, content.length, ...content));
};

const tablesOf = (count: number, table: readonly number[]) =>
  withSection(SECTION.tables, [count, ...new Array(count).fill(table).flat()]);
/** No limit above, 32,769 entries. */
const HALF_AND_ONE = [0, 0x81, 0x80, 2];

describe('a module for an effect', () => {
  it.each<[string, Uint8Array]>([
    ['that imports nothing', command()],
    ['of 1,024 pages', command({ memoryPages: 1024 })],
    [
      'that imports all of WASI',
      command({ imports: WASI_FUNCTIONS.map((name) => [WASI_MODULE, name] as const) }),
    ],
    ['with sections that say nothing', concatBytes(command(), Uint8Array.of(0, 2, 1, 97))],
  ])('%s is taken', (_what, bytes) => {
    expect(checkWasiModule(bytes)).toBe(undefined);
  });

  const denied = (module: string, name: string) => command({ imports: [[module, name]] });
  const noStart = command({ exports: { memory: ['memory', 0] } });
  const noMemory = command({ exports: { _start: ['function', 0] } });
  const startIsMemory = command({ exports: { _start: ['memory', 0], memory: ['memory', 0] } });
  it.each<[string, Uint8Array, string]>([
    ['imports of the host', denied('env', 'fetch'), 'wasi-import-denied'],
    ['imports of an older WASI', denied('wasi_unstable', 'fd_write'), 'wasi-import-denied'],
    ['functions WASI does not have', denied(WASI_MODULE, 'sock_open'), 'wasi-import-denied'],
    [
      'a memory of the host',
      withSection(SECTION.imports, [1, 1, 97, 1, 98, 2, 0, 1]),
      'wasi-import-denied',
    ],
    ['no entry', noStart, 'wasi-export-missing'],
    ['no memory', noMemory, 'wasi-export-missing'],
    ['an entry that is no function', startIsMemory, 'wasi-export-missing'],
    ['more memory than there is', command({ memoryPages: 1025 }), 'wasi-module-limit'],
    ['a larger table than may be', command({ tableEntries: 65_537 }), 'wasi-module-limit'],
    ['more tables than may be', tablesOf(17, [0x70, 0, 1]), 'wasi-module-limit'],
    [
      'large tables, one beside the other',
      tablesOf(2, [0x70, ...HALF_AND_ONE]),
      'wasi-module-limit',
    ],
    ['a table of other things', tablesOf(1, [0x63, 0, 0, 1]), 'wasi-module-invalid'],
    [
      'a table with entries',
      tablesOf(1, [0x40, 0, 0x70, 0, 1, 0xd0, 0x70, 11]),
      'wasi-module-invalid',
    ],
    ['an array', withSection(SECTION.types, [1, 0x5e, 0x78, 1]), 'wasi-module-invalid'],
    [
      'values of its own types',
      withSection(SECTION.types, [1, 0x60, 1, 0x64, 0, 0]),
      'wasi-module-invalid',
    ],
    [
      'more than a list of memories',
      withSection(SECTION.memories, [1, 0, 1, 0]),
      'wasi-module-invalid',
    ],
    ['two memories', withSection(SECTION.memories, [2, 0, 1, 0, 1]), 'wasi-module-limit'],
    ['a shared memory', withSection(SECTION.memories, [1, 3, 1, 1]), 'wasi-module-invalid'],
    ['a memory of 64 bits', withSection(SECTION.memories, [1, 4, 1]), 'wasi-module-invalid'],
    ['more bytes than it may', new Uint8Array((1 << 24) + 1), 'wasi-module-limit'],
    ['no bytes', new Uint8Array(), 'wasi-module-invalid'],
    ['text', utf8('(module)'), 'wasi-module-invalid'],
    ['half of its bytes', command().subarray(0, 20), 'wasi-module-invalid'],
    [
      'a list longer than itself',
      withSection(SECTION.imports, [255, 255, 255, 255, 15]),
      'wasi-module-invalid',
    ],
  ])('with %s is refused', (_what, bytes, code) => {
    expect(checkWasiModule(bytes)?.code).toBe(code);
  });

  it('is answered for whatever its bytes are', () => {
    const whole = command({ imports: [[WASI_MODULE, 'fd_write']], tableEntries: 3 });
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, cut) => {
        const bytes = whole.slice();
        bytes[at] = byte;
        checkWasiModule(bytes);
        const code = checkWasiModule(bytes.subarray(0, cut))?.code ?? 'wasi-none';
        expect(code).toMatch(/^wasi-/);
      }),
    );
  });
});

describe('a bounded module', () => {
  it('has a limit on its memory and tables, and is the same otherwise', () => {
    const bytes = command({ memoryPages: 2, tableEntries: 3 });
    const bounded = boundWasiModule(bytes, 300);
    const content = (id: number) => {
      const place = listSections(bounded).find((section) => section.id === id);
      return place && [...bounded.subarray(place.from, place.before)];
    };
    expect(content(SECTION.memories)).toEqual([1, 1, 2, 0xac, 2]);
    expect(content(SECTION.tables)).toEqual([1, 0x70, 1, 3, 0x80, 0x80, 4]);
    expect(listSections(bounded).map(({ id }) => id)).toEqual(
      listSections(bytes).map(({ id }) => id),
    );
    expect(checkWasiModule(bounded)).toBe(undefined);
  });

  it('keeps a limit that is lower already, and begins as large as it must', () => {
    const ranged = (range: readonly number[]) =>
      boundWasiModule(withSection(SECTION.memories, [1, ...range]), 4).subarray(-3);
    expect([...ranged([1, 1, 2])]).toEqual([1, 1, 2]);
    expect([...ranged([1, 1, 9])]).toEqual([1, 1, 4]);
    expect([...ranged([0, 7])]).toEqual([1, 7, 7]);
  });
});
