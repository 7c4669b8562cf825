/** The code of a world: which modules it calls, under which hash, and where they come in. */
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
