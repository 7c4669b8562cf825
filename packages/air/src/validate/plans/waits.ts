/** Checks the steps that wait, and the one that ends waiting. */
import { type Expr, referencesOf } from '../../expr/ast.js';
import type { AwaitEventStep, PlanStep } from '../../forms/plan.js';
import { listType, NEVER, SCALAR_TYPES, type ValueType } from '../../values/value-type.js';
import { HandleReader, type HandleWish } from './handles.js';
import type { PlanTools } from './plan-tools.js';
import { CORRELATION } from './scope.js';
import {
  allSettledType,
  anySettledType,
  firstType,
  type Settled,
  settledType,
} from './step-types.js';

type WaitStep = Extract<
  PlanStep,
  { op: 'await_receipt' | 'await_event' | 'await_plan' | 'await_all' | 'await_any' | 'cancel' }
>;

/** Answers with the type of `@step:<id>`. */
export function checkWait(tools: PlanTools, step: WaitStep, index: number): ValueType {
  if (step.op === 'await_event') return checkAwaitEvent(tools, step, index);
  const at = `/steps/${index}`;
  const { wish, bound, settled } = WAITS[step.op];
  const reader = new HandleReader(tools, { path: tools.path(`${at}/for`), step: index });
  const handle = reader.read(step.for, wish);
  if (step.op === 'cancel') return SCALAR_TYPES.unit;
  if (handle === undefined) return NEVER;
  const { of, result } = handle;
  tools.bind(step.bind.as, bound(result), at);
  return settled({ of, result, isStatusRead: tools.reads.has(step.id) });
}

/** What a step takes, what it binds, and what `@step:` of it is. */
interface Wait {
  readonly wish: HandleWish;
  readonly bound: (result: ValueType) => ValueType;
  readonly settled: (settled: Settled) => ValueType;
}

const one: Omit<Wait, 'wish'> = { bound: (result) => result, settled: settledType };

const WAITS: { readonly [O in Exclude<WaitStep['op'], 'await_event'>]: Wait } = {
  await_receipt: { ...one, wish: { of: 'effect', count: 'one' } },
  await_plan: { ...one, wish: { of: 'plan', count: 'one' } },
  await_all: {
    wish: { of: undefined, count: 'many' },
    bound: listType,
    settled: allSettledType,
  },
  await_any: {
    wish: { of: undefined, count: 'many' },
    bound: firstType,
    settled: anySettledType,
  },
  cancel: { ...one, wish: { of: undefined, count: 'any' } },
};

function checkAwaitEvent(tools: PlanTools, step: AwaitEventStep, index: number): ValueType {
  const at = `/steps/${index}`;
  const schema = tools.named(step.event, `${at}/event`);
  const event = typeof schema === 'string' ? NEVER : schema.type;
  const where =
    step.where === undefined
      ? undefined
      : tools.expressions.condition(step.where, {
          at: `${at}/where`,
          reader: index,
          event,
        });
  if (tools.correlation !== undefined) checkCorrelated(tools, step, where, at);
  return tools.bind(step.bind.as, event, at);
}

/** Among instances of a correlated plan, an event belongs to the one whose correlation it names. */
function checkCorrelated(
  tools: PlanTools,
  step: AwaitEventStep,
  where: Expr | undefined,
  at: string,
): void {
  const hint = `compare a field of @event with @var:${CORRELATION}`;
  if (step.where === undefined) {
    const message = 'expected a where, since the trigger correlates its instances, found none';
    tools.fail('correlation-missing-predicate', at, message, hint);
  } else if (where !== undefined && !namesCorrelation(where)) {
    const message = `expected a where that names @var:${CORRELATION}, found none of it`;
    tools.fail('correlation-missing-reference', `${at}/where`, message, hint);
  }
}

function namesCorrelation(expr: Expr): boolean {
  return referencesOf(expr).some(({ root, path }) => root === 'var' && path[0] === CORRELATION);
}
