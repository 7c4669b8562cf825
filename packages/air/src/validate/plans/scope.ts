/**
 * What the names in a plan stand for, and from which step on.
 *
 * P1. Steps are read in the order of the edges, so what a step refers to has its type before it.
 * P2. A name whose type is not known, because something is wrong with it, is `never`: whatever
 *     refers to it is left alone.
 */
import type { RefExpr } from '../../expr/ast.js';
import type { DefPlan, PlanStep } from '../../forms/plan.js';
import { NEVER, type ValueType } from '../../values/value-type.js';
import type { StepGraph } from './step-graph.js';

/** The variable that holds the correlation of the trigger. */
export const CORRELATION = 'correlation_id';

/** Who evaluates a reference, and whether it is done by then. */
export interface Reader {
  readonly reader: number | undefined;
  readonly isAfter?: boolean;
}

export class PlanScope {
  readonly vars = new Map<string, ValueType>();
  readonly steps = new Map<string, ValueType>();
  /** Steps that bind each variable. */
  private readonly binders = new Map<string, number[]>();

  constructor(
    private readonly plan: DefPlan,
    private readonly graph: StepGraph,
  ) {
    plan.steps.slice(0, graph.size).forEach((step, i) => {
      this.steps.set(step.id, NEVER);
      const name = boundBy(step);
      if (name === undefined) return;
      this.vars.set(name, NEVER);
      const binders = this.binders.get(name);
      if (binders === undefined) this.binders.set(name, [i]);
      else binders.push(i);
    });
  }

  /** The names that a reference needs and that no step has set when it is evaluated. */
  unset(ref: RefExpr, by: Reader): readonly string[] {
    const { reader } = by;
    if (reader === undefined || !this.graph.isSound) return [];
    const known = ref.root === 'var' ? this.vars : ref.root === 'step' ? this.steps : undefined;
    const name = known && nameIn(ref, known);
    if (name === undefined) return [];
    const setters = ref.root === 'var' ? this.binders.get(name) : [this.graph.stepOf.get(name)];
    const isSet =
      setters === undefined ||
      setters.some((setter) => setter !== undefined && this.comesBefore(setter, reader, by));
    return isSet ? [] : [`@${ref.root}:${name}`];
  }

  /**
   * A step comes before another when edges lead from it to the other. Of two steps that are ready
   * together the earlier one of the plan runs first, unless it waits.
   */
  private comesBefore(step: number, reader: number, { isAfter }: Reader): boolean {
    if (step === reader) return isAfter === true;
    if (this.graph.leads(step, reader)) return true;
    if (step > reader || WAITING.has(this.plan.steps[step]?.op ?? '')) return false;
    const edges = this.graph.incoming[step] ?? [];
    return edges.every(({ from }) => this.graph.leads(from, reader));
  }
}

/** The longest name that is known: names of variables and steps may have dots. */
export function nameIn(ref: RefExpr, known: { has(name: string): boolean }): string | undefined {
  for (let taken = ref.path.length; taken > 0; taken -= 1) {
    const name = ref.path.slice(0, taken).join('.');
    if (known.has(name)) return name;
  }
  return undefined;
}

const WAITING: ReadonlySet<string> = new Set([
  'await_receipt',
  'await_event',
  'await_plan',
  'await_all',
  'await_any',
]);

/** The variable that a step binds. */
function boundBy(step: PlanStep): string | undefined {
  if (!('bind' in step)) return undefined;
  const [name] = Object.values(step.bind);
  return name;
}
