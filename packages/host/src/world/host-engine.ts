/** The engine port of a host: the kernel's, and a way to bring code into it. */
import type { Hash, Result } from '@aos/canon';
import type { CallLimits, Engine, ModuleEntry } from '@aos/protocol';

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
