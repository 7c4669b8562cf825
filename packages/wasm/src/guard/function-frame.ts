/**
 * What stands around a guarded body: the first charge, the check of what is left, the stack.
 *
 * A function that calls nothing cannot recurse, and one that also neither loops nor costs much
 * cannot spend unseen: such a function pays, but compares nothing. Whoever calls it compares.
 */
import { ByteSink } from './byte-sink.js';
import { code } from './encoding.js';
import type { GuardPlan } from './guard-plan.js';

/** Slots that every frame takes, whatever it holds: return address, spills, the guard's own. */
const FRAME_SLOTS = 12;
/** A function that calls nothing may take this many slots without being counted. */
const SMALL_SLOTS = 64;
/** And cost this much without a comparison. */
const SMALL_PRICE = 256;

export interface FrameFacts {
  readonly entryPrice: number;
  /** Price of all instructions of the function. */
  readonly totalPrice: number;
  readonly calls: boolean;
  readonly loops: boolean;
  /** Parameters, locals and the highest operand stack. */
  readonly slots: number;
}

export interface Frame {
  readonly entryPrice: number;
  readonly slots: number;
  readonly checksFuel: boolean;
  /** `counted`: taken while the function runs; `compared`: only looked at; `free`: neither. */
  readonly stack: 'counted' | 'compared' | 'free';
}

export function frameOf(facts: FrameFacts): Frame {
  const { entryPrice, totalPrice, calls, loops } = facts;
  const slots = facts.slots + FRAME_SLOTS;
  return {
    entryPrice,
    slots,
    checksFuel: calls || loops || totalPrice > SMALL_PRICE,
    stack: calls ? 'counted' : slots > SMALL_SLOTS ? 'compared' : 'free',
  };
}

export interface FunctionParts {
  readonly frame: Frame;
  readonly locals: {
    readonly declared: { readonly groups: number; readonly bytes: Uint8Array };
    /** Types of the guard's own, behind them. */
    readonly added: readonly number[];
    /** One of them, an i64; unused where the frame does not check. */
    readonly scratch: number;
  };
  /** Without the last `end`. */
  readonly body: ByteSink;
  /** Type of the block around it, where there is one. */
  readonly wrapped: readonly number[];
}

/** Writes a function, size first. */
export function writeFunction(out: ByteSink, parts: FunctionParts, plan: GuardPlan): void {
  const { frame, locals, body, wrapped } = parts;
  const before = new ByteSink(64 + locals.declared.bytes.length);
  before.u32(locals.declared.groups + locals.added.length);
  before.append(locals.declared.bytes);
  for (const type of locals.added) before.append([1, type]);
  before.append(prologue(frame, locals.scratch, plan));
  const counted = frame.stack === 'counted';
  if (counted) before.append([code.block, ...wrapped]);
  const after = counted ? [code.end, ...releaseStack(frame, plan), code.end] : [code.end];
  out.u32(before.size + body.size + after.length);
  out.append(before.view());
  out.append(body.view());
  out.append(after);
}

function prologue(frame: Frame, scratch: number, { globals }: GuardPlan): number[] {
  const charge = [...code.globalGet(globals.fuel), ...code.i64(frame.entryPrice), code.i64Subtract];
  const store = code.globalSet(globals.fuel);
  if (!frame.checksFuel) return [...charge, ...store, ...compareStack(frame, globals.stack)];
  const charged = [...charge, ...code.localTee(scratch), ...store];
  const negative = [...code.i64(0), code.i64LessSigned, ...code.ifThen, code.unreachable, code.end];
  if (frame.stack !== 'counted') {
    const left = code.localGet(scratch);
    return [...charged, ...left, ...negative, ...compareStack(frame, globals.stack)];
  }
  const stack = code.globalGet(globals.stack);
  const taken = [...stack, ...code.i64(frame.slots), code.i64Subtract];
  const take = [...taken, ...code.globalSet(globals.stack)];
  return [...charged, ...take, ...stack, ...code.localGet(scratch), code.i64Or, ...negative];
}

/** A frame too large for what is left says so and traps. */
function compareStack({ stack, slots }: Frame, global: number): number[] {
  if (stack !== 'compared') return [];
  const tooSmall = [...code.globalGet(global), ...code.i64(slots), code.i64LessSigned];
  const overflow = [...code.i64(-1), ...code.globalSet(global), code.unreachable];
  return [...tooSmall, ...code.ifThen, ...overflow, code.end];
}

function releaseStack({ slots }: Frame, { globals }: GuardPlan): number[] {
  const released = [...code.globalGet(globals.stack), ...code.i64(slots), code.i64Add];
  return [...released, ...code.globalSet(globals.stack)];
}
