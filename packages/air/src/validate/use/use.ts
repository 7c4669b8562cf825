/** Advice on definitions, grants and events that nothing in the world uses. */
import type { DefinitionKind } from '../../forms/names.js';
import { type Finding, pathOf, warning } from '../../world/finding.js';
import { membersOf } from '../../world/routing.js';
import { CATALOGUE_FILE, type DefinitionIndex } from '../definition-index.js';
import { usedDefinitions } from './used-definitions.js';

export function checkUse(index: DefinitionIndex): readonly Finding[] {
  return [
    ...checkGrantUse(index),
    ...checkPlanStarts(index),
    ...checkRaisedEvents(index),
    ...checkDefinitionUse(index),
  ];
}

/** A grant is used by an effect step, by a slot, or through a grant made from it. */
function checkGrantUse(index: DefinitionIndex): readonly Finding[] {
  const { manifest } = index;
  const used = new Set<string | undefined>([
    ...[...index.grants.values()].map(({ grant }) => grant.parent),
    ...Object.values(manifest.value.module_bindings ?? {}).flatMap(({ slots }) =>
      Object.values(slots),
    ),
  ]);
  for (const { value } of index.plans.values()) {
    for (const step of value.steps) if (step.op === 'emit_effect') used.add(step.cap);
  }
  return [...index.grants.values()].flatMap(({ grant, at }) => {
    if (used.has(grant.name)) return [];
    const message = `no step, slot or other grant uses ${grant.name}`;
    return [warning('grant-unused', pathOf(manifest, at), message, 'take it out')];
  });
}

/** A plan runs when a trigger or another plan starts it. */
function checkPlanStarts(index: DefinitionIndex): readonly Finding[] {
  const started = new Set<string>(index.triggers.keys());
  for (const { value } of index.plans.values()) {
    for (const step of value.steps) {
      if (step.op === 'spawn_plan' || step.op === 'spawn_for_each') started.add(step.plan);
    }
  }
  return [...index.plans.values()].flatMap((plan) => {
    const { name, input } = plan.value;
    if (started.has(name)) return [];
    const message = `nothing starts ${name}: no trigger takes ${input} for it, no plan spawns it`;
    return [warning('plan-unstarted', pathOf(plan), message, 'add a trigger')];
  });
}

/** An event that plans raise goes to a reducer, to a trigger, or to a step that waits. */
function checkRaisedEvents(index: DefinitionIndex): readonly Finding[] {
  const taken = takenEvents(index);
  return [...index.plans.values()].flatMap((plan) =>
    plan.value.steps.flatMap((step, i) => {
      if (step.op !== 'raise_event' || taken.has(step.event)) return [];
      const message = `no route, trigger or step takes ${step.event}`;
      return [warning('event-untaken', pathOf(plan, `/steps/${i}/event`), message)];
    }),
  );
}

function takenEvents(index: DefinitionIndex): ReadonlySet<string> {
  const { routing, triggers } = index.manifest.value;
  const taken = new Set((triggers ?? []).map(({ event }) => event));
  const families = new Map<string, Iterable<string>>();
  for (const { event, reducer } of routing?.events ?? []) {
    taken.add(event);
    if (index.reducer(reducer)?.value.abi.reducer.event === event && !families.has(event)) {
      const members = membersOf(event, (name) => index.writtenType(name));
      families.set(event, typeof members === 'string' ? [] : members.keys());
    }
  }
  for (const members of families.values()) for (const member of members) taken.add(member);
  for (const { value } of index.plans.values()) {
    for (const step of value.steps) if (step.op === 'await_event') taken.add(step.event);
  }
  return taken;
}

/** Built-in definitions may be listed in advance; others are there to be used. */
function checkDefinitionUse(index: DefinitionIndex): readonly Finding[] {
  const used = usedDefinitions(index);
  const { schemas, modules, caps, policies, effects, secrets } = index;
  return [schemas, modules, caps, policies, effects, secrets].flatMap((definitions) =>
    [...definitions.values()].flatMap((each) => {
      const { $kind, name } = each.value;
      const isBuiltin = each.file === CATALOGUE_FILE || name.startsWith('sys/');
      if (isBuiltin || used.has(`${$kind} ${name}`)) return [];
      return [warning('definition-unused', pathOf(each), unusedMessage($kind, name))];
    }),
  );
}

function unusedMessage(kind: DefinitionKind, name: string): string {
  const message = `nothing uses ${name}`;
  if (kind !== 'defschema') return message;
  return `${message}; if it is an event, no route, trigger or step takes it`;
}
