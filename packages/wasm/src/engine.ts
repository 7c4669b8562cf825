/**
 * The engine port on V8.
 *
 * 1. A module is guarded and compiled once, when loaded, and known by the SHA-256 of its bytes.
 * 2. Every call means an instance of its own; an instance is used again where that is the same.
 * 3. What a module does is an outcome, and ends within its fuel. Only a host without memory or
 *    stack throws, an AosFault.
 */
import { assert, type Hash, ok, type Result, refuse, sha256, toHex } from '@aos/canon';
import {
  type CallLimits,
  type CallOutcome,
  DEFAULT_CALL_LIMITS,
  type Engine,
  type ModuleEntry,
} from '@aos/protocol';
import { type AdmissionRules, admitModule, type ModuleReport } from './admission.js';
import type { LoadedModule } from './loaded-module.js';

export interface EngineOptions {
  /** Largest module accepted, in bytes. */
  readonly maxModuleBytes?: number;
  /** `never` makes an instance for every call: slower, the same outcomes. `safe` unless told. */
  readonly reuse?: 'never' | 'safe';
}

/** What a module is loaded for. */
export interface LoadOptions {
  /** Runtime numbers of the world that will call it; those of a new world unless told. */
  readonly limits?: CallLimits;
}

/** Several times the largest modules in use, and small enough to compile within a second. */
export const DEFAULT_MAX_MODULE_BYTES = 16 * 1024 * 1024;

export class WasmEngine implements Engine {
  readonly #modules = new Map<string, LoadedModule>();
  /** The same by identity: hashes are not changed, and a world asks with the same ones. */
  readonly #known = new WeakMap<Hash, LoadedModule>();
  /** What was admitted, for which entry and under which limits: it would be again. */
  readonly #admitted = new Set<string>();
  /** Which entries modules were admitted with. */
  readonly #entries = new Set<string>();
  readonly #maxModuleBytes: number;
  readonly #reuse: 'never' | 'safe';

  constructor(options: EngineOptions = {}) {
    this.#maxModuleBytes = options.maxModuleBytes ?? DEFAULT_MAX_MODULE_BYTES;
    this.#reuse = options.reuse ?? 'safe';
  }

  /**
   * Admits a module; with `entry` only if it has that one. Codes: `module-too-large`,
   * `module-invalid`, `module-imports`, `module-feature`, `module-limit`, `module-guard`,
   * `module-export-missing` (`at` names it), `memory-limit`, `module-instantiate`. Runs the start
   * function and an entry once, within the limits.
   */
  load(bytes: Uint8Array, entry?: ModuleEntry, options: LoadOptions = {}): Result<Hash> {
    const hash = sha256(bytes);
    const key = toHex(hash);
    const rules = this.#rulesOf(entry, options);
    const asked = `${key} ${entry} ${JSON.stringify(rules.limits)}`;
    if (this.#admitted.has(asked)) return ok(hash);
    const admission = admitModule(bytes, rules);
    if (!admission.ok) {
      const { code, at, detail } = admission.refusal;
      return refuse(code, at, detail);
    }
    if (!this.#modules.has(key)) this.#modules.set(key, admission.module);
    this.#admitted.add(asked);
    if (entry !== undefined) this.#entries.add(`${key} ${entry}`);
    return ok(hash);
  }

  /** What {@link load} would look at, without keeping the module. */
  inspect(bytes: Uint8Array, entry?: ModuleEntry, options: LoadOptions = {}): ModuleReport {
    return admitModule(bytes, this.#rulesOf(entry, options)).report;
  }

  has(module: Hash, entry?: ModuleEntry): boolean {
    if (entry !== undefined) return this.#entries.has(`${toHex(module)} ${entry}`);
    return this.#find(module) !== undefined;
  }

  /**
   * Fault codes: `module-trap`, `out-of-fuel`, `stack-overflow`, `memory-limit`,
   * `module-export-missing`, `module-alloc`, `module-output-bounds`, `module-output-size`. A module
   * that was not loaded is a Defect of the caller.
   */
  call(module: Hash, entry: ModuleEntry, input: Uint8Array, limits: CallLimits): CallOutcome {
    const loaded = this.#find(module);
    assert(loaded, 'a module is loaded before it is called');
    return loaded.call({ entry, input, limits });
  }

  #find(module: Hash): LoadedModule | undefined {
    const known = this.#known.get(module);
    if (known) return known;
    const found = this.#modules.get(toHex(module));
    if (found) this.#known.set(module, found);
    return found;
  }

  #rulesOf(entry: ModuleEntry | undefined, options: LoadOptions): AdmissionRules {
    const limits = options.limits ?? DEFAULT_CALL_LIMITS;
    return { maxBytes: this.#maxModuleBytes, entry, limits, reuse: this.#reuse };
  }
}
