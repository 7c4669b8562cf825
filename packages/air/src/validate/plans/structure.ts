/** Checks the steps and edges of plans, without reading expressions. */
import type { DefPlan } from '../../forms/plan.js';
import { isJsonObject } from '../../json/value.js';
import { nameSome } from '../../values/node.js';
import { error, type Finding, pathOf, warning } from '../../world/finding.js';
import type { DefinitionIndex, Placed } from '../definition-index.js';
import { type GraphEdge, MAX_PLAN_STEPS, type StepGraph } from './step-graph.js';

type Plan = Placed<DefPlan>;

/** A plan and its graph, as the checks of plans share them. */
export interface GraphedPlan {
  readonly plan: Plan;
  readonly graph: StepGraph;
}

export function checkPlanStructure(
  { plan, graph }: GraphedPlan,
  index: DefinitionIndex,
): readonly Finding[] {
  return [
    ...checkSize(plan),
    ...checkSteps(plan),
    ...checkEdges(plan, graph, index),
    ...checkCycle(plan, graph),
    ...checkReached(plan, graph),
    ...checkDeclared(plan),
    ...checkHandles(plan),
    ...checkEnds(plan),
  ];
}

function checkSize(plan: Plan): readonly Finding[] {
  const found = plan.value.steps.length;
  if (found <= MAX_PLAN_STEPS) return [];
  const message = `expected at most ${MAX_PLAN_STEPS} steps, found ${found}`;
  return [
    error('plan-size', pathOf(plan, '/steps'), message, 'split it into plans that it spawns'),
  ];
}

function checkSteps(plan: Plan): readonly Finding[] {
  const seen = new Map<string, number>();
  return plan.value.steps.flatMap(({ id }, i) => {
    const first = seen.get(id);
    if (first === undefined) seen.set(id, i);
    if (first === undefined) return [];
    const message = `expected one step ${id}, found it again after step ${first}`;
    return [error('step-duplicate', pathOf(plan, `/steps/${i}/id`), message)];
  });
}

function checkEdges(plan: Plan, graph: StepGraph, index: DefinitionIndex): readonly Finding[] {
  const seen = new Set<string>();
  return (plan.value.edges ?? []).flatMap((edge, i) => {
    const at = `/edges/${i}`;
    const missing = (['from', 'to'] as const).flatMap((end) => {
      if (graph.stepOf.has(edge[end])) return [];
      const message = `expected a step of this plan, found ${edge[end]}`;
      const hint = index.hint(edge[end], graph.stepOf.keys());
      return [error('edge-unknown-step', pathOf(plan, `${at}/${end}`), message, hint)];
    });
    const pair = `${edge.from} ${edge.to}`;
    const isNew = !seen.has(pair);
    seen.add(pair);
    if (isNew) return missing;
    const message = `expected one edge from ${edge.from} to ${edge.to}, found a second`;
    const hint = 'join the two guards with "or"';
    return [...missing, error('edge-duplicate', pathOf(plan, at), message, hint)];
  });
}

function checkCycle(plan: Plan, graph: StepGraph): readonly Finding[] {
  const cycle = graph.cycle();
  if (cycle === undefined) return [];
  const along = nameSome(cycle.map((step) => plan.value.steps[step]?.id ?? ''));
  const message = `expected edges that lead forward only, found a circle of ${along}`;
  const hint = 'repeat with retry, with spawn_for_each, or by an event that starts the plan again';
  return [error('plan-cyclic', pathOf(plan, '/edges'), message, hint)];
}

/** No edge of an end is ever taken, nor one whose guard is false. */
function checkReached(plan: Plan, graph: StepGraph): readonly Finding[] {
  if (!graph.isSound) return [];
  const { steps, edges } = plan.value;
  const isOpen = ({ from, index }: GraphEdge): boolean =>
    steps[from]?.op !== 'end' && !isFalse(edges?.[index]?.when);
  const reached = graph.reached(isOpen);
  return steps.slice(0, graph.size).flatMap(({ id }, i) => {
    if (reached.has(i)) return [];
    const message = `${id} never runs: every path to it passes an end or a guard that is false`;
    return [warning('step-unreachable', pathOf(plan, `/steps/${i}`), message)];
  });
}

function isFalse(guard: unknown): boolean {
  return isJsonObject(guard as never) && (guard as { readonly bool?: unknown }).bool === false;
}

/** What a plan declares to use is what its steps use; what it leaves out is derived. */
function checkDeclared(plan: Plan): readonly Finding[] {
  const { steps, required_caps, allowed_effects } = plan.value;
  const emits = steps.flatMap((step) => (step.op === 'emit_effect' ? [step] : []));
  const caps = new Set(emits.map(({ cap }) => cap));
  const kinds = new Set(emits.map(({ kind }) => kind));
  return [
    ...compare('plan-caps-mismatch', pathOf(plan, '/required_caps'), required_caps, caps),
    ...compare('plan-effects-mismatch', pathOf(plan, '/allowed_effects'), allowed_effects, kinds),
  ];
}

function compare(
  code: string,
  path: string,
  declared: readonly string[] | undefined,
  used: ReadonlySet<string>,
): readonly Finding[] {
  if (declared === undefined) return [];
  const names = new Set(declared);
  const missing = [...used].filter((each) => !names.has(each)).sort();
  const idle = declared.filter((each) => !used.has(each));
  if (missing.length + idle.length === 0) return [];
  const found = [
    ...(missing.length === 0 ? [] : [`no ${nameSome(missing)}`]),
    ...(idle.length === 0 ? [] : [`unused ${nameSome(idle)}`]),
  ].join(' and ');
  const message = `expected exactly what the steps use, found ${found}`;
  return [error(code, path, message, 'leave the field out to have it derived')];
}

/** The variables that hold what is waited for, with the pointer to where each is bound. */
function checkHandles(plan: Plan): readonly Finding[] {
  const seen = new Map<string, string>();
  return plan.value.steps.flatMap((step, i) => {
    const bound = handleOf(step);
    if (bound === undefined) return [];
    const [field, name] = bound;
    const first = seen.get(name);
    if (first === undefined) seen.set(name, step.id);
    if (first === undefined) return [];
    const message = `expected a handle of its own, found ${name}, which ${first} binds`;
    return [error('handle-duplicate', pathOf(plan, `/steps/${i}/bind/${field}`), message)];
  });
}

type HandleField = 'effect_id_as' | 'handle_as' | 'handles_as';

function handleOf(step: DefPlan['steps'][number]): readonly [HandleField, string] | undefined {
  if (step.op === 'emit_effect') return ['effect_id_as', step.bind.effect_id_as];
  if (step.op === 'spawn_plan') return ['handle_as', step.bind.handle_as];
  if (step.op === 'spawn_for_each') return ['handles_as', step.bind.handles_as];
  return undefined;
}

/** A plan has an output exactly if its ends give results. */
function checkEnds(plan: Plan): readonly Finding[] {
  const { steps, output } = plan.value;
  const findings = steps.flatMap((step, i) => {
    if (step.op !== 'end' || (step.result === undefined) === (output === undefined)) return [];
    const path = pathOf(plan, `/steps/${i}`);
    if (output === undefined) {
      const message = 'expected no result, since the plan declares no output';
      return [error('end-result-unexpected', `${path}/result`, message, 'declare the output')];
    }
    return [error('end-result-missing', path, `expected a result in ${output}`)];
  });
  if (output === undefined || steps.some(({ op }) => op === 'end')) return findings;
  const message = `expected an end with a result in ${output}, found no end`;
  return [...findings, error('end-missing', pathOf(plan, '/output'), message, 'add an end step')];
}
