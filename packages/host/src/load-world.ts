/** Loading: from the files of a world to its definition and code, before any record is read. */
import { openDefinition } from '@aos/air';
import type { Hash } from '@aos/canon';
import { type Refusal, type Result, toHashText } from '@aos/canon';
import { createWorld, type World } from '@aos/kernel';
import {
  AosFault,
  type CallLimits,
  callLimitsOf,
  decodeGenesis,
  type Engine,
  type ModuleEntry,
  type WorldStore,
} from '@aos/protocol';

/** An engine that a host can give modules to. */
export interface HostEngine extends Engine {
  /**
   * Takes in a module with this entry that can run within these limits, or refuses it with a code;
   * the hash is that of the bytes.
   */
  load(
    bytes: Uint8Array,
    entry: ModuleEntry,
    options: { readonly limits: CallLimits },
  ): Result<Hash>;
}

/** A refusal met while opening a world, as a fault: nobody can go on without an operator. */
function openFault(refusal: Refusal): AosFault {
  const where = refusal.at === '' ? '' : ` (${refusal.at})`;
  return new AosFault(refusal.code, `${refusal.detail}${where}`, { retry: 'never' });
}

/**
 * The world at its genesis, with every module loaded. Throws AosFault with the code of what is
 * wrong: `object-missing`, a module refusal, or what {@link createWorld} refuses.
 */
export function loadWorld(store: WorldStore, engine: HostEngine): World {
  const genesis = unwrap(decodeGenesis(store.genesis));
  const definition = unwrap(openDefinition(genesis.manifest, (hash) => store.object(hash)));
  const limits = callLimitsOf(genesis.runtime.limits);
  for (const reducer of definition.reducers) {
    if (engine.has(reducer.wasmHash)) continue;
    const bytes = store.object(reducer.wasmHash);
    if (bytes === undefined) {
      const hash = toHashText(reducer.wasmHash);
      const message = `module ${hash} of ${reducer.name} is not among the world's objects`;
      throw new AosFault('object-missing', message, { retry: 'never' });
    }
    unwrap(engine.load(bytes, 'step', { limits }));
  }
  return unwrap(createWorld(store.genesis, definition, engine));
}

function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw openFault(result.refusal);
}
