/** Plans: graphs of steps. Expressions stand in them as written; others read and type them. */
import { expr, exprOrValue } from './exact-json.js';
import {
  distinct,
  type Fields,
  type FormValue,
  integer,
  list,
  named,
  natural,
  object,
  oneOf,
  someOf,
  table,
} from './form.js';
import { dottedKind, kind, localName, name } from './names.js';
import { taggedBy } from './unions.js';

/** Attempts that one step may ask for, the first one among them. */
const MAX_ATTEMPTS = 100;

/** Instances or effects that one step may have open at a time. */
const MAX_FANOUT = 4096;

const bindAs = object({ required: { as: localName } });

const step = <const O extends string, F extends Fields>(op: O, fields: F) => ({
  id: localName,
  op: oneOf(op),
  ...fields,
});

const raiseEvent = object({ required: step('raise_event', { event: name, value: exprOrValue }) });

/** Waiting before attempt n + 1: `initial_ns × factor^(n − 1)`, at most `max_ns`. */
const backoff = object({
  required: { initial_ns: natural },
  optional: { factor: integer(1, 1000), max_ns: natural },
});

const retry = object({ required: { max: integer(1, MAX_ATTEMPTS), backoff } });

const emitEffect = object({
  required: step('emit_effect', {
    kind: dottedKind,
    params: exprOrValue,
    cap: localName,
    bind: object({ required: { effect_id_as: localName } }),
  }),
  optional: { idempotency_key: exprOrValue, deadline_ns: natural, retry },
});

const awaitReceipt = object({ required: step('await_receipt', { for: expr, bind: bindAs }) });

const awaitEvent = object({
  required: step('await_event', { event: name, bind: bindAs }),
  optional: { where: expr },
});

const assign = object({ required: step('assign', { expr: exprOrValue, bind: bindAs }) });

const end = object({ required: step('end', {}), optional: { result: exprOrValue } });

const spawnPlan = object({
  required: step('spawn_plan', {
    plan: name,
    input: exprOrValue,
    bind: object({ required: { handle_as: localName } }),
  }),
});

const spawnForEach = object({
  required: step('spawn_for_each', {
    plan: name,
    inputs: exprOrValue,
    max_fanout: integer(1, MAX_FANOUT),
    bind: object({ required: { handles_as: localName } }),
  }),
});

const awaitPlan = object({ required: step('await_plan', { for: expr, bind: bindAs }) });
const awaitAll = object({ required: step('await_all', { for: expr, bind: bindAs }) });
const awaitAny = object({ required: step('await_any', { for: expr, bind: bindAs }) });
const cancel = object({ required: step('cancel', { for: expr }) });

const planStep = named(
  'Step',
  taggedBy('op', {
    raise_event: raiseEvent,
    emit_effect: emitEffect,
    await_receipt: awaitReceipt,
    await_event: awaitEvent,
    assign,
    end,
    spawn_plan: spawnPlan,
    await_plan: awaitPlan,
    spawn_for_each: spawnForEach,
    await_all: awaitAll,
    await_any: awaitAny,
    cancel,
  }),
);

const planEdge = object({ required: { from: localName, to: localName }, optional: { when: expr } });

export const defPlan = object({
  required: { $kind: kind('defplan'), name, input: name, steps: someOf(planStep) },
  optional: {
    output: name,
    locals: table(localName, name),
    edges: list(planEdge),
    required_caps: distinct(localName),
    allowed_effects: distinct(dottedKind),
    invariants: list(expr),
  },
  omitEmpty: ['locals', 'edges', 'required_caps', 'allowed_effects', 'invariants'],
  dropped: ['$comment'],
});

export type DefPlan = FormValue<typeof defPlan>;
export type PlanEdge = FormValue<typeof planEdge>;
export type RetryRule = FormValue<typeof retry>;

/** What a step does is said by its `op`. */
export type PlanStep = FormValue<typeof planStep>;
export type RaiseEventStep = FormValue<typeof raiseEvent>;
export type EmitEffectStep = FormValue<typeof emitEffect>;
export type AwaitReceiptStep = FormValue<typeof awaitReceipt>;
export type AwaitEventStep = FormValue<typeof awaitEvent>;
export type AssignStep = FormValue<typeof assign>;
export type EndStep = FormValue<typeof end>;
export type SpawnPlanStep = FormValue<typeof spawnPlan>;
export type SpawnForEachStep = FormValue<typeof spawnForEach>;
export type AwaitPlanStep = FormValue<typeof awaitPlan>;
export type AwaitAllStep = FormValue<typeof awaitAll>;
export type AwaitAnyStep = FormValue<typeof awaitAny>;
export type CancelStep = FormValue<typeof cancel>;
