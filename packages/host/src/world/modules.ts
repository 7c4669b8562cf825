/** The code of a world: which modules it brings, under which hash, and where they come in. */
import type { WorldDefinition } from '@aos/air';
import { bytesEqual, type Hash, parseHashText, ZERO_HASH } from '@aos/canon';
import type { ModuleEntry } from '@aos/protocol';

export interface WorldModule {
  readonly name: string;
  /** `step` for reducers, `run` for pure modules such as enforcers. */
  readonly entry: ModuleEntry;
  /** The zero hash where no code was bound. */
  readonly hash: Hash;
}

/** What runs natively needs no code; its definition is a built-in one. */
const NATIVE_PREFIX = 'sys/';

/** The modules of the manifest that need code, in its order. */
export function modulesOf(definition: WorldDefinition): readonly WorldModule[] {
  return definition.manifest.modules.flatMap(({ name }): WorldModule[] => {
    const module = definition.find('defmodule', name);
    const hash = module === undefined ? undefined : parseHashText(module.wasm_hash);
    if (module === undefined || !hash?.ok) return [];
    const entry = module.module_kind === 'reducer' ? 'step' : 'run';
    const isNative = entry === 'run' && name.startsWith(NATIVE_PREFIX);
    return isNative && bytesEqual(hash.value, ZERO_HASH) ? [] : [{ name, entry, hash: hash.value }];
  });
}

/** The code of an effect that is a WASI program; the zero hash where none was bound. */
export type WorldProgram = Pick<WorldModule, 'name' | 'hash'> & {
  /** Of the effect. */
  readonly kind: string;
};

/** The effects of the manifest that are programs, in its order. */
export function programsOf(definition: WorldDefinition): readonly WorldProgram[] {
  return (definition.manifest.effects ?? []).flatMap(({ name }): WorldProgram[] => {
    const effect = definition.find('defeffect', name);
    const hash = effect?.implementation && parseHashText(effect.implementation.wasi.wasm_hash);
    return effect !== undefined && hash?.ok ? [{ name, kind: effect.kind, hash: hash.value }] : [];
  });
}
