/** The expressions and values of a plan as its checks leave them: typed, compiled, ready to run. */
import type { ExprProgram } from '../../expr/program/frame.js';
import type { CompiledSchema } from '../../values/schema.js';
import type { ValueType } from '../../values/value-type.js';

/**
 * One place of a plan that takes an expression or a value.
 *
 * What was checked is what runs: `program` is what the check of the plan compiled, with the types
 * of variables and steps that it found.
 */
export type PlanSlot =
  | {
      readonly kind: 'program';
      readonly program: ExprProgram;
      /** The schema of the slot; undefined where any type may stand. */
      readonly schema: CompiledSchema | undefined;
      /** Names of the variables and steps that it refers to. */
      readonly vars: ReadonlySet<string>;
      readonly steps: ReadonlySet<string>;
    }
  | {
      readonly kind: 'value';
      readonly schema: CompiledSchema;
      /** Canonical in the schema. */
      readonly bytes: Uint8Array;
    };

/** What the checks of a plan found out that running it needs. */
export interface CheckedPlan {
  /** By JSON pointer into the plan, such as `/steps/3/params` or `/edges/0/when`. */
  readonly slots: ReadonlyMap<string, PlanSlot>;
  /** Waits whose status the plan reads: ids of steps. */
  readonly statusReads: ReadonlySet<string>;
  /** What correlates its instances; undefined when no trigger of the plan says. */
  readonly correlation: PlanCorrelation | undefined;
}

/** The field of the input that correlates instances of a plan. */
export interface PlanCorrelation {
  readonly path: readonly string[];
  readonly type: ValueType;
}
