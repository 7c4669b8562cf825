/**
 * Rewrites the code of one function after another, in one pass over its bytes: charges, canonical
 * NaNs, limits of growth, stack depth. Instructions that need nothing are copied as they stand.
 *
 * 1. What is written depends on the module's bytes alone.
 * 2. Labels keep their depth: where the body is wrapped in a block of the guard's, that block takes
 *    the place of the function's own label, and `return` becomes a branch to it.
 * 3. Valid code stays valid, in unreachable places too: what is inserted leaves the operand stack
 *    as it was.
 */
import { ByteSink } from './byte-sink.js';
import { type ByteSource, malformed, overLimit, unsupported } from './byte-source.js';
import { CompilationCost } from './compilation-cost.js';
import { type Arity, BLOCK, type BlockKind, ControlStack } from './control-stack.js';
import { code } from './encoding.js';
import { FuelWriter } from './fuel-writer.js';
import { frameOf, writeFunction } from './function-frame.js';
import type { GuardPlan } from './guard-plan.js';
import {
  BLIND_TO_NAN,
  FLOAT_RESULT,
  FLOAT_RESULTS,
  IMMEDIATES,
  POPS,
  PREFIXED,
  PUSHES,
  SHAPES,
} from './instructions.js';
import type { FunctionType, ModuleOutline } from './outline.js';
import { ENTRY_PRICE, LOCAL_PRICE, PREFIXED_PRICE, PRICES } from './prices.js';
import { readFunctionReference } from './segments.js';
import { STRUCTURE_LIMITS } from './structure-limits.js';
import { readValueType, readValueTypes, VALUE_TYPES } from './value-types.js';

const OP = {
  ...{ unreachable: 0x00, block: 0x02, loop: 0x03, if: 0x04, else: 0x05, end: 0x0b, br: 0x0c },
  ...{ brIf: 0x0d, brTable: 0x0e, return: 0x0f, call: 0x10, callIndirect: 0x11 },
  ...{ selectTyped: 0x1c, tableSet: 0x26, memorySize: 0x3f, memoryGrow: 0x40 },
  ...{ refNull: 0xd0, refFunc: 0xd2, prefix: 0xfc },
} as const;

const EMPTY_BLOCK = 0x40;
/** Instructions behind 0xfc that convert floats, and so do not see the bits of a NaN. */
const LAST_CONVERSION = 7;
/** The canonical NaNs, as constants. */
const NAN32 = [0x43, 0x00, 0x00, 0xc0, 0x7f];
const NAN64 = [0x44, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf8, 0x7f];
const [EQUAL32, EQUAL64, SELECT] = [0x5b, 0x61, 0x1b];

/** What was met in the code and concerns the whole module. */
export interface CodeFacts {
  /** Some instruction changes a table or drops a segment. */
  lasting: boolean;
  /** Some instruction takes the reference of a function. */
  functionReferences: boolean;
  /** Types of blocks around bodies with several results: the types whose results they have. */
  readonly wrappedTypes: Map<string, number>;
}

export class BodyRewriter {
  readonly facts: CodeFacts = {
    lasting: false,
    functionReferences: false,
    wrappedTypes: new Map(),
  };
  readonly #outline: ModuleOutline;
  readonly #plan: GuardPlan;
  readonly #body = new ByteSink(1 << 16);
  readonly #control = new ControlStack();
  readonly #fuel: FuelWriter;
  #source: ByteSource;
  #bytes: Uint8Array;
  /** Everything before this offset is in the body or was replaced. */
  #copied = 0;
  #calls = false;
  #loops = false;
  readonly #compilation = new CompilationCost();
  /** Types of the locals that the guard adds. */
  #added: number[] = [];
  #ownLocals = 0;
  /** Index of an added local by its type, -1 as long as there is none. */
  readonly #scratch = new Int32Array(256);

  constructor(outline: ModuleOutline, plan: GuardPlan, source: ByteSource) {
    this.#outline = outline;
    this.#plan = plan;
    this.#source = source;
    this.#bytes = source.bytes;
    this.#fuel = new FuelWriter(this.#body, plan.globals.fuel);
  }

