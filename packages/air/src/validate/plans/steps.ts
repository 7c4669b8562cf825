/** Checks what one step of a plan says, and learns the types of what it sets. */
import type {
  EmitEffectStep,
  PlanStep,
  SpawnForEachStep,
  SpawnPlanStep,
} from '../../forms/plan.js';
import { isJsonList, isJsonObject } from '../../json/value.js';
import {
  handleType,
  listType,
  NEVER,
  SCALAR_TYPES,
  type ValueType,
} from '../../values/value-type.js';
import type { Position, SlotSchema } from './expressions.js';
import type { PlanTools } from './plan-tools.js';
import { emittedType, raisedType } from './step-types.js';
import { checkWait } from './waits.js';

/** Answers with the type of `@step:<id>`. */
export function checkStep(tools: PlanTools, step: PlanStep, index: number): ValueType {
  const at = `/steps/${index}`;
  const slot = (field: string): Position => ({ at: `${at}/${field}`, reader: index });
  switch (step.op) {
    case 'raise_event': {
      const schema = tools.named(step.event, `${at}/event`);
      return raisedType(tools.expressions.slot(step.value, slot('value'), schema));
    }
    case 'emit_effect':
      return checkEmit(tools, step, at, slot);
    case 'assign': {
      const type = tools.expressions.slot(step.expr, slot('expr'), tools.local(step.bind.as));
      return bindAssigned(tools, step.bind.as, type, at);
    }
    case 'end': {
      const { output } = tools.plan.value;
      if (step.result === undefined) return SCALAR_TYPES.unit;
      const schema = output === undefined ? 'unknown' : tools.schemas.schema(output);
      return tools.expressions.slot(step.result, slot('result'), schema ?? 'unknown');
    }
    case 'spawn_plan':
      return checkSpawn(tools, step, at, slot);
    case 'spawn_for_each':
      return checkSpawnForEach(tools, step, at, slot);
    default:
      return checkWait(tools, step, index);
  }
}

type SlotAt = (field: string) => Position;

function checkEmit(tools: PlanTools, step: EmitEffectStep, at: string, slot: SlotAt): ValueType {
  const { index, schemas, expressions } = tools;
  const effect = index.effectsByKind.get(step.kind)?.value;
  if (effect === undefined) {
    tools.report.push(index.missing('effect-not-found', tools.path(`${at}/kind`), step.kind));
  } else if (effect.origin_scope === 'reducer') {
    const message = `expected an effect that plans may emit, found ${step.kind}`;
    const hint = `${effect.name} is for reducers; list a version of it that is for both`;
    tools.fail('effect-origin-scope', `${at}/kind`, message, hint);
  }
  checkGrant(tools, step, at, effect?.cap_type);
  checkRetry(tools, step, at);
  const params = schemas.effectParams(step.kind) ?? 'unknown';
  const type = expressions.slot(step.params, slot('params'), params);
  if (step.idempotency_key !== undefined) {
    expressions.slot(step.idempotency_key, slot('idempotency_key'), schemas.idempotencyKey);
  }
  const receipt = effect === undefined ? undefined : schemas.schema(effect.receipt_schema)?.type;
  bindHandle(tools, step.bind.effect_id_as, handleType('effect', receipt ?? NEVER));
  return emittedType(type);
}

function checkGrant(
  tools: PlanTools,
  step: EmitEffectStep,
  at: string,
  capType: string | undefined,
): void {
  const grant = tools.index.grants.get(step.cap);
  if (grant === undefined) {
    tools.report.push(tools.index.missing('grant-not-found', tools.path(`${at}/cap`), step.cap));
  } else if (capType !== undefined && grant.capType !== undefined && capType !== grant.capType) {
    const message = `expected a grant of the type ${capType}, found ${step.cap}`;
    tools.fail('grant-type-mismatch', `${at}/cap`, `${message}, which is of ${grant.capType}`);
  }
}

function checkRetry(tools: PlanTools, { deadline_ns, retry }: EmitEffectStep, at: string): void {
  if (deadline_ns !== undefined && BigInt(deadline_ns) === 0n) {
    const message = 'expected a deadline after the effect is emitted, found 0';
    tools.fail('deadline-range', `${at}/deadline_ns`, message, 'leave it out to have none');
  }
  const { initial_ns, max_ns } = retry?.backoff ?? {};
  if (initial_ns === undefined || max_ns === undefined || max_ns >= initial_ns) return;
  const message = `expected at least initial_ns, ${initial_ns}, found ${max_ns}`;
  tools.fail('retry-range', `${at}/retry/backoff/max_ns`, message);
}

function checkSpawn(tools: PlanTools, step: SpawnPlanStep, at: string, slot: SlotAt): ValueType {
  const child = checkChild(tools, step.plan, at);
  const schema = child ? (tools.schemas.planInput(step.plan) ?? 'unknown') : 'unknown';
  tools.expressions.slot(step.input, slot('input'), schema);
  bindHandle(tools, step.bind.handle_as, handleType('plan', outputOf(tools, step.plan)));
  return SCALAR_TYPES.unit;
}

function checkSpawnForEach(
  tools: PlanTools,
  step: SpawnForEachStep,
  at: string,
  slot: SlotAt,
): ValueType {
  const child = checkChild(tools, step.plan, at);
  const schema: SlotSchema = (child && tools.schemas.planInputs(step.plan)) || 'unknown';
  tools.expressions.slot(step.inputs, slot('inputs'), schema);
  const handle = handleType('plan', outputOf(tools, step.plan));
  bindHandle(tools, step.bind.handles_as, listType(handle));
  const inputs = isJsonObject(step.inputs) ? step.inputs.list : step.inputs;
  if (isJsonList(inputs) && inputs.length > step.max_fanout) {
    const message = `expected at most ${step.max_fanout} inputs, found ${inputs.length}`;
    tools.fail('fanout-exceeded', `${at}/inputs`, message);
  }
  return SCALAR_TYPES.unit;
}

function checkChild(tools: PlanTools, plan: string, at: string): boolean {
  if (tools.index.plans.has(plan)) return true;
  tools.report.push(tools.index.missing('plan-not-found', tools.path(`${at}/plan`), plan));
  return false;
}

/** What a plan ends with: unit when it has no output. */
function outputOf(tools: PlanTools, plan: string): ValueType {
  const child = tools.index.plans.get(plan)?.value;
  if (child === undefined) return NEVER;
  if (child.output === undefined) return SCALAR_TYPES.unit;
  return tools.schemas.schema(child.output)?.type ?? NEVER;
}

/** Two steps with one handle are reported with the structure of the plan. */
function bindHandle(tools: PlanTools, variable: string, type: ValueType): void {
  const known = tools.scope.vars.get(variable);
  if (known === undefined || known.kind === 'never') tools.scope.vars.set(variable, type);
}

/** Handles are no data: they stay in the variables of the steps that made them. */
function bindAssigned(tools: PlanTools, variable: string, type: ValueType, at: string): ValueType {
  if (!hasHandle(type)) return tools.bind(variable, type, at);
  const hint = 'refer to the variable of the step that made it';
  tools.fail('handle-as-data', `${at}/expr`, 'expected data, found a handle', hint);
  return NEVER;
}

function hasHandle(type: ValueType): boolean {
  if (type.kind === 'handle') return true;
  return (type.kind === 'list' || type.kind === 'set') && hasHandle(type.item);
}
