/**
 * What the guard adds to a module, by index: globals and functions behind the module's own, so that
 * nothing is renumbered.
 */
import type { ModuleOutline } from './outline.js';

/** Globals of the guard, all i64 but the last. */
interface GuardGlobals {
  /** What is left of the call's fuel; below zero it is used up. */
  readonly fuel: number;
  /** Stack slots left; below zero the stack has overflowed, at its lowest the host failed. */
  readonly stack: number;
  /** Pages that memory may have (i32). */
  readonly pages: number;
  /** The first copy of a mutable global; the others follow in order. */
  readonly copies: number;
}

/** Functions of the guard. */
interface GuardFunctions {
  /** `(fuel: f64, slots: i32, pages: i32)`: what the coming call may use. */
  readonly begin: number;
  /** `() -> f64`: fuel left, or below zero one of {@link VERDICT}. */
  readonly end: number;
  /** `()`: copies the mutable globals, and copies them back. */
  readonly save: number;
  readonly restore: number;
  /** `memory.grow` under the limit. */
  readonly growMemory: number;
  /** `(length: i32) -> i32`: charges bulk memory, and tables, by length. */
  readonly meterBytes: number;
  readonly meterEntries: number;
  /** `table.grow` under the limit. */
  readonly growTable: number;
}

/** What `end` says when there is no fuel left to speak of. */
export const VERDICT = { outOfFuel: -1, stackOverflow: -2, hostMemory: -3 } as const;

export interface GuardPlan {
  readonly globals: GuardGlobals;
  readonly functions: GuardFunctions;
}

export function planGuard({ globals, functions }: ModuleOutline): GuardPlan {
  const [global, first] = [globals.length, functions.length];
  return {
    globals: { fuel: global, stack: global + 1, pages: global + 2, copies: global + 3 },
    functions: {
      ...{ begin: first, end: first + 1, save: first + 2, restore: first + 3 },
      ...{ growMemory: first + 4, meterBytes: first + 5, meterEntries: first + 6 },
      growTable: first + 7,
    },
  };
}
