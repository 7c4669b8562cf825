/**
 * Names the parts of a definition that this kernel does not run.
 *
 * A world never runs with half of its meaning: each part that would be ignored refuses the world.
 */
import type { WorldDefinition } from '@aos/air';
import { type Refusal, type Result, refuse } from '@aos/canon';

/** The parts of a definition that this kernel does not run, as they are called in it. */
export function unsupportedParts(definition: WorldDefinition): readonly string[] {
  const { manifest, reducers } = definition;
  const parts: readonly (readonly [part: string, isUsed: boolean])[] = [
    ...(['plans', 'caps', 'policies', 'effects', 'secrets', 'migrations'] as const).map(
      (section) => [`manifest.${section}`, isFilled(manifest[section])] as const,
    ),
    ['manifest.features', isFilled(manifest.features)],
    ['manifest.triggers', isFilled(manifest.triggers)],
    ['manifest.routing.inboxes', isFilled(manifest.routing?.inboxes)],
    ['manifest.defaults.policy', manifest.defaults?.policy !== undefined],
    ['manifest.defaults.cap_grants', isFilled(manifest.defaults?.cap_grants)],
    ['manifest.module_bindings', isFilled(Object.keys(manifest.module_bindings ?? {}))],
    ...reducers.flatMap((reducer) => [
      [`key_schema of ${reducer.name}`, reducer.keySchema !== undefined] as const,
      [`effects_emitted of ${reducer.name}`, isFilled(reducer.effectsEmitted)] as const,
      [`cap_slots of ${reducer.name}`, hasSlots(definition, reducer.name)] as const,
    ]),
  ];
  return parts.flatMap(([part, isUsed]) => (isUsed ? [part] : []));
}

/** Refuses a definition with parts that this kernel does not run. Code: `not-supported-yet`. */
export function checkSupport(
  definition: WorldDefinition,
): { readonly ok: false; readonly refusal: Refusal } | undefined {
  const parts = unsupportedParts(definition);
  const [first] = parts;
  if (first === undefined) return undefined;
  const detail = `this release does not run ${parts.join(', ')} yet: leave them out`;
  return refuse('not-supported-yet', first, detail) satisfies Result<never>;
}

function isFilled(list: readonly unknown[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}

function hasSlots(definition: WorldDefinition, name: string): boolean {
  const module = definition.find('defmodule', name);
  return module?.module_kind === 'reducer' && module.abi.reducer.cap_slots !== undefined;
}
