/**
 * Plans made ready to run: everything that a definition says of them, looked up and compiled once.
 *
 * 1. Expressions are those that the checks of the definition compiled, so what was checked is what
 *    runs.
 * 2. Steps and edges are indices in the order of the plan.
 */
import {
  type PlanDefinition,
  type PlanSlot,
  type PlanStep,
  parseExpr,
  type WorldDefinition,
} from '@aos/air';
import { assert } from '@aos/canon';
import type { CompiledPlan, CompiledStep, CompiledTrigger, Condition } from './compiled-plan.js';
import { CORRELATION, type EventEquation, equationOf } from './event-match.js';
import { Slot } from './slot.js';

/** The plans of one manifest. */
export interface Plans {
  /** In the order of the manifest. */
  readonly names: readonly string[];
  get(name: string): CompiledPlan | undefined;
  /** In the order of the manifest. */
  triggersOf(schema: string): readonly CompiledTrigger[];
}

/** Compiles every plan of a definition; a definition was checked, so there is no refusal. */
export function compilePlans(definition: WorldDefinition): Plans {
  const plans = new Map<string, CompiledPlan>();
  for (const [name, plan] of definition.plans)
    plans.set(name, compilePlan(plan, definition.schemas));
  const triggers = new Map<string, CompiledTrigger[]>();
  for (const { event, plan, correlate_by } of definition.manifest.triggers ?? []) {
    const compiled = plans.get(plan);
    assert(compiled !== undefined, `the trigger of ${plan} was checked`);
    const trigger = { plan: compiled, correlateBy: correlate_by?.split('.') };
    const others = triggers.get(event);
    if (others === undefined) triggers.set(event, [trigger]);
    else others.push(trigger);
  }
  return {
    names: [...plans.keys()],
    get: (name) => plans.get(name),
    triggersOf: (schema) => triggers.get(schema) ?? [],
  };
}

function compilePlan(
  definition: PlanDefinition,
  schemas: WorldDefinition['schemas'],
): CompiledPlan {
  const { plan, input, output, slots, correlation } = definition;
  const stepOf = new Map(plan.steps.map(({ id }, i) => [id, i]));
  const compiler = new StepCompiler(definition, schemas);
  const steps = plan.steps.map((step, i) => compiler.compile(step, i));
  const edges = (plan.edges ?? []).map(({ from, to }, i) => ({
    from: indexOf(stepOf, from),
    to: indexOf(stepOf, to),
    guard: slots.has(`/edges/${i}/when`) ? conditionAt(slots, `/edges/${i}/when`) : undefined,
  }));
  const incoming: number[][] = steps.map(() => []);
  const outgoing: number[][] = steps.map(() => []);
  for (const [i, { from, to }] of edges.entries()) {
    incoming[to]?.push(i);
    outgoing[from]?.push(i);
  }
  return {
    name: plan.name,
    input,
    output,
    steps,
    stepOf,
    edges,
    incoming,
    outgoing,
    waitersOf: waitersOf(steps),
    invariants: (plan.invariants ?? []).map((_, i) => conditionAt(slots, `/invariants/${i}`)),
    shown: new Set([...slots.values()].flatMap((slot) => stepsIn(slot))),
    correlateBy: correlation?.path,
  };
}

/** The steps that wait for what each step makes. */
function waitersOf(steps: readonly CompiledStep[]): readonly (readonly number[])[] {
  const waiters: number[][] = steps.map(() => []);
  for (const [i, step] of steps.entries()) {
    if (step.op === 'await') for (const source of step.sources) waiters[source]?.push(i);
  }
  return waiters;
}

function stepsIn(slot: PlanSlot): readonly string[] {
  return slot.kind === 'program' ? [...slot.steps] : [];
}

function conditionAt(slots: PlanDefinition['slots'], at: string): Condition {
  const slot = slots.get(at);
  assert(slot?.kind === 'program', `the condition ${at} was compiled`);
  return { program: slot.program, vars: slot.vars, steps: slot.steps };
}

type AwaitEvent = Extract<PlanStep, { readonly op: 'await_event' }>;

class StepCompiler {
  /** Steps by the variables that hold their handles. */
  readonly #handles = new Map<string, number>();

