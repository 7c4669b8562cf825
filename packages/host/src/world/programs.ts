/** The programs of a world: effects that it brings code for. */
import type { WorldDefinition } from '@aos/air';
import { type Hash, parseHashText } from '@aos/canon';

/** The code of an effect that is a WASI program; the zero hash where none was bound. */
export interface WorldProgram {
  /** Name of the effect. */
  readonly name: string;
  /** Kind of the effect. */
  readonly kind: string;
  readonly hash: Hash;
}

/** The effects of the manifest that are programs, in its order. */
export function programsOf(definition: WorldDefinition): readonly WorldProgram[] {
  return (definition.manifest.effects ?? []).flatMap(({ name }): WorldProgram[] => {
    const effect = definition.find('defeffect', name);
    const hash = effect?.implementation && parseHashText(effect.implementation.wasi.wasm_hash);
    return effect !== undefined && hash?.ok ? [{ name, kind: effect.kind, hash: hash.value }] : [];
  });
}
