/**
 * Plans as typed graphs of steps.
 *
 * A step answers with what it leads to: a handle to wait for, or an expression to read. Whoever
 * uses either stands after that step in the graph; `after` orders steps that share no data, and
 * `when` lets a step run only if a condition holds.
 */
import type { DefPlan } from '../../forms/plan.js';
import type { AnyEffect, Effect, Grant, Secret } from '../authority.js';
import type { AnyTyped } from '../expr/expr.js';
import type { Expr, Input, Settles, Typed } from '../expr/typed.js';
import type { Shaped } from '../shape.js';
import type { AnySchema, Name, Schema } from '../types.js';
import type { StepNode } from './graph.js';

/** A step of the plan that is being written. */
export interface Step {
  readonly step: StepNode;
}

/** Something under way, to be awaited or cancelled: an effect, or an instance of another plan. */
export interface Handle<S, K extends 'effect' | 'plan'> extends Step, Shaped<S> {
  readonly waits: K;
  readonly variable: string;
}

/** All that one `spawnEach` started. */
export interface Handles<S> extends Step, Shaped<S> {
  readonly waits: 'plans';
  readonly variable: string;
}

/** The plan is over. */
export interface Ended extends Step {
  readonly ended: true;
}

export interface StepOptions {
  /** Steps to come after, beyond those whose values are used. */
  readonly after?: Step | AnyTyped | readonly (Step | AnyTyped)[];
  /** Runs only if this holds; otherwise the step is skipped, and what reads it too. */
  readonly when?: Typed<'bool'>;
}

export interface BindOptions extends StepOptions {
  /** Name of the variable; that of the step when absent. */
  readonly as?: string;
}

export interface EmitOptions<C extends string> extends BindOptions {
  /** Under which grant; one that allows just this is generated when absent. */
  readonly grant?: Grant<C>;
  /** Effects with one explicit key are one effect. */
  readonly key?: Input<'hash'>;
  /** Logical time after which the effect counts as timed out. */
  readonly deadlineNs?: number | bigint;
  readonly retry?: Retry;
}

/** Waiting before attempt n + 1: `initialNs × factor^(n - 1)`, at most `maxNs`. */
export interface Retry {
  /** Attempts, the first one among them. */
  readonly max: number;
  readonly initialNs: number | bigint;
  /** 2 when absent. */
  readonly factor?: number;
  readonly maxNs?: number | bigint;
}

/** How an awaited effect went; who reads `status` answers for the effect's failure. */
type EffectOutcome<R> = {
  readonly record: {
    readonly status: 'text';
    readonly receipt: { readonly option: R };
    readonly error: { readonly option: 'text' };
    readonly adapter_id: 'text';
    readonly cost_cents: { readonly option: 'nat' };
  };
};

/** How an awaited plan went; who reads `status` answers for the plan's failure. */
type PlanOutcome<O> = {
  readonly record: {
    readonly status: 'text';
    readonly result: { readonly option: O };
    readonly code: { readonly option: 'text' };
  };
};

type Outcome<S, K> = K extends 'effect' ? EffectOutcome<S> : PlanOutcome<S>;

/** The value of something awaited; `outcome(it)` tells how it went. */
type Settled<S, W> = Expr<S> & Settles<W>;

export interface PlanBuilder<C, O> {
  /** Starts an effect. */
  emit<P, R, T extends string>(
    id: string,
    effect: Effect<P, R, T, 'plan' | 'both'>,
    params: Input<P>,
    options?: EmitOptions<NoInfer<T>>,
  ): Handle<R, 'effect'>;
  /** Waits for an effect or a plan; its receipt, or its result. */
  await<S, K extends 'effect' | 'plan'>(
    id: string,
    handle: Handle<S, K>,
    options?: BindOptions,
  ): Settled<S, Outcome<S, K>>;
  /** Starts an effect and waits for it, in steps `id` and `id_receipt`. */
  call<P, R, T extends string>(
    id: string,
    effect: Effect<P, R, T, 'plan' | 'both'>,
    params: Input<P>,
    options?: EmitOptions<NoInfer<T>>,
  ): Settled<R, EffectOutcome<R>>;
  /** Starts an instance of another plan. */
  spawn<I, O>(
    id: string,
    plan: Plan<I, O>,
    input: Input<I>,
    options?: BindOptions,
  ): Handle<O, 'plan'>;
  /** Starts an instance for each input; more than `max` inputs fail the plan. */
  spawnEach<I, O>(
    id: string,
    plan: Plan<I, O>,
    inputs: Input<{ readonly list: I }>,
    options: BindOptions & { readonly max: number },
  ): Handles<O>;
  /** Waits for all; their values in the order of the handles. */
  awaitAll<S, K extends 'effect' | 'plan'>(
    id: string,
    handles: Handles<S> | readonly Handle<S, K>[],
    options?: BindOptions,
  ): Settled<{ readonly list: S }, { readonly list: Outcome<S, K> }>;
  /** Waits for the first; the others go on. */
  awaitAny<S, K extends 'effect' | 'plan'>(
    id: string,
    handles: Handles<S> | readonly Handle<S, K>[],
    options?: BindOptions,
  ): Expr<{ readonly record: { readonly index: 'nat'; readonly value: S } }>;
  /** Ends what is still under way; the await sees the status `cancelled`. */
  cancel(
    id: string,
    // biome-ignore lint/suspicious/noExplicitAny: what is cancelled may be of any shape
    what: AnyHandle | readonly AnyHandle[] | Handles<any>,
    options?: StepOptions,
  ): Step;
  /** Waits for an event that comes from now on and for which `where` holds. */
  awaitEvent<S>(
    id: string,
    event: Schema<S>,
    options?: BindOptions & { readonly where?: (event: Expr<S>) => Typed<'bool'> },
  ): Expr<S>;
  raise<S>(id: string, event: Schema<S>, value: Input<S>, options?: StepOptions): Step;
  /** Keeps a value under a name; with `local`, its schema is written down as well. */
  assign<S>(
    id: string,
    value: Typed<S>,
    options?: BindOptions & { readonly local?: Schema<S> },
  ): Expr<S>;
  /** Ends the plan after all steps written so far, unless `after` or `when` says otherwise. */
  end(
    id: string,
    ...rest: [O] extends [never]
      ? [options?: StepOptions]
      : [result: Input<O>, options?: StepOptions]
  ): Ended;
  /** Must hold after every step. */
  invariant(condition: Typed<'bool'>): void;
  /** The field named in `correlateBy`, under which triggered instances are known. */
  readonly correlationId: Expr<C>;
}

// biome-ignore lint/suspicious/noExplicitAny: shapes are invariant, so nothing else means "any"
type AnyHandle = Handle<any, 'effect' | 'plan'>;

/** What plans ask of the outside, and under which grant. */
export interface Use {
  readonly effect: AnyEffect;
  readonly grant: Grant;
}

export interface Plan<I, O> {
  readonly name: Name;
  readonly input: Schema<I>;
  /** The schema of its result; a plan without one has the result unit. */
  readonly output: Schema<O> | undefined;
  readonly correlateBy: string | undefined;
  readonly definition: DefPlan;
  readonly uses: readonly Use[];
  /** Secrets in the parameters of its effects. */
  readonly secrets: readonly Secret[];
  /** Schemas that the plan names, beyond input and output. */
  readonly schemas: readonly AnySchema[];
  /** Plans that it starts. */
  readonly children: readonly AnyPlan[];
}

// biome-ignore lint/suspicious/noExplicitAny: shapes are invariant, so nothing else means "any"
export type AnyPlan = Plan<any, any>;
