/** What a plan is when it runs. */
import type { CompiledSchema, ExprProgram, RetryRule } from '@aos/air';
import type { EventEquation } from './event-match.js';
import type { Slot } from './slot.js';

/** A guard, a predicate or an invariant, with what it refers to. */
export interface Condition {
  readonly program: ExprProgram;
  readonly vars: ReadonlySet<string>;
  readonly steps: ReadonlySet<string>;
}

export interface RaiseStep {
  readonly op: 'raise_event';
  readonly id: string;
  readonly event: string;
  readonly value: Slot;
}

export interface EmitStep {
  readonly op: 'emit_effect';
  readonly id: string;
  /** Kind of the effect. */
  readonly effect: string;
  /** Name of the grant. */
  readonly cap: string;
  readonly params: Slot;
  readonly key: Slot | undefined;
  /** From the emission of an attempt on. */
  readonly deadlineNs: bigint | undefined;
  readonly retry: RetryRule | undefined;
  /** The variable of its handle. */
  readonly handle: string;
}

/** Waits for effects or children. */
export interface AwaitStep {
  readonly op: 'await';
  readonly id: string;
  readonly wants: 'one' | 'all' | 'any';
  /** The steps that made what it waits for; of `spawn_for_each` all of them. */
  readonly sources: readonly number[];
  /** Whatever is not `ok` fails the instance, unless the plan looks at the status. */
  readonly isStatusRead: boolean;
  readonly bind: string;
}

export interface AwaitEventStep {
  readonly op: 'await_event';
  readonly id: string;
  readonly event: string;
  readonly where: Condition | undefined;
  /** What the `where` begins with, if it asks for one field. */
  readonly equation: EventEquation | undefined;
  readonly bind: string;
}

export interface AssignStep {
  readonly op: 'assign';
  readonly id: string;
  readonly value: Slot;
  readonly bind: string;
}

export interface EndStep {
  readonly op: 'end';
  readonly id: string;
  readonly result: Slot | undefined;
}

export interface SpawnStep {
  readonly op: 'spawn_plan';
  readonly id: string;
  readonly plan: string;
  readonly input: Slot;
}

export interface SpawnForEachStep {
  readonly op: 'spawn_for_each';
  readonly id: string;
  readonly plan: string;
  readonly inputs: Slot;
  readonly maxFanout: number;
}

export interface CancelStep {
  readonly op: 'cancel';
  readonly id: string;
  readonly sources: readonly number[];
}

export type CompiledStep =
  | RaiseStep
  | EmitStep
  | AwaitStep
  | AwaitEventStep
  | AssignStep
  | EndStep
  | SpawnStep
  | SpawnForEachStep
  | CancelStep;

interface CompiledEdge {
  readonly from: number;
  readonly to: number;
  readonly guard: Condition | undefined;
}

export interface CompiledPlan {
  readonly name: string;
  readonly input: CompiledSchema;
  readonly output: CompiledSchema | undefined;
  readonly steps: readonly CompiledStep[];
  readonly stepOf: ReadonlyMap<string, number>;
  readonly edges: readonly CompiledEdge[];
  /** Edges into and out of each step, in the order of the plan. */
  readonly incoming: readonly (readonly number[])[];
  readonly outgoing: readonly (readonly number[])[];
  /** The steps that wait for what each step makes. */
  readonly waitersOf: readonly (readonly number[])[];
  readonly invariants: readonly Condition[];
  /** The steps whose values an expression refers to; those of others are not kept. */
  readonly shown: ReadonlySet<string>;
  /** The field of the input that correlates its instances; undefined when none does. */
  readonly correlateBy: readonly string[] | undefined;
}

/** What an event starts. */
export interface CompiledTrigger {
  readonly plan: CompiledPlan;
  /** The field of the event that correlates; undefined when it is that of the plan. */
  readonly correlateBy: readonly string[] | undefined;
}
