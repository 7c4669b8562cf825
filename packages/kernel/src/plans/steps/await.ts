/** The steps that wait: for effects and children, and for events. */
import { encode, type Value } from '@aos/canon';
import type { AwaitEventStep, AwaitStep } from '../compile/compiled-plan.js';
import { type HandleOutcome, isOver, outcomesOf } from '../handles.js';
import { addWait, waitOf } from '../state/plan-state.js';
import {
  type Ended,
  endedChild,
  endedEffect,
  firstOf,
  shownAny,
  shownOne,
} from './shown-values.js';
import { failed, type StepDone, type StepPlace, type StepResult } from './step-result.js';

/** `await_receipt`, `await_plan`, `await_all`, `await_any`. */
export function runAwait(step: AwaitStep, { run }: StepPlace): StepResult {
  const outcomes = outcomesOf(run, step.sources);
  if (outcomes === undefined) return failed('expr-missing');
  if (step.wants === 'any' && outcomes.length === 0) return failed('await-nothing');
  if (!isOver(step, run)) return { kind: 'waiting' };
  const isPlan = step.sources.some((source) => run.children.has(source));
  const first = outcomes.findIndex((each) => each !== undefined);
  const looked = step.wants === 'any' ? [outcomes[first]] : outcomes;
  const met = looked.flatMap((each) => (each === undefined ? [] : [endedOf(each)]));
  const isOk = met.every((each) => each.isOk);
  if (!isOk && !step.isStatusRead) return failed(isPlan ? 'child-failed' : 'effect-failed');
  const bound = givenOf(step, met, first);
  return {
    kind: 'done',
    sizeBytes: encode(bound).length,
    // What has failed gave nothing: the variable stays without a value.
    ...(isOk ? { bind: { name: step.bind, value: bound } } : {}),
    shown: () => shownOf(step, met, first),
  };
}

function endedOf(handle: HandleOutcome): Ended {
  return handle.of === 'effect' ? endedEffect(handle.outcome) : endedChild(handle.outcome);
}

function givenOf({ wants }: AwaitStep, met: readonly Ended[], first: number): Value {
  if (wants === 'all') return met.map(({ given }) => given);
  const given = met[0]?.given ?? null;
  return wants === 'any' ? firstOf(first, given) : given;
}

function shownOf({ wants }: AwaitStep, met: readonly Ended[], first: number): Value {
  if (wants === 'all') return met.map(shownOne);
  const [one] = met;
  if (one === undefined) return null;
  return wants === 'any' ? shownAny(one, first) : shownOne(one);
}

export function runAwaitEvent(step: AwaitEventStep, { port, run, index }: StepPlace): StepResult {
  const event = run.events.get(index);
  if (event !== undefined) return taken(step, event, () => run.events.delete(index));
  return {
    kind: 'waiting',
    act() {
      port.planState = addWait(port.planState, waitOf(step, run.instance, index));
    },
  };
}

function taken(step: AwaitEventStep, event: Value, act: () => void): StepDone {
  return { kind: 'done', bind: { name: step.bind, value: event }, shown: () => event, act };
}
