import { concatBytes } from '@aos/canon';
import { DEFAULT_CALL_LIMITS } from '@aos/protocol';
import { assembleModule, type Instruction, type ModuleParts, op } from '@aos/protocol/contracts';
import { describe, expect, it } from 'vitest';
import { WasmEngine } from '../engine.js';
import { GUARD_EXPORTS, instrument } from './instrument.js';

const alloc = { params: 1, results: 1, body: [op.constant(1024)] };
const echo = { params: 2, results: 2, body: [op.localGet(0), op.localGet(1)] };
const SOUND: ModuleParts = {
  memoryPages: 1,
  functions: [alloc, echo],
  exports: { memory: ['memory', 0], alloc: ['function', 0], step: ['function', 1] },
};

function guarded(bytes: Uint8Array): Uint8Array {
  const result = instrument(bytes);
  if (!result.ok) throw new Error(result.refusal.detail);
  return result.value.bytes;
}

/** What `step` answers with, and its fuel. */
function callStep(body: readonly Instruction[], more: Partial<ModuleParts> = {}) {
  const functions = [alloc, { params: 2, results: 2, body }, ...(more.functions ?? [])];
  const engine = new WasmEngine();
  const loaded = engine.load(assembleModule({ ...SOUND, ...more, functions }));
  if (!loaded.ok) throw new Error(loaded.refusal.detail);
  return engine.call(loaded.value, 'step', Uint8Array.of(1, 2, 3, 4), DEFAULT_CALL_LIMITS);
}

describe('the guarded form', () => {
  it('depends on the bytes alone', () => {
    const bytes = assembleModule(SOUND);
    expect(guarded(bytes)).toEqual(guarded(bytes.slice()));
  });

  it('does not depend on custom sections', () => {
    const bytes = assembleModule(SOUND);
    const custom = Uint8Array.of(0, 5, 4, 0x6e, 0x61, 0x6d, 0x65);
    expect(guarded(concatBytes(bytes, custom))).toEqual(guarded(bytes));
  });

  it('has exports of its own whatever the module calls its own', () => {
    const taken = Object.values(GUARD_EXPORTS).map((name) => [name, ['function', 0]] as const);
    const bytes = assembleModule({
      ...SOUND,
      exports: { ...Object.fromEntries(taken), ...SOUND.exports },
    });
    expect(guarded(bytes)).toEqual(guarded(assembleModule(SOUND)));
  });

  it('keeps a function that only its export declares for references', () => {
    const take: Instruction[] = [[0xd2, 2], op.drop, ...echo.body];
    const exports = { ...SOUND.exports, other: ['function', 2] as const };
    expect(callStep(take, { functions: [{ body: [] }], exports })).toMatchObject({
      kind: 'output',
    });
  });
});

describe('fuel', () => {
  const fuelOf = (body: readonly Instruction[]) => callStep([...body, ...echo.body]).fuel;
  const base = fuelOf([]);

  it.each<[string, readonly Instruction[], number]>([
    ['an addition and its operands', [op.constant(1), op.constant(1), op.add, op.drop], 4],
    ['nothing for blocks', [[0x02, 0x40], op.end], 0],
    ['a taken arm', [op.constant(1), [0x04, 0x40], op.constant(7), op.drop, op.end], 4],
    ['not an arm that is passed by', [op.constant(0), [0x04, 0x40], [0x01], op.end], 2],
    ['the other arm', [op.constant(0), [0x04, 0x40], [0x05], op.constant(7), op.drop, op.end], 4],
    ['not what a branch leaves out', [[0x02, 0x40], op.branch(0), op.unreachable, op.end], 1],
    [
      'what a branch does not take',
      [...[[0x02, 0x40], op.constant(0), [0x0d, 0], op.constant(7), op.drop, op.end]],
      4,
    ],
    [
      'a memory instruction by its length',
      [op.constant(0), op.constant(0), op.constant(400), [0xfc, 11, 0]],
      113,
    ],
    ['growth by nothing', [op.constant(0), op.memoryGrow, op.drop], 1002],
    ['growth by a page', [op.constant(1), op.memoryGrow, op.drop], 101_002],
    ['growth that is refused', [op.constant(9999), op.memoryGrow, op.drop], 1002],
  ])('is charged for %s', (_, body, fuel) => {
    expect(fuelOf(body) - base).toBe(fuel);
  });
});

describe('a body with several results', () => {
  it('may return from anywhere', () => {
    const body = [...[op.localGet(0), op.localGet(1), op.call(2), [0x0f], op.unreachable]];
    const inner = { params: 2, results: 2, body: [...echo.body, op.call(3), [0x0f]] };
    const functions = [inner, { params: 2, results: 2, body: [...echo.body, op.branch(0)] }];
    expect(callStep(body, { functions })).toMatchObject({ output: Uint8Array.of(1, 2, 3, 4) });
  });
});

it('takes the shape that compilers of Rust give: 17 pages, a stack pointer, a table', () => {
  const parts = { memoryPages: 17, tableEntries: 1, globals: [1_048_576] };
  const push = [op.globalGet(0), op.constant(16), [0x6b], op.globalSet(0)];
  expect(callStep([...push, ...echo.body], parts)).toMatchObject({ kind: 'output' });
});
