/** What must be said before a step is done: its invariants, and the guards of its edges. */
import { evaluate } from '@aos/air';
import type { CompiledStep, Condition } from './compile/compiled-plan.js';
import type { RunningInstance } from './running-instance.js';

/**
 * The code of the first invariant that does not hold now that a step is done. One that refers to
 * what has no value yet holds; one that refers to nothing that the step has set still does.
 */
export function brokenInvariant(
  run: RunningInstance,
  { id }: CompiledStep,
  variable: string | undefined,
): string | undefined {
  for (const invariant of run.plan.invariants) {
    if (!concerns(invariant, id, variable)) continue;
    const holds = evaluate(invariant.program, run.bindings);
    if (!holds.ok && holds.refusal.code !== 'expr-missing') return holds.refusal.code;
    if (holds.ok && holds.value !== true) return 'invariant-violation';
  }
  return undefined;
}

function concerns({ vars, steps }: Condition, id: string, variable: string | undefined): boolean {
  const isOfInput = vars.size === 0 && steps.size === 0;
  return isOfInput || steps.has(id) || (variable !== undefined && vars.has(variable));
}

/** The edges out of a step whose guards hold; the code of the first guard that cannot be said. */
export function takenEdges(run: RunningInstance, index: number): ReadonlySet<number> | string {
  const taken = new Set<number>();
  for (const edge of run.plan.outgoing[index] ?? []) {
    const guard = run.plan.edges[edge]?.guard;
    const holds = guard === undefined ? undefined : evaluate(guard.program, run.bindings);
    if (holds !== undefined && !holds.ok) return holds.refusal.code;
    if (holds === undefined || holds.value === true) taken.add(edge);
  }
  return taken;
}