  /** Writes the guarded form of a function, size first. */
  rewrite(source: ByteSource, type: FunctionType, out: ByteSink): void {
    this.#source = source;
    this.#body.size = 0;
    this.#calls = false;
    this.#loops = false;
    this.#added = [];
    this.#scratch.fill(-1);
    this.#control.reset(type.results.length);
    this.#compilation.reset();
    const declared = this.#readLocals();
    this.#ownLocals = type.params.length + declared.count;
    this.#fuel.reset(ENTRY_PRICE + LOCAL_PRICE * this.#ownLocals);
    this.#copied = source.at;
    this.#readCode();
    const { entryPrice, totalPrice } = this.#fuel;
    const frame = frameOf({
      ...{ entryPrice, totalPrice, calls: this.#calls, loops: this.#loops },
      slots: this.#ownLocals + this.#control.maxHeight,
    });
    this.#compilation.check(this.#ownLocals + this.#control.maxHeight, source.at);
    const scratch = frame.checksFuel ? this.#scratchLocal(VALUE_TYPES.i64) : 0;
    const locals = { declared, added: this.#added, scratch };
    writeFunction(
      out,
      { frame, locals, body: this.#body, wrapped: this.#wrapperOf(type) },
      this.#plan,
    );
  }

  #readLocals(): { count: number; groups: number; bytes: Uint8Array } {
    const source = this.#source;
    const at = source.at;
    const groups = source.u32();
    const from = source.at;
    let count = 0;
    for (let i = 0; i < groups; i++) {
      count += source.u32();
      readValueType(source);
      const { locals } = STRUCTURE_LIMITS;
      if (count > locals) throw overLimit(at, `${count} locals of one function`, locals);
    }
    return { count, groups, bytes: source.bytes.subarray(from, source.at) };
  }

  /** From the first instruction to the function's `end`, which is left out. */
  #readCode(): void {
    const [source, bytes, control, fuel] = [this.#source, this.#bytes, this.#control, this.#fuel];
    while (control.depth >= 0) {
      const at = source.at;
      const op = bytes[at] as number;
      const shape = SHAPES[op] as number;
      if (shape === IMMEDIATES.special) {
        this.#readSpecial(op, at);
        continue;
      }
      this.#charge(PRICES[op] as number, at);
      let next = at + 1;
      if (shape === IMMEDIATES.bytes4) next += 4;
      else if (shape === IMMEDIATES.bytes8) next += 8;
      else if (shape === IMMEDIATES.memory) next = this.#skipMemory(next);
      else if (shape !== IMMEDIATES.none) next = skipNumber(bytes, next);
      if (shape === IMMEDIATES.no) throw unsupported(at, `instruction 0x${op.toString(16)}`);
      control.pop(POPS[op] as number);
      control.push(PUSHES[op] as number);
      source.at = next;
      if (FLOAT_RESULTS[op]) this.#canonicalize(FLOAT_RESULTS[op] as number, next);
      if (next > source.end) throw malformed(at, 'a function ends inside an instruction');
    }
    fuel.close();
  }

  #charge(price: number, at: number): void {
    const fuel = this.#fuel;
    if (this.#control.dead) return;
    if (fuel.needsCharge(price)) {
      this.#copyUpTo(at);
      fuel.openCharge();
    }
    fuel.add(price);
  }

  #copyUpTo(at: number): void {
    if (at > this.#copied) this.#body.append(this.#bytes, this.#copied, at);
    this.#copied = at;
  }

  /** Writes something in place of the instruction from `at` to where the source stands now. */
  #replace(at: number, instructions: readonly number[]): void {
    this.#copyUpTo(at);
    this.#body.append(instructions);
    this.#copied = this.#source.at;
  }

  /** Alignment and offset; other memories than the first would show in the alignment. */
  #skipMemory(at: number): number {
    const align = this.#bytes[at] as number;
    if (align > 3) throw unsupported(at, 'an access of another kind');
    return skipNumber(this.#bytes, at + 1);
  }

  /** The NaN that an instruction makes gets its canonical bits, unless the next cannot see them. */
  #canonicalize(result: number, next: number): void {
    const following = this.#bytes[next] as number;
    if (BLIND_TO_NAN[following]) return;
    if (following === OP.prefix && (this.#bytes[next + 1] as number) <= LAST_CONVERSION) return;
    const wide = result === FLOAT_RESULT.f64;
    const local = this.#scratchLocal(wide ? VALUE_TYPES.f64 : VALUE_TYPES.f32);
    const get = code.localGet(local);
    this.#copyUpTo(next);
    this.#body.append([...code.localTee(local), ...(wide ? NAN64 : NAN32), ...get, ...get]);
    this.#body.append([wide ? EQUAL64 : EQUAL32, SELECT]);
  }

  #scratchLocal(type: number): number {
    if (this.#scratch[type] === -1) {
      this.#scratch[type] = this.#ownLocals + this.#added.length;
      this.#added.push(type);
    }
    return this.#scratch[type] as number;
  }

  #readSpecial(op: number, at: number): void {
    const { memorySize, selectTyped } = OP;
    this.#source.at = at + 1;
    if (op >= OP.block && op <= OP.end) this.#readBlock(op, at);
    else if (op <= OP.return) this.#readBranch(op, at);
    else {
      this.#charge(op === OP.prefix ? PREFIXED_PRICE : (PRICES[op] as number), at);
      if (op === OP.call || op === OP.callIndirect) this.#readCall(op);
      else if (op === OP.prefix) this.#readPrefixed(at);
      else {
        this.#control.pop(POPS[op] as number);
        this.#control.push(PUSHES[op] as number);
        if (op === memorySize || op === OP.memoryGrow) this.#readMemorySize(op, at);
        else if (op === selectTyped) readValueTypes(this.#source);
        else this.#readReference(op);
      }
    }
  }

  #readBlock(op: number, at: number): void {
    const [control, source, fuel] = [this.#control, this.#source, this.#fuel];
    if (op === OP.end) {
      this.#compilation.close(at);
      const joins = control.close();
      if (control.depth < 0) this.#copyUpTo(at);
      else if (joins) fuel.close();
      return;
    }
    if (op === OP.else) {
      this.#compilation.join();
      control.otherwise();
      fuel.close();
      return;
    }
    if (op === OP.if) {
      this.#charge(PRICES[op] as number, at);
      control.pop(1);
    }
    const kind: BlockKind = op === OP.loop ? BLOCK.loop : op === OP.if ? BLOCK.arm : BLOCK.plain;
    control.open(kind, this.#readArity(), at);
    this.#compilation.open(kind, at);
    if (op === OP.if) fuel.close();
    if (op !== OP.loop) return;
    this.#loops = true;
    fuel.close();
    if (control.dead) return;
    this.#copyUpTo(source.at);
    fuel.openCheckedCharge(this.#scratchLocal(VALUE_TYPES.i64));
    fuel.add(PRICES[op] as number);
  }

  #readArity(): Arity {
    const source = this.#source;
    const first = this.#bytes[source.at] as number;
    if (first === EMPTY_BLOCK) {
      source.at += 1;
      return NO_VALUES;
    }
    if (first < 0x40 || first >= 0x80) return arityOf(this.#typeAt(source.u32()));
    readValueType(source);
    return ONE_RESULT;
  }

  #typeAt(index: number): FunctionType {
    const type = this.#outline.types[index];
    if (type === undefined) throw malformed(this.#source.at, `no type ${index}`);
    return type;
  }

  #readBranch(op: number, at: number): void {
    const [control, source] = [this.#control, this.#source];
    this.#charge(PRICES[op] as number, at);
    if (op === OP.brIf || op === OP.brTable) control.pop(1);
    if (op === OP.br || op === OP.brIf) control.target(source.u32());
    this.#compilation.join();
    if (op === OP.brTable) {
      for (let labels = source.u32() + 1; labels > 0; labels--) {
        control.target(source.u32());
        this.#compilation.join();
      }
    }
    if (op === OP.return) this.#replace(at, code.branch(control.depth));
    this.#fuel.close();
    if (op !== OP.brIf) control.abandon();
  }

  #readCall(op: number): void {
    const [control, source] = [this.#control, this.#source];
    this.#calls = true;
    let type: FunctionType;
    if (op === OP.call) type = this.#typeAt(this.#outline.functions[source.u32()] ?? -1);
    else {
      type = this.#typeAt(source.u32());
      source.u32();
      control.pop(1);
    }
    control.pop(type.params.length);
    control.push(type.results.length);
  }

  #readMemorySize(op: number, at: number): void {
    const source = this.#source;
    if (source.byte() !== 0) throw unsupported(at, 'a second memory');
    if (op === OP.memoryGrow) this.#replace(at, code.call(this.#plan.functions.growMemory));
  }

  /** `table.set`, `ref.null`, `ref.func`. */
  #readReference(op: number): void {
    if (op === OP.refNull) readFunctionReference(this.#source);
    else this.#source.u32();
    if (op === OP.tableSet) this.facts.lasting = true;
    if (op === OP.refFunc) this.facts.functionReferences = true;
  }

  #readPrefixed(at: number): void {
    const [source, { functions }] = [this.#source, this.#plan];
    const number = source.u32();
    const instruction = PREFIXED[number];
    if (instruction === undefined) throw unsupported(at, `instruction 0xfc ${number}`);
    for (let i = 0; i < instruction.immediates; i++) source.u32();
    this.#control.pop(instruction.pops);
    this.#control.push(instruction.pushes);
    if (instruction.lasting) this.facts.lasting = true;
    const { metering } = instruction;
    if (metering === 'bytes') this.#insertCall(at, functions.meterBytes);
    if (metering === 'entries') this.#insertCall(at, functions.meterEntries);
    if (metering === 'growth') this.#replace(at, code.call(functions.growTable));
  }

  #insertCall(at: number, index: number): void {
    this.#copyUpTo(at);
    this.#body.append(code.call(index));
  }

  /** Type of the block around a body, as it is encoded. */
  #wrapperOf({ results }: FunctionType): readonly number[] {
    if (results.length === 0) return [EMPTY_BLOCK];
    if (results.length === 1) return [results[0] as number];
    return this.#wrappedType(results);
  }

  #wrappedType(results: Uint8Array): readonly number[] {
    const { wrappedTypes } = this.facts;
    const key = results.join();
    const known = wrappedTypes.get(key);
    const index = known ?? this.#outline.types.length + wrappedTypes.size;
    if (known === undefined) wrappedTypes.set(key, index);
    return code.typeIndex(index);
  }
}

const NO_VALUES: Arity = { params: 0, results: 0 };
const ONE_RESULT: Arity = { params: 0, results: 1 };

function arityOf({ params, results }: FunctionType): Arity {
  return { params: params.length, results: results.length };
}

function skipNumber(bytes: Uint8Array, at: number): number {
  let next = at;
  while ((bytes[next++] as number) >= 0x80);
  return next;
}
