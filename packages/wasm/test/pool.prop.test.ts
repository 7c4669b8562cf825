/** The pool may not be seen: a used instance answers like a fresh one, with the same fuel. */
import { sha256, toHex } from '@aos/canon';
import { type CallOutcome, DEFAULT_CALL_LIMITS } from '@aos/protocol';
import { assembleModule, type Instruction, op } from '@aos/protocol/contracts';
import { WasmEngine } from '@aos/wasm';
import { array, assert, boolean, constantFrom, property, uint8Array } from 'fast-check';
import { expect, it } from 'vitest';
import { readVectors } from './fuel-calls.js';

const LIMITS = { ...DEFAULT_CALL_LIMITS, memoryPages: 4, fuel: 2_000_000 };
const PAGE = 65_536;
const [COUNTER, FLOAT] = [0, 1];
/** A signalling NaN with bits of its own, as a mutable f64. */
const FLOAT_GLOBAL = [0x7c, 1, 0x44, 0x34, 0x12, 0, 0, 0, 0, 0xf4, 0x7f, 0x0b];

const at = (address: number) => op.constant(address);
const add = (address: number, by: readonly Instruction[]) => [
  ...[at(address), at(address), op.load, ...by, op.add, op.store],
];
/** Runs when the first byte of the input, at address 8, is odd. */
const whenOdd = (...body: readonly Instruction[]) => [
  ...[at(8), op.load, op.constant(1), [0x71], [0x04, 0x40], ...body, op.end],
];

/** Things that leave something behind; each leaves the operand stack as it was. */
const deeds: Readonly<Record<string, readonly Instruction[]>> = {
  memory: add(1024, [op.constant(1)]),
  'end of memory': add(PAGE - 4, [op.constant(3)]),
  data: add(2048, [op.constant(5)]),
  global: [
    ...[op.globalGet(COUNTER), op.constant(1), op.add, op.globalSet(COUNTER)],
    ...[at(1100), op.globalGet(COUNTER), op.store],
  ],
  'float global': [
    ...[at(1200), op.globalGet(FLOAT), [0x39, 0, 0]],
    ...[op.globalGet(FLOAT), [0xa7 - 0x0d], op.globalSet(FLOAT)],
  ],
  fill: [at(4096), op.constant(7), op.constant(3000), [0xfc, 11, 0]],
  growth: whenOdd(op.constant(1), op.memoryGrow, op.drop),
  'size of memory': [at(1300), op.memorySize, op.store],
  'growth of the table': add(1400, [[0xd0, 0x70], op.constant(1), [0xfc, 15, 0]]),
  'a table entry': [
    ...[at(1500), op.constant(0), [0x25, 0], [0xd1], op.store],
    ...whenOdd(op.constant(0), [0xd2, 0], [0x26, 0]),
  ],
  'a dropped segment': [
    ...[at(1600), op.constant(0), op.constant(2), [0xfc, 8, 1, 0]],
    ...whenOdd([0xfc, 9, 1]),
  ],
  trap: whenOdd(op.unreachable),
  spin: whenOdd(op.loop, op.branch(0), op.end),
};

function moduleOf(body: readonly Instruction[], start: readonly Instruction[]): Uint8Array {
  return assembleModule({
    memoryPages: 1,
    tableEntries: 2,
    globals: [0, FLOAT_GLOBAL],
    functions: [
      { params: 1, results: 1, body: [op.constant(8)] },
      { params: 2, results: 2, body: [...body, op.constant(0), op.constant(PAGE)] },
      { body: start },
    ],
    start: 2,
    exports: { memory: ['memory', 0], alloc: ['function', 0], step: ['function', 1] },
    data: [[2048, Uint8Array.of(1, 2, 3, 4)]],
    passiveData: [Uint8Array.of(9, 8, 7)],
  });
}

function checkEqual(wasm: Uint8Array, entry: 'step' | 'run', inputs: readonly Uint8Array[]): void {
  const pooled = new WasmEngine();
  const fresh = new WasmEngine({ reuse: 'never' });
  const options = { limits: LIMITS };
  const [one, other] = [pooled.load(wasm, entry, options), fresh.load(wasm, entry, options)];
  if (!one.ok || !other.ok) throw new Error(JSON.stringify([one, other]));
  for (const input of inputs) {
    const found = pooled.call(one.value, entry, input, LIMITS);
    expect(textOf(found)).toBe(textOf(fresh.call(other.value, entry, input, LIMITS)));
  }
}

const textOf = (outcome: CallOutcome) =>
  `${outcome.fuel} ${outcome.kind === 'fault' ? outcome.code : toHex(sha256(outcome.output))}`;

const names = array(constantFrom(...Object.keys(deeds)), { maxLength: 5 });
const bodyOf = (chosen: readonly string[]) => chosen.flatMap((name) => deeds[name] ?? []);
const inputs = array(uint8Array({ minLength: 1, maxLength: 8 }), { minLength: 2, maxLength: 6 });

it('is not seen by modules that leave all kinds of things behind', () => {
  assert(
    property(names, names, boolean(), inputs, (inEntry, inStart, starts, given) => {
      const start = starts ? bodyOf(inStart) : [];
      checkEqual(moduleOf(bodyOf(inEntry), start), 'step', given);
    }),
    { numRuns: 200 },
  );
});

it.each(Object.entries(deeds))('is not seen by a module that leaves behind: %s', (_, deed) => {
  const given = [2, 2, 3, 2, 3, 3, 2].map((byte) => Uint8Array.of(byte));
  checkEqual(moduleOf(deed, []), 'step', given);
  checkEqual(moduleOf(deed, deed), 'step', given);
});

it.each(readVectors().modules)('is not seen by $name', ({ wasm, calls }) => {
  const bytes = Uint8Array.from(Buffer.from(wasm, 'hex'));
  const { entry = 'step' } = calls[0] ?? {};
  const given = calls.map(({ input }) => Uint8Array.from(Buffer.from(input, 'hex')));
  checkEqual(bytes, entry, [...given, ...given.toReversed(), ...given]);
});
