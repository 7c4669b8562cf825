import { referencesOf } from '../../expr/ast.js';
import { parseExpr } from '../../expr/parse.js';
import type { ExactJson } from '../../forms/exact-json.js';
import type { DefPlan, PlanStep } from '../../forms/plan.js';

const SLOTS = ['value', 'params', 'idempotency_key', 'where', 'expr', 'result', 'input', 'inputs'];

/**
 * Waits whose status a plan reads, as `@step:<id>.status` or as `@step:<id>` altogether. Of all
 * others a status that is not `ok` fails the instance.
 */
export function statusReads(plan: DefPlan): ReadonlySet<string> {
  const waits = new Set(plan.steps.filter(isWait).map(({ id }) => id));
  const reads = new Set<string>();
  for (const json of waits.size === 0 ? [] : slotsOf(plan)) {
    const expr = parseExpr(json);
    for (const { root, path } of expr.ok ? referencesOf(expr.value) : []) {
      if (root !== 'step') continue;
      const whole = path.join('.');
      if (waits.has(whole)) reads.add(whole);
      else if (path.at(-1) === 'status') reads.add(path.slice(0, -1).join('.'));
    }
  }
  return new Set([...reads].filter((id) => waits.has(id)));
}

function isWait({ op }: PlanStep): boolean {
  return op === 'await_receipt' || op === 'await_plan' || op === 'await_all' || op === 'await_any';
}

function slotsOf(plan: DefPlan): readonly ExactJson[] {
  const inSteps = plan.steps.flatMap((step) => {
    const fields = step as unknown as { readonly [field: string]: ExactJson | undefined };
    return SLOTS.flatMap((slot) => fields[slot] ?? []);
  });
  const guards = (plan.edges ?? []).flatMap(({ when }) => when ?? []);
  return [...inSteps, ...guards, ...(plan.invariants ?? [])];
}
