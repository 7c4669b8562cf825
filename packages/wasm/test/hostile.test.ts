/** Modules made to do harm: each ends in a refusal or a fault with a code, and soon. */
import { concatBytes } from '@aos/canon';
import { DEFAULT_CALL_LIMITS } from '@aos/protocol';
import { assembleModule, type Instruction, type ModuleParts, op } from '@aos/protocol/contracts';
import { instrument, WasmEngine } from '@aos/wasm';
import { describe, expect, it } from 'vitest';
import { isValid } from './platform.js';
import { SOON_MS, startWatch } from './stopwatch.js';

const LIMITS = { ...DEFAULT_CALL_LIMITS, fuel: 5_000_000 };

const alloc = { params: 1, results: 1, body: [op.constant(8)] };
const SOUND: ModuleParts = {
  memoryPages: 1,
  functions: [alloc, { params: 2, results: 2, body: [op.localGet(0), op.localGet(1)] }],
  exports: { memory: ['memory', 0], alloc: ['function', 0], step: ['function', 1] },
};

function withStep(body: readonly Instruction[], more: Partial<ModuleParts> = {}): Uint8Array {
  const answer = [op.constant(0), op.constant(0)];
  const step = { params: 2, results: 2, body: [...body, ...answer] };
  return assembleModule({ ...SOUND, functions: [alloc, step], ...more });
}

const section = (id: number, ...content: number[]) =>
  Uint8Array.of(id, ...leb(content.length), ...content);
const leb = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const binary = (...sections: Uint8Array[]) => concatBytes(Uint8Array.from(HEADER), ...sections);

/** A module of one function `() -> ()` with this code, and a memory and a table to use. */
function withCode(...code: number[]): Uint8Array {
  const body = [0, ...code, 0x0b];
  return binary(
    ...[section(1, 1, 0x60, 0, 0), section(3, 1, 0), section(4, 1, 0x70, 0, 1)],
    ...[section(5, 1, 0, 1), section(10, 1, ...leb(body.length), ...body)],
  );
}

const forever = [op.loop, op.branch(0), op.end];
const many = <T>(count: number, ...items: T[]): T[] => new Array<T[]>(count).fill(items).flat();

describe('a call', () => {
  const faults: Readonly<Record<string, readonly [code: string, Uint8Array]>> = {
    'an endless loop': ['out-of-fuel', withStep(forever)],
    'a loop around a growth that is refused': [
      'out-of-fuel',
      withStep([op.loop, op.constant(60_000), op.memoryGrow, op.drop, op.branch(0), op.end]),
    ],
    'a loop around a growth by nothing': [
      'out-of-fuel',
      withStep([op.loop, op.constant(0), op.memoryGrow, op.drop, op.branch(0), op.end]),
    ],
    'a loop that takes a page each time': [
      'out-of-fuel',
      withStep([op.loop, op.constant(1), op.memoryGrow, op.drop, op.branch(0), op.end]),
    ],
    'a loop that fills all memory each time': [
      'out-of-fuel',
      withStep([
        ...[op.loop, op.constant(0), op.constant(1), op.constant(65_536), [0xfc, 11, 0]],
        ...[op.branch(0), op.end],
      ]),
    ],
    'a recursion': [
      'stack-overflow',
      withStep([op.localGet(0), op.localGet(1), op.call(1), op.drop, op.drop]),
    ],
    'a recursion with large frames': [
      'stack-overflow',
      withStep([op.call(2)], {
        functions: [
          alloc,
          { params: 2, results: 2, body: [op.call(2), op.constant(0), op.constant(0)] },
          { body: [...many(900, op.constant(1)), op.call(2), ...many(900, op.drop)] },
        ],
      }),
    ],
    'one frame larger than the stack': [
      'stack-overflow',
      withStep([...many(41_000, op.constant(1)), ...many(41_000, op.drop)]),
    ],
    'many calls of a long function': [
      'out-of-fuel',
      withStep(many(20_000, op.call(2)), {
        functions: [
          alloc,
          {
            params: 2,
            results: 2,
            body: [...many(20_000, op.call(2)), op.constant(0), op.constant(0)],
          },
          { body: many(20_000, op.constant(1), op.drop) },
        ],
      }),
    ],
    'an output beyond memory': ['module-output-bounds', answer(65_000, 1_000)],
    'an output of four billion bytes': ['module-output-bounds', answer(0, -1)],
    'an output that wraps around': ['module-output-bounds', answer(-16, 32)],
    'an output beyond the limit': ['module-output-size', answer(0, 2_000_000, 64)],
  };

  function answer(address: number, size: number, memoryPages = 1): Uint8Array {
    const body = [op.constant(address), op.constant(size)];
    const functions = [alloc, { params: 2, results: 2, body }];
    return assembleModule({ ...SOUND, functions, memoryPages });
  }

  it.each(Object.entries(faults))('ends %s', (_, [code, bytes]) => {
    const engine = new WasmEngine();
    const passedMs = startWatch();
    const loaded = engine.load(bytes, 'step', { limits: LIMITS });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded));
    for (let round = 0; round < 2; round++) {
      const outcome = engine.call(loaded.value, 'step', new Uint8Array(4), LIMITS);
      expect(outcome).toEqual({ kind: 'fault', code, fuel: LIMITS.fuel });
    }
    expect(passedMs()).toBeLessThan(SOON_MS);
  });
});

