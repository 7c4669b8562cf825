/** Checks every plan by itself: its graph, then what its steps, guards and invariants say. */
import type { DefPlan } from '../../forms/plan.js';
import type { Finding } from '../../world/finding.js';
import { slotSchemas } from '../../world/slot-schemas.js';
import type { DefinitionIndex, Placed } from '../definition-index.js';
import { type PlansContext, PlanTools, SameTypes } from './plan-tools.js';
import { checkSpawns } from './spawns.js';
import { StepGraph } from './step-graph.js';
import { checkStep } from './steps.js';
import { checkPlanStructure } from './structure.js';

export function checkPlans(index: DefinitionIndex): readonly Finding[] {
  const context: PlansContext = { index, schemas: slotSchemas(index), types: new SameTypes() };
  return [
    ...[...index.plans.values()].flatMap((plan) => checkPlan(plan, context)),
    ...checkSpawns(index),
  ];
}

function checkPlan(plan: Placed<DefPlan>, context: PlansContext): readonly Finding[] {
  const graph = new StepGraph(plan.value);
  const tools = new PlanTools(plan, graph, context);
  return [
    ...checkPlanStructure({ plan, graph }, context.index),
    ...checkSchemas(tools),
    ...checkSteps(tools),
    ...checkGuards(tools),
    ...checkInvariants(tools),
  ];
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
    const path = tools.path(`/edges/${i}/when`);
    const reader = tools.graph.stepOf.get(from);
    tools.expressions.condition(when, { path, reader, isAfter: true });
  }
  return tools.take();
}

/** Invariants are looked at after every step, so no order is asked of what they refer to. */
function checkInvariants(tools: PlanTools): readonly Finding[] {
  for (const [i, invariant] of (tools.plan.value.invariants ?? []).entries()) {
    const path = tools.path(`/invariants/${i}`);
    tools.expressions.condition(invariant, { path, reader: undefined });
  }
  return tools.take();
}
