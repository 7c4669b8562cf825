/**
 * The engine port on V8.
 *
 * 1. A module is compiled once, when loaded, and known by the SHA-256 of its bytes.
 * 2. Every call gets an instance of its own; no instance outlives its call. Reusing one would need
 *    its private globals reset, which only instrumentation can do.
 * 3. What a module does is an outcome. Only a host without memory throws, an AosFault.
 *
 * Deliberately absent: fuel. Under guard 0 an endless loop hangs the thread.
 */
import { assert, type Hash, ok, type Result, refuse, sha256, toHex } from '@aos/canon';
import type { CallLimits, CallOutcome, Engine, ModuleEntry } from '@aos/protocol';
import { admitModule, type ModuleReport } from './admission.js';
import { callInstance, TRAP } from './call.js';
import { instantiate, Trap } from './instance.js';

export interface EngineOptions {
  /** Largest module accepted, in bytes. */
  readonly maxModuleBytes?: number;
}

/** Several times the largest modules in use, and small enough to compile within a second. */
export const DEFAULT_MAX_MODULE_BYTES = 16 * 1024 * 1024;

export class WasmEngine implements Engine {
  readonly #modules = new Map<string, WebAssembly.Module>();
  readonly #maxModuleBytes: number;

  constructor(options: EngineOptions = {}) {
    this.#maxModuleBytes = options.maxModuleBytes ?? DEFAULT_MAX_MODULE_BYTES;
  }

  /**
   * Admits a module; with `entry` only if it has that one. Codes: `module-too-large`,
   * `module-invalid`, `module-imports`, `module-export-missing` (`at` names it),
   * `module-instantiate`. Runs the module's start function once.
   */
  load(bytes: Uint8Array, entry?: ModuleEntry): Result<Hash> {
    const admission = admitModule(bytes, { maxBytes: this.#maxModuleBytes, entry });
    if (!admission.ok) {
      const { code, at, detail } = admission.refusal;
      return refuse(code, at, detail);
    }
    const hash = sha256(bytes);
    const key = toHex(hash);
    if (!this.#modules.has(key)) this.#modules.set(key, admission.module);
    return ok(hash);
  }

  /** What {@link load} would look at, without keeping the module. */
  inspect(bytes: Uint8Array, entry?: ModuleEntry): ModuleReport {
    return admitModule(bytes, { maxBytes: this.#maxModuleBytes, entry }).report;
  }

  has(module: Hash): boolean {
    return this.#modules.has(toHex(module));
  }

  /**
   * Fault codes: `module-trap`, `module-export-missing`, `module-alloc`, `module-output-bounds`,
   * `module-output-size`. A module that was not loaded is a Defect of the caller.
   */
  call(module: Hash, entry: ModuleEntry, input: Uint8Array, limits: CallLimits): CallOutcome {
    const compiled = this.#modules.get(toHex(module));
    assert(compiled, 'a module is loaded before it is called');
    const instance = instantiate(compiled);
    return instance instanceof Trap ? TRAP : callInstance(instance, entry, input, limits);
  }
}