describe('admission', () => {
  const start = { ...SOUND, functions: [...(SOUND.functions ?? []), { body: forever }], start: 2 };
  const refusals: Readonly<Record<string, readonly [code: RegExp, Uint8Array]>> = {
    'a start function that spins': [/^module-instantiate$/, assembleModule(start)],
    'more memory than the limit': [
      /^memory-limit$/,
      assembleModule({ ...SOUND, memoryPages: 65_536 }),
    ],
    'a huge table': [/^module-limit$/, assembleModule({ ...SOUND, tableEntries: 9_000_000 })],
    'an import without a name': [
      /^module-imports$/,
      assembleModule({ ...SOUND, imports: [['', '']] }),
    ],
    'an import behind a custom section': [
      /^module-imports$/,
      binary(section(1, 1, 0x60, 0, 0), section(0, 1, 0x61), section(2, 1, 1, 0x61, 1, 0x62, 0, 0)),
    ],
    'an imported memory': [/^module-imports$/, binary(section(2, 1, 1, 0x61, 1, 0x62, 2, 0, 1))],
    'an imported global': [/^module-imports$/, binary(section(2, 1, 1, 0x61, 1, 0x62, 3, 0x7f, 0))],
    exceptions: [/^module-(feature|invalid)$/, assembleModule({ ...SOUND, tags: 1 })],
    'too many locals': [/^module-limit$/, withLocals(20_000)],
    'too many blocks inside each other': [
      /^module-limit$/,
      withCode(...many(10_000, 0x02, 0x40), ...many(10_000, 0x0b)),
    ],
    nothing: [/^module-invalid$/, new Uint8Array()],
    'a header alone': [/^module-export-missing$/, binary()],
  };

  function withLocals(count: number): Uint8Array {
    const body = [1, ...leb(count), 0x7f, 0x0b];
    return binary(
      ...[section(1, 1, 0x60, 0, 0), section(3, 1, 0)],
      section(10, 1, ...leb(body.length), ...body),
    );
  }

  it.each(Object.entries(refusals))('refuses %s', (_, [code, bytes]) => {
    const passedMs = startWatch();
    const loaded = new WasmEngine().load(bytes);
    expect(loaded.ok ? 'admitted' : loaded.refusal.code).toMatch(code);
    expect(passedMs()).toBeLessThan(SOON_MS);
  });
});

