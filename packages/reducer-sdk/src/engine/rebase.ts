/**
 * Takes most of the stack out of the engine's memory.
 *
 * The engine's binary has a stack of 1 MiB below its data, and a call of a reducer costs as much as
 * its memory takes to reset. Here every access is moved down by {@link BASE_BYTES}: what the code
 * calls address A is byte A - BASE_BYTES of memory.
 *
 * 1. An access below the base traps, so a stack that runs over ends the call.
 * 2. Addresses inside the module keep their meaning; only those that cross to the host are moved,
 *    by the bridge.
 */
import { assert } from '@aos/canon';
import { ByteReader, ByteWriter } from '../binary/bytes.js';
import { OP, skipOperands } from '../binary/instructions.js';

const PAGE_BYTES = 65536;
/** What is left of the stack: 128 KiB. The bridge knows the same number. */
const BASE_BYTES = 0xe0000;
export const BASE_PAGES = BASE_BYTES / PAGE_BYTES;

const I32_CONST = 0x41;
const I32_EQ = 0x46;
const I32_ADD = 0x6a;
const I32_SUB = 0x6b;
const SELECT = 0x1b;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const LOCAL_TEE = 0x22;
const FIRST_LOAD = 0x28;
const LAST_LOAD = 0x35;
const LAST_STORE = 0x3e;
const MEMORY_SIZE = 0x3f;
const MEMORY_GROW = 0x40;
const LAST_CONVERSION = 7;
const MEMORY_COPY = 10;
const MEMORY_FILL = 11;

/** Types of the locals in which operands wait: of values, then one more of i32. */
const I32 = 0x7f;
const SCRATCH_TYPES = [I32, 0x7e, 0x7d, 0x7c, I32];
/** Which of them holds the value of each store, from i32.store on. */
const STORED = [0, 1, 2, 3, 0, 0, 1, 1, 1];
const COUNT = 0;
const TARGET = 4;

const constant = (value: number) =>
  new ByteWriter(8).byte(I32_CONST).signed(BigInt(value)).finish();
const MOVE_DOWN = [...constant(BASE_BYTES), I32_SUB];
const ADD_PAGES = [...constant(BASE_PAGES), I32_ADD];

/** The body of a function with `paramCount` parameters, with every access moved. */
export function rebaseBody(body: Uint8Array, paramCount: number): Uint8Array {
  const reader = new ByteReader(body);
  const groups = readLocals(reader);
  const own = groups.reduce((sum, [count]) => sum + count, paramCount);
  const scratch = new Scratch(own);
  const code = new ByteWriter(body.length * 2);
  while (!reader.done) rebaseInstruction(reader, code, scratch);
  const writer = new ByteWriter(body.length * 2).u32(groups.length + scratch.types.length);
  for (const [count, type] of groups) writer.u32(count).byte(type);
  for (const type of scratch.types) writer.u32(1).byte(type);
  return writer.raw(code.finish()).finish();
}

function readLocals(reader: ByteReader): (readonly [count: number, type: number])[] {
  return Array.from({ length: reader.u32() }, () => [reader.u32(), reader.byte()] as const);
}

/** Locals that a body gains, in the order in which it needs them: each costs the calls of it. */
class Scratch {
  readonly types: number[] = [];
  readonly #indices = new Map<number, number>();

  constructor(private readonly first: number) {}

  /** Index of the scratch local of this kind. */
  local(kind: number): number {
    const known = this.#indices.get(kind);
    if (known !== undefined) return known;
    const index = this.first + this.types.length;
    this.types.push(SCRATCH_TYPES[kind] as number);
    this.#indices.set(kind, index);
    return index;
  }
}

function rebaseInstruction(reader: ByteReader, writer: ByteWriter, scratch: Scratch): void {
  const start = reader.at;
  const opcode = reader.byte();
  if (opcode >= FIRST_LOAD && opcode <= LAST_STORE) {
    const access = { opcode, alignment: reader.u32(), offset: reader.u32() };
    moveAccess(access, writer, scratch);
    return;
  }
  skipOperands(reader, opcode);
  const instruction = reader.bytes.subarray(start, reader.at);
  if (opcode === OP.extended) moveBulk(instruction, writer, scratch);
  else writer.raw(instruction);
  if (opcode === MEMORY_SIZE) writer.raw(ADD_PAGES);
  if (opcode === MEMORY_GROW) addPagesUnlessFailed(writer, scratch.local(COUNT));
}

interface Access {
  readonly opcode: number;
  readonly alignment: number;
  readonly offset: number;
}

/**
 * Where the constant part of the address reaches the base by itself, it is lowered; otherwise the
 * other part is, below the value when there is one.
 */
function moveAccess(access: Access, writer: ByteWriter, scratch: Scratch): void {
  const { opcode, alignment, offset } = access;
  if (offset >= BASE_BYTES) {
    writer
      .byte(opcode)
      .u32(alignment)
      .u32(offset - BASE_BYTES);
    return;
  }
  if (opcode <= LAST_LOAD) {
    writer.raw(MOVE_DOWN);
  } else {
    const value = scratch.local(STORED[opcode - LAST_LOAD - 1] as number);
    writer.byte(LOCAL_SET).u32(value).raw(MOVE_DOWN).byte(LOCAL_GET).u32(value);
  }
  writer.byte(opcode).u32(alignment).u32(offset);
}

function moveBulk(instruction: Uint8Array, writer: ByteWriter, scratch: Scratch): void {
  const kind = instruction[1] as number;
  const copies = kind === MEMORY_COPY;
  assert(kind <= LAST_CONVERSION || copies || kind === MEMORY_FILL, 'no table is changed');
  if (kind > LAST_CONVERSION) {
    const [count, second] = [scratch.local(COUNT), scratch.local(TARGET)];
    writer.byte(LOCAL_SET).u32(count);
    if (copies) writer.raw(MOVE_DOWN);
    writer.byte(LOCAL_SET).u32(second).raw(MOVE_DOWN);
    writer.byte(LOCAL_GET).u32(second).byte(LOCAL_GET).u32(count);
  }
  writer.raw(instruction);
}

/** The old size in pages, or -1 as it is. */
function addPagesUnlessFailed(writer: ByteWriter, old: number): void {
  writer.byte(LOCAL_TEE).u32(old).byte(LOCAL_GET).u32(old).raw(ADD_PAGES);
  writer.byte(LOCAL_GET).u32(old).raw([I32_CONST, 0x7f, I32_EQ, SELECT]);
}

/** The address of a segment of the engine's data, moved. */
export function rebaseAddress(address: number): number {
  assert(address >= BASE_BYTES, 'the data lies above the base');
  return address - BASE_BYTES;
}
