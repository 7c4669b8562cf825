/** Checks what starts plans, and what inboxes feed. */
import type { Trigger } from '../forms/manifest.js';
import { nameSome } from '../values/node.js';
import { error, type Finding, pathOf } from '../world/finding.js';
import type { DefinitionIndex } from './definition-index.js';
import { fieldsOf, typeAtPath } from './field-path.js';
import type { SoundTypes } from './sound-types.js';

export function checkTriggers(index: DefinitionIndex): readonly Finding[] {
  const { manifest } = index;
  const seen = new Set<string>();
  const correlations = new Map<string, number>();
  return (manifest.value.triggers ?? []).flatMap((trigger, i) => {
    const path = pathOf(manifest, `/triggers/${i}`);
    const pair = `${trigger.event} ${trigger.plan}`;
    const isNew = !seen.has(pair);
    seen.add(pair);
    const message = `expected ${trigger.event} to start ${trigger.plan} once, found it again`;
    return [
      ...(isNew ? [] : [error('trigger-duplicate', path, message)]),
      ...checkTrigger(trigger, path, index),
      ...checkCorrelationType(trigger, path, { types: index.types, correlations }),
    ];
  });
}

interface CorrelationScope {
  readonly types: SoundTypes;
  /** The type that the first trigger of each plan correlates it by. */
  readonly correlations: Map<string, number>;
}

/** Whatever starts a plan, its correlation is one variable. */
function checkCorrelationType(
  { event, plan, correlate_by }: Trigger,
  path: string,
  { types, correlations }: CorrelationScope,
): readonly Finding[] {
  const field = correlate_by?.split('.');
  const type = field && typeAtPath({ ref: event }, field, types);
  if (type === undefined) return [];
  const id = types.identity.of(type);
  const first = correlations.get(plan);
  if (first === undefined) correlations.set(plan, id);
  if (first === undefined || first === id) return [];
  const message = `expected a field like the one another trigger of ${plan} correlates by`;
  const found = `${message}, found ${correlate_by} of another type`;
  return [error('variable-type-mismatch', `${path}/correlate_by`, found)];
}

function checkTrigger(trigger: Trigger, path: string, index: DefinitionIndex): readonly Finding[] {
  const plan = index.plans.get(trigger.plan);
  const findings: Finding[] = [];
  if (!index.schemas.has(trigger.event)) {
    findings.push(index.missing('schema-not-found', `${path}/event`, trigger.event));
  }
  if (plan === undefined) {
    findings.push(index.missing('plan-not-found', `${path}/plan`, trigger.plan));
  } else if (index.types.isOther(trigger.event, plan.value.input)) {
    const expected = `expected an event like the input of ${trigger.plan}, ${plan.value.input}`;
    const message = `${expected}, found ${trigger.event}`;
    const hint = 'start the plan with its input, or give the plan the event as its input';
    findings.push(error('trigger-input-mismatch', path, message, hint));
  }
  return [...findings, ...checkCorrelation(trigger, path, index)];
}

function checkCorrelation(
  { event, correlate_by }: Trigger,
  path: string,
  { types }: DefinitionIndex,
): readonly Finding[] {
  if (correlate_by === undefined || types.typeOf(event) === undefined) return [];
  if (typeAtPath({ ref: event }, correlate_by.split('.'), types) !== undefined) return [];
  const message = `expected a field of ${event}, found ${correlate_by}`;
  const hint = `fields: ${nameSome(fieldsOf({ ref: event }, types))}`;
  return [error('trigger-unknown-field', `${path}/correlate_by`, message, hint)];
}

export function checkInboxes(index: DefinitionIndex): readonly Finding[] {
  const { manifest } = index;
  const seen = new Set<string>();
  return (manifest.value.routing?.inboxes ?? []).flatMap(({ source, reducer }, i) => {
    const path = pathOf(manifest, `/routing/inboxes/${i}`);
    const pair = JSON.stringify([source, reducer]);
    const isNew = !seen.has(pair);
    seen.add(pair);
    if (index.reducer(reducer) === undefined) {
      return [index.missing('inbox-unknown-reducer', `${path}/reducer`, reducer)];
    }
    if (isNew) return [];
    const message = `expected ${source} to lead to ${reducer} once, found it again`;
    return [error('inbox-duplicate', path, message)];
  });
}