describe('the list of features', () => {
  const code: Readonly<Record<string, readonly number[]>> = {
    vectors: [0xfd, 0x0c, ...many(16, 0), 0x1a],
    atomics: [0xfe, 0x03, 0x00],
    'tail calls': [0x12, 0x00],
    'indirect tail calls': [0x41, 0, 0x13, 0, 0],
    throwing: [0x08, 0x00],
    catching: [0x06, 0x40, 0x19, 0x0b],
    'catching by table': [0x1f, 0x40, 0, 0x0b],
    'calls by reference': [0xd0, 0x70, 0x14, 0],
    structures: [0xfb, 0x00, 0x00, 0x1a],
    'foreign references': [0xd0, 0x6f, 0x1a],
    'vector locals of blocks': [0x02, 0x7b, 0x00, 0x0b, 0x1a],
    'foreign selections': [0x00, 0x1c, 1, 0x6f, 0x1a],
    'a second memory': [0x41, 0, 0x28, 0x42, 1, 0, 0x1a],
    'the size of a second memory': [0x3f, 0x01, 0x1a],
    'wide arithmetic': [0x42, 0, 0x42, 0, 0x42, 0, 0x42, 0, 0xfc, 0x13, 0x1a, 0x1a],
  };
  const sections: Readonly<Record<string, Uint8Array>> = {
    'shared memory': binary(section(5, 1, 3, 1, 1)),
    '64-bit memory': binary(section(5, 1, 4, 1)),
    'other page sizes': binary(section(5, 1, 8, 1, 0)),
    'two memories': binary(section(5, 2, 0, 1, 0, 1)),
    'two tables': binary(section(4, 2, 0x70, 0, 1, 0x70, 0, 1)),
    'tables of foreign references': binary(section(4, 1, 0x6f, 0, 1)),
    '64-bit tables': binary(section(4, 1, 0x70, 4, 1)),
    'tables with a first entry': binary(section(4, 1, 0x40, 0, 0x70, 0, 1, 0xd0, 0x70, 0x0b)),
    'groups of types': binary(section(1, 1, 0x4e, 1, 0x60, 0, 0)),
    'types of structures': binary(section(1, 1, 0x5f, 0)),
    'vector parameters': binary(section(1, 1, 0x60, 1, 0x7b, 0)),
    'foreign results': binary(section(1, 1, 0x60, 0, 1, 0x6f)),
    'computed constants': binary(section(6, 1, 0x7f, 0, 0x41, 1, 0x41, 1, 0x6a, 0x0b)),
    'constants from globals': binary(section(6, 2, 0x7f, 0, 0x41, 1, 0x0b, 0x7f, 0, 0x23, 0, 0x0b)),
    'shared globals': binary(section(6, 1, 0x7f, 2, 0x41, 1, 0x0b)),
    tags: binary(section(13, 0)),
    'unknown sections': binary(section(14, 0)),
  };

  it.each(Object.entries(code))('is ours, not the platform’s: no %s', (_, instructions) => {
    expect(instrument(withCode(...instructions))).toMatchObject({
      refusal: { code: 'module-feature' },
    });
  });

  it.each(Object.entries(sections))('is ours, not the platform’s: no %s', (_, bytes) => {
    expect(instrument(bytes)).toMatchObject({ refusal: { code: 'module-feature' } });
  });

  it.each([
    ['several values', withCode(0x02, 0x00, 0x0b)],
    ['sign extension', withCode(0x41, 0, 0xc0, 0x1a)],
    ['saturating conversion', withCode(0x43, 0, 0, 0, 0, 0xfc, 0, 0x1a)],
    ['bulk memory', withCode(0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 10, 0, 0)],
    ['references to functions', withCode(0xd0, 0x70, 0xd1, 0x1a)],
    ['a table index in five bytes', withCode(0x41, 0, 0x11, 0, 0x80, 0x80, 0x80, 0x80, 0)],
    [
      'an exported mutable global',
      binary(section(6, 1, 0x7f, 1, 0x41, 0, 0x0b), section(7, 1, 1, 0x67, 3, 0)),
    ],
  ])('has %s', (_, bytes) => {
    expect(isValid(bytes)).toBe(true);
    const guarded = instrument(bytes);
    expect(guarded.ok && isValid(guarded.value.bytes)).toBe(true);
  });
});

describe('code that is short to write and long to compile', () => {
  const LOCALS = 9_990;

  /** As many functions `() -> ()` with this code and this many locals. */
  function withLocals(locals: number, code: readonly number[], functions = 1): Uint8Array {
    const body = [1, ...leb(locals), 0x7f, ...code, 0x0b];
    const bodies = [functions, ...many(functions, leb(body.length), body).flat()];
    return concatBytes(
      binary(section(1, 1, 0x60, 0, 0), section(3, functions, ...many(functions, 0))),
      ...[section(5, 1, 0, 1), Uint8Array.from([10, ...leb(bodies.length)])],
      Uint8Array.from(bodies),
    );
  }

  const nested = (depth: number, block: number, inside: readonly number[]): number[] => [
    ...many(depth, block, 0x40),
    ...inside,
    ...many(depth, 0x0b),
  ];

  const loops = many(1_500, 0x03, 0x40, 0x0b);
  const conditions = many(8_000, 0x20, 0, 0x04, 0x40, 0x0b);
  const branches = many(20_000, 0x02, 0x40, 0x20, 0, 0x0d, 0, 0x0b);
  const bombs: Readonly<Record<string, Uint8Array>> = {
    'loops over many locals': withLocals(LOCALS, loops),
    'conditions over many locals': withLocals(LOCALS, conditions),
    'branches over many locals': withLocals(LOCALS, branches),
    'branches out of deep blocks': withLocals(
      LOCALS,
      nested(4_000, 0x02, many(50_000, 0x20, 0, 0x0d, 1)),
    ),
    'long code in deep blocks': withLocals(1, nested(4_000, 0x02, many(500_000, 0x01))),
    'long code in deep loops': withLocals(1, nested(400, 0x03, many(100_000, 0x01))),
    'a little in each of many functions': withLocals(LOCALS, loops.slice(0, 900), 10),
  };

  it.each(Object.entries(bombs))('is refused before it is compiled: %s', (_, bytes) => {
    expect(isValid(bytes)).toBe(true);
    expect(new WasmEngine().load(bytes)).toMatchObject({ refusal: { code: 'module-limit' } });
  });
});
