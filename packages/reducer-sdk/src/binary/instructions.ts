/** Instructions one after the other, as far as linking needs to know them. */
import { assert } from '@aos/canon';
import type { ByteReader } from './bytes.js';

export const OP = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  end: 0x0b,
  branchTable: 0x0e,
  call: 0x10,
  callIndirect: 0x11,
  globalGet: 0x23,
  globalSet: 0x24,
  functionRef: 0xd2,
  extended: 0xfc,
} as const;

/** How many LEB128 numbers follow an opcode; those with another shape are read by hand. */
const NUMBERS: readonly number[] = numbersAfter();
/** The same after the prefix 0xfc: conversions, then bulk memory and table instructions. */
const EXTENDED_NUMBERS = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];

const F32_CONST = 0x43;
const F64_CONST = 0x44;
const TYPED_SELECT = 0x1c;
const LAST_NUMERIC = 0xc4;

function numbersAfter(): number[] {
  const counts = new Array<number>(256).fill(0);
  const set = (from: number, to: number, count: number) => counts.fill(count, from, to + 1);
  set(OP.block, OP.if, 1);
  set(0x0c, 0x0d, 1);
  set(OP.call, OP.call, 1);
  set(OP.callIndirect, OP.callIndirect, 2);
  set(0x20, 0x26, 1);
  set(0x28, 0x3e, 2);
  set(0x3f, 0x42, 1);
  set(0xd0, 0xd0, 1);
  set(OP.functionRef, OP.functionRef, 1);
  return counts;
}

/** Passes over the groups of locals at the start of a body. */
export function skipLocals(reader: ByteReader): void {
  for (let groups = reader.u32(); groups > 0; groups -= 1) {
    reader.skipNumber();
    reader.byte();
  }
}

/** Passes over the operands of the instruction whose opcode was just read. */
export function skipOperands(reader: ByteReader, opcode: number): void {
  if (opcode === F32_CONST) reader.pass(4);
  else if (opcode === F64_CONST) reader.pass(8);
  else if (opcode === TYPED_SELECT) reader.pass(reader.u32());
  else skipNumbers(reader, numbersOf(reader, opcode));
}

function numbersOf(reader: ByteReader, opcode: number): number | undefined {
  if (opcode === OP.extended) return EXTENDED_NUMBERS[reader.u32()];
  if (opcode === OP.branchTable) return reader.u32() + 1;
  const known = opcode <= LAST_NUMERIC || (opcode >= 0xd0 && opcode <= OP.functionRef);
  return known ? NUMBERS[opcode] : undefined;
}

function skipNumbers(reader: ByteReader, count: number | undefined): void {
  assert(count !== undefined, 'only instructions of the core are linked');
  for (let i = 0; i < count; i += 1) reader.skipNumber();
}
