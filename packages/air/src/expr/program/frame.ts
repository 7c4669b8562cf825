/**
 * One evaluation: what references stand for, and what may still be spent.
 *
 * Work is charged before it is done. What an expression costs depends on values alone, so every
 * machine stops at the same place.
 */
import { RefusalError, type Value } from '@aos/canon';
import type { ValueType } from '../../values/value-type.js';

/** The types of what an expression may refer to; what is undefined must not be referred to. */
export interface ExprEnvironment {
  readonly input?: ValueType;
  readonly vars: ReadonlyMap<string, ValueType>;
  readonly steps: ReadonlyMap<string, ValueType>;
  readonly event?: ValueType;
  /** Where hints for unknown names come from; without it each expression has a few of its own. */
  readonly hints?: NameHints;
}

/** Says which of the known names was probably meant; the advice when none was. */
interface NameHints {
  hint(found: string, known: Iterable<string>, advice?: string): string | undefined;
}

/** What references stand for: canonical values of the types of the environment. */
export interface Bindings {
  readonly input?: Value;
  readonly vars: ReadonlyMap<string, Value>;
  readonly steps: ReadonlyMap<string, Value>;
  readonly event?: Value;
}

export interface Bounds {
  /**
   * One for each expression, for each item or entry that is made or looked at, and for each 64
   * characters or bytes.
   */
  readonly steps: number;
  /** Items of a list or set over which a body is evaluated. */
  readonly items: number;
  /** Canonical bytes of the result. */
  readonly outputBytes: number;
}

/** 1 MiB is what a module may answer with; the others keep an evaluation within milliseconds. */
export const DEFAULT_BOUNDS: Bounds = { steps: 1_000_000, items: 10_000, outputBytes: 1_048_576 };

const UNITS_PER_STEP = 64;

export class Frame {
  /** Values of local names, by their slot. */
  readonly locals: Value[] = [];
  private stepsLeft: number;

  constructor(
    readonly bindings: Bindings,
    readonly bounds: Bounds,
  ) {
    this.stepsLeft = bounds.steps;
  }

  spend(steps: number): void {
    this.stepsLeft -= steps;
    if (this.stepsLeft < 0) {
      refuseValue('expr-steps', `expected at most ${this.bounds.steps} steps`);
    }
  }

  /** Charges work over this many characters or bytes. */
  spendUnits(units: number): void {
    this.spend(Math.ceil(units / UNITS_PER_STEP));
  }
}

/** Ends the evaluation with a refusal; which expression it was is not part of it. */
export function refuseValue(code: string, detail: string): never {
  throw new RefusalError({ code, at: '', detail });
}

/** How an expression is evaluated, once it is compiled. */
export type Run = (frame: Frame) => Value;

/** An expression that was checked and can be evaluated any number of times. */
export interface ExprProgram {
  /** What its values are: the expected type, or the one that was inferred. */
  readonly type: ValueType;
  /** Steps that an evaluation is charged to begin with. */
  readonly steps: number;
  readonly run: Run;
}
