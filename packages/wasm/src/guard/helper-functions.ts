/**
 * The functions that the guard adds behind the module's own. The host calls the first four; code
 * that was rewritten calls the others.
 */
import { code, unsigned } from './encoding.js';
import { type GuardPlan, VERDICT } from './guard-plan.js';
import type { ModuleOutline } from './outline.js';
import { BULK_SHIFT, PAGE_PRICE, TABLE_ENTRY_PRICE } from './prices.js';
import { STRUCTURE_LIMITS } from './structure-limits.js';
import { VALUE_TYPES } from './value-types.js';

const { i32, f64, funcref } = VALUE_TYPES;

/** Parameters and results of the helpers, in the order in which their types are added. */
export const HELPER_TYPES: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[], []],
  [[f64, i32, i32], []],
  [[], [f64]],
  [[i32], [i32]],
  [[funcref, i32], [i32]],
];
const [NOTHING, BEGIN, END, LENGTH, GROW_TABLE] = [0, 1, 2, 3, 4];

/** What the stack counter says when the host had no room. */
const HOST_FAILED = -(2 ** 31);

/** A helper: which of {@link HELPER_TYPES} it has, and its code, size first. */
export interface HelperFunction {
  readonly type: number;
  readonly body: readonly number[];
}

/** In the order of the plan's functions. */
export function helperFunctions(outline: ModuleOutline, plan: GuardPlan): HelperFunction[] {
  const helpers: (readonly [type: number, ...instructions: number[]])[] = [
    [BEGIN, ...begin(plan)],
    [END, ...end(plan)],
    [NOTHING, ...copyGlobals(outline, ({ own, copy }) => [own, copy], plan)],
    [NOTHING, ...copyGlobals(outline, ({ own, copy }) => [copy, own], plan)],
    [LENGTH, ...(outline.memory ? growMemory(plan) : [code.unreachable])],
    [LENGTH, ...meter([...code.i64(BULK_SHIFT), code.i64ShiftRight], plan)],
    [LENGTH, ...meter([...code.i64(TABLE_ENTRY_PRICE), code.i64Multiply], plan)],
  ];
  if (outline.table) helpers.push([GROW_TABLE, ...growTable(outline.table.max, plan)]);
  return helpers.map(([type, ...instructions]) => {
    const content = [0, ...instructions, code.end];
    return { type, body: [...unsigned(content.length), ...content] };
  });
}

function begin({ globals }: GuardPlan): number[] {
  return [
    ...[...code.localGet(0), code.i64OfF64, ...code.globalSet(globals.fuel)],
    ...[...code.localGet(1), code.i64OfI32, ...code.globalSet(globals.stack)],
    ...[...code.localGet(2), ...code.globalSet(globals.pages)],
  ];
}

function end({ globals }: GuardPlan): number[] {
  const [fuel, stack] = [code.globalGet(globals.fuel), code.globalGet(globals.stack)];
  const answer = (verdict: number) => [
    ...[...code.ifThen, ...code.f64(verdict), code.return, code.end],
  ];
  return [
    ...[...stack, ...code.i64(HOST_FAILED), code.i64Equal, ...answer(VERDICT.hostMemory)],
    ...[...stack, ...code.i64(0), code.i64LessSigned, ...answer(VERDICT.stackOverflow)],
    ...[...fuel, ...code.i64(0), code.i64LessSigned, ...answer(VERDICT.outOfFuel)],
    ...[...fuel, code.f64OfI64],
  ];
}

function copyGlobals(
  { globals }: ModuleOutline,
  direction: (pair: { own: number; copy: number }) => readonly [from: number, to: number],
  plan: GuardPlan,
): number[] {
  let copy = plan.globals.copies;
  return globals.flatMap(({ mutable }, own) => {
    if (!mutable) return [];
    const [from, to] = direction({ own, copy: copy++ });
    return [...code.globalGet(from), ...code.globalSet(to)];
  });
}

/** Takes what `price` makes of the length in local 0, compares, and answers with the length. */
function meter(price: readonly number[], plan: GuardPlan): number[] {
  return [...charge([...code.localGet(0), code.i64OfU32, ...price], plan), ...code.localGet(0)];
}

function charge(price: readonly number[], { globals }: GuardPlan): number[] {
  const fuel = code.globalGet(globals.fuel);
  return [
    ...[...fuel, ...price, code.i64Subtract, ...code.globalSet(globals.fuel)],
    ...[...fuel, ...code.i64(0), code.i64LessSigned, ...code.ifThen, code.unreachable, code.end],
  ];
}

const REFUSED = [...code.i32(-1), code.return];

function growMemory(plan: GuardPlan): number[] {
  const room = [...code.globalGet(plan.globals.pages), ...code.memorySize, code.i32Subtract];
  const price = [...code.localGet(0), code.i64OfU32, ...code.i64(PAGE_PRICE), code.i64Multiply];
  return [
    ...[...code.localGet(0), ...room, code.i32GreaterUnsigned],
    ...[...code.ifThen, ...REFUSED, code.end],
    ...charge(price, plan),
    ...[...code.localGet(0), ...code.memoryGrow, ...code.localTee(0)],
    ...failOfHost(plan),
    ...code.localGet(0),
  ];
}

function growTable(max: number | undefined, plan: GuardPlan): number[] {
  const entries = Math.min(max ?? STRUCTURE_LIMITS.tableEntries, STRUCTURE_LIMITS.tableEntries);
  const room = [...code.i32(entries), ...code.tableSize, code.i32Subtract];
  const price = [...code.localGet(1), code.i64OfU32, ...code.i64(TABLE_ENTRY_PRICE)];
  return [
    ...[...code.localGet(1), ...room, code.i32GreaterUnsigned],
    ...[...code.ifThen, ...REFUSED, code.end],
    ...charge([...price, code.i64Multiply], plan),
    ...[...code.localGet(0), ...code.localGet(1), ...code.tableGrow, ...code.localTee(1)],
    ...failOfHost(plan),
    ...code.localGet(1),
  ];
}

/** Within the limits only the host can refuse: that is not the module's doing. */
function failOfHost({ globals }: GuardPlan): number[] {
  const mark = [...code.i64(HOST_FAILED), ...code.globalSet(globals.stack)];
  return [...code.i32(-1), code.i32Equal, ...code.ifThen, ...mark, code.unreachable, code.end];
}
