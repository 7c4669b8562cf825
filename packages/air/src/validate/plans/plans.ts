/** Checks every plan by itself: its graph, then what its steps, guards and invariants say. */
import type { DefPlan } from '../../forms/plan.js';
import type { ValueType } from '../../values/value-type.js';
import { error, type Finding, pathOf } from '../../world/finding.js';
import { slotSchemas } from '../../world/slot-schemas.js';
import type { DefinitionIndex, Placed } from '../definition-index.js';
import type { CheckedPlan } from './plan-slots.js';
import { type PlansContext, PlanTools, SameTypes } from './plan-tools.js';
import { checkSpawns } from './spawns.js';
import { StepGraph } from './step-graph.js';
import { checkStep } from './steps.js';
import { checkPlanStructure } from './structure.js';

/** What the plans of a world came to: findings, and what running them needs. */
export interface CheckedPlans {
  readonly findings: readonly Finding[];
  /** By name, in the order of the manifest; of use when no finding is an error. */
  readonly plans: ReadonlyMap<string, CheckedPlan>;
}

export function checkPlans(index: DefinitionIndex): CheckedPlans {
  const context: PlansContext = { index, schemas: slotSchemas(index), types: new SameTypes() };
  const findings: Finding[] = [];
  const plans = new Map<string, CheckedPlan>();
  for (const [name, plan] of index.plans) {
    const checked = checkPlan(plan, context);
    findings.push(...checked.findings);
    plans.set(name, checked);
  }
  return { findings: [...findings, ...checkSpawns(index)], plans };
}

function checkPlan(
  plan: Placed<DefPlan>,
  context: PlansContext,
): CheckedPlan & { readonly findings: readonly Finding[] } {
  const graph = new StepGraph(plan.value);
  const { tools, findings } = checkTyped(plan, graph, context);
  const { expressions, reads, correlation } = tools;
  return {
    findings: [...checkPlanStructure({ plan, graph }, context.index), ...findings],
    slots: expressions.slots,
    statusReads: reads,
    correlation,
  };
}

/**
 * Passes over a plan. In one of them a variable may be read before the step is met that tells all
 * of its type; types only grow, so this many find what people write.
 */
const MAX_PASSES = 8;

/** Checks again with what is known then until nothing more is learnt. */
function checkTyped(
  plan: Placed<DefPlan>,
  graph: StepGraph,
  context: PlansContext,
): { readonly tools: PlanTools; readonly findings: readonly Finding[] } {
  let known: ReadonlyMap<string, ValueType> | undefined;
  for (let pass = 1; ; pass += 1) {
    const tools = new PlanTools(plan, graph, context, known);
    const findings = [
      ...checkSchemas(tools),
      ...checkSteps(tools),
      ...checkGuards(tools),
      ...checkInvariants(tools),
    ];
    if (!tools.isWidened) return { tools, findings };
    if (pass === MAX_PASSES) return { tools, findings: [...findings, tooWide(plan)] };
    known = tools.scope.vars;
  }
}

function tooWide(plan: Placed<DefPlan>): Finding {
  const message =
    'expected variables whose types are told where they are first bound, found others';
  const hint = 'declare in locals what is bound to an empty list or to null first';
  return error('variable-type-mismatch', pathOf(plan, '/steps'), message, hint);
}

function checkSchemas(tools: PlanTools): readonly Finding[] {
  const { input, output, locals } = tools.plan.value;
  tools.named(input, '/input');
  if (output !== undefined) tools.named(output, '/output');
  for (const [variable, schema] of Object.entries(locals ?? {})) {
    tools.named(schema, `/locals/${variable}`);
    if (!tools.scope.vars.has(variable)) {
      tools.warn('local-unused', `/locals/${variable}`, `no step binds ${variable}`);
    }
  }
  return tools.take();
}

/** Reads steps in the order of the edges, and reports in the order of the plan. */
function checkSteps(tools: PlanTools): readonly Finding[] {
  const { graph, scope } = tools;
  const ofStep = new Map<number, readonly Finding[]>();
  const ordered = new Set(graph.order);
  const others = Array.from({ length: graph.size }, (_, i) => i).filter((i) => !ordered.has(i));
  for (const i of [...graph.order, ...others]) {
    const step = tools.plan.value.steps[i];
    if (step === undefined) continue;
    const type = checkStep(tools, step, i);
    if (graph.stepOf.get(step.id) === i) scope.steps.set(step.id, type);
    ofStep.set(i, tools.take());
  }
  return Array.from({ length: graph.size }, (_, i) => ofStep.get(i) ?? []).flat();
}

/** A guard is evaluated when its source is done. */
function checkGuards(tools: PlanTools): readonly Finding[] {
  for (const [i, { from, when }] of (tools.plan.value.edges ?? []).entries()) {
    if (when === undefined) continue;
    const reader = tools.graph.stepOf.get(from);
    tools.expressions.condition(when, { at: `/edges/${i}/when`, reader, isAfter: true });
  }
  return tools.take();
}

/** Invariants are looked at after every step, so no order is asked of what they refer to. */
function checkInvariants(tools: PlanTools): readonly Finding[] {
  for (const [i, invariant] of (tools.plan.value.invariants ?? []).entries()) {
    tools.expressions.condition(invariant, { at: `/invariants/${i}`, reader: undefined });
  }
  return tools.take();
}
