/** The code of a definition: which modules it calls, under which hash, and where they come in. */
import type { WorldDefinition } from '@aos/air';
import { bytesEqual, type Hash, parseHashText, type Result, refuse, ZERO_HASH } from '@aos/canon';
import { checkWasiModule, type Engine, type ModuleEntry } from '@aos/protocol';
import { nativeReducer } from '../reducers/native/natives.js';
import { type NeededModule, ObjectsNeeded } from '../trie/objects-needed.js';

/** Pure modules that run natively need no code; their definitions are built-in ones. */
const NATIVE_PREFIX = 'sys/';

/** The modules of the manifest that need code, in its order; the zero hash where none is bound. */
export function modulesOf(definition: WorldDefinition): readonly NeededModule[] {
  return definition.manifest.modules.flatMap(({ name }): NeededModule[] => {
    const module = definition.find('defmodule', name);
    const hash = module === undefined ? undefined : parseHashText(module.wasm_hash);
    if (module === undefined || !hash?.ok) return [];
    const entry: ModuleEntry = module.module_kind === 'reducer' ? 'step' : 'run';
    const isNative =
      entry === 'run' ? name.startsWith(NATIVE_PREFIX) : nativeReducer(name) !== undefined;
    return isNative && isZero(hash.value) ? [] : [{ name, entry, hash: hash.value }];
  });
}

/**
 * Throws ObjectsNeeded for code that the engine, if one is given, does not have. Code:
 * `module-unbound`.
 */
export function checkModulesLoaded(
  definition: WorldDefinition,
  engine: Engine | undefined,
): Result<never> | undefined {
  const modules = modulesOf(definition);
  const unbound = modules.find(({ hash }) => isZero(hash));
  if (unbound !== undefined) {
    const detail = `${unbound.name} has no wasm_hash: give its module with the patch`;
    return refuse('module-unbound', unbound.name, detail);
  }
  const missing = modules.filter(({ hash, entry }) => engine?.has(hash, entry) === false);
  if (missing.length === 0) return undefined;
  throw new ObjectsNeeded(
    missing.map(({ hash }) => hash),
    missing,
  );
}

function isZero(hash: Hash): boolean {
  return bytesEqual(hash, ZERO_HASH);
}

/**
 * The programs of effects must be stored, and such as may run: a function of their bytes alone.
 * Throws ObjectsNeeded. Codes: `module-unbound`, and those of `checkWasiModule`.
 */
export function checkPrograms(
  definition: WorldDefinition,
  read: (hash: Hash) => Uint8Array | undefined,
): Result<never> | undefined {
  for (const { name } of definition.manifest.effects ?? []) {
    const wasi = definition.find('defeffect', name)?.implementation?.wasi;
    const hash = parseHashText(wasi?.wasm_hash ?? '');
    if (wasi === undefined || !hash.ok) continue;
    if (isZero(hash.value)) {
      return refuse('module-unbound', name, `${name} has no wasm_hash: give its program`);
    }
    const bytes = read(hash.value);
    if (bytes === undefined) throw new ObjectsNeeded([hash.value]);
    const refusal = checkWasiModule(bytes);
    if (refusal !== undefined) return { ok: false, refusal: { ...refusal, at: name } };
  }
  return undefined;
}