  constructor(
    private readonly definition: PlanDefinition,
    private readonly schemas: WorldDefinition['schemas'],
  ) {
    for (const [i, step] of definition.plan.steps.entries()) {
      if (step.op === 'emit_effect') this.#handles.set(step.bind.effect_id_as, i);
      if (step.op === 'spawn_plan') this.#handles.set(step.bind.handle_as, i);
      if (step.op === 'spawn_for_each') this.#handles.set(step.bind.handles_as, i);
    }
  }

  compile(step: PlanStep, index: number): CompiledStep {
    const { id } = step;
    const slot = (field: string): Slot => this.#slot(`/steps/${index}/${field}`);
    switch (step.op) {
      case 'raise_event':
        return { op: step.op, id, event: step.event, value: slot('value') };
      case 'emit_effect': {
        const { kind, cap, deadline_ns, retry, idempotency_key } = step;
        return {
          op: step.op,
          id,
          effect: kind,
          cap,
          params: slot('params'),
          key: idempotency_key === undefined ? undefined : slot('idempotency_key'),
          deadlineNs: deadline_ns === undefined ? undefined : BigInt(deadline_ns),
          retry,
          handle: step.bind.effect_id_as,
        };
      }
      case 'await_event':
        return this.#awaitEvent(step, `/steps/${index}/where`);
      case 'assign':
        return { op: step.op, id, value: slot('expr'), bind: step.bind.as };
      case 'end':
        return { op: step.op, id, result: step.result === undefined ? undefined : slot('result') };
      case 'spawn_plan':
        return { op: step.op, id, plan: step.plan, input: slot('input') };
      case 'spawn_for_each': {
        const { plan, max_fanout: maxFanout } = step;
        return { op: step.op, id, plan, inputs: slot('inputs'), maxFanout };
      }
      default:
        return this.#handleStep(step);
    }
  }

  #awaitEvent({ op, id, event, where: json, bind }: AwaitEvent, at: string): CompiledStep {
    const base = { op, id, event, bind: bind.as };
    if (json === undefined) return { ...base, where: undefined, equation: undefined };
    const where = conditionAt(this.definition.slots, at);
    return { ...base, where, equation: this.#equation(json, event) };
  }

  /** A correlation that a step binds anew may change while others wait. */
  #equation(
    where: Exclude<AwaitEvent['where'], undefined>,
    event: string,
  ): EventEquation | undefined {
    const equation = equationOf(where, this.schemas.get(event)?.type);
    const isRebound = this.definition.plan.steps.some(
      (step) => 'bind' in step && Object.values(step.bind).includes(CORRELATION),
    );
    return equation?.root === 'correlation' && isRebound ? undefined : equation;
  }

  #handleStep(step: Extract<PlanStep, { readonly for: unknown }>): CompiledStep {
    const { id } = step;
    const sources = this.#sources(step);
    if (step.op === 'cancel') return { op: step.op, id, sources };
    const isStatusRead = this.definition.statusReads.has(id);
    const wants = WANTS[step.op];
    return { op: 'await', id, wants, sources, isStatusRead, bind: step.bind.as };
  }

  /** The steps whose handles a step names. */
  #sources(step: { readonly id: string; readonly for: unknown }): readonly number[] {
    const expr = parseExpr(step.for as Parameters<typeof parseExpr>[0]);
    assert(expr.ok, `what ${step.id} waits for was checked`);
    const refs = expr.value.kind === 'list' ? expr.value.items : [expr.value];
    return refs.map((ref) => {
      const name = ref.kind === 'ref' ? ref.path.join('.') : '';
      const source = this.#handles.get(name);
      assert(source !== undefined, `the handle ${name} of ${step.id} was checked`);
      return source;
    });
  }

  #slot(at: string): Slot {
    const slot = this.definition.slots.get(at);
    assert(slot !== undefined, `the slot ${at} was checked`);
    return new Slot(slot);
  }
}

const WANTS = {
  await_receipt: 'one',
  await_plan: 'one',
  await_all: 'all',
  await_any: 'any',
} as const;

function indexOf(stepOf: ReadonlyMap<string, number>, id: string): number {
  const index = stepOf.get(id);
  assert(index !== undefined, `the step ${id} of an edge was checked`);
  return index;
}
