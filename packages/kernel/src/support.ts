/**
 * Names the parts of a definition that this kernel does not run.
 *
 * A world never runs with half of its meaning: each part that would be ignored refuses the world.
 */
import type { WorldDefinition } from '@aos/air';
import { type Refusal, type Result, refuse } from '@aos/canon';
import { lacksNative } from './reducers/native/natives.js';
import { isAnsweredByKernel } from './step/release.js';

/** The parts of a definition that this kernel does not run, as they are called in it. */
export function unsupportedParts(definition: WorldDefinition): readonly string[] {
  const { manifest } = definition;
  const reducers = manifest.modules.filter(({ name }) => lacksNative(name));
  const effects = (manifest.effects ?? []).flatMap(({ name }) => {
    const effect = definition.find('defeffect', name);
    // what is asked of the world itself no program can answer
    const isIdle = effect?.implementation !== undefined && isAnsweredByKernel(effect.kind);
    return isIdle ? [`implementation of ${name}`] : [];
  });
  return [...reducers.map(({ name }) => name), ...effects];
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
