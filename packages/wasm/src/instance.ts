/** An instance as its few exports, and what went wrong when there is none. */
import { AosFault, type ModuleEntry } from '@aos/protocol';

/** An exported function; `length` is its number of parameters. */
export type ModuleFunction = (...args: number[]) => unknown;

export interface ModuleExports {
  readonly memory: WebAssembly.Memory;
  readonly alloc: ModuleFunction;
  readonly step?: ModuleFunction;
  readonly run?: ModuleFunction;
}

export const ENTRIES: readonly ModuleEntry[] = ['step', 'run'];

/** Parameters of an entry: `(ptr, len)`, or `(ret, ptr, len)` for the result-pointer form. */
export const PAIR_PARAMS = 2;
export const RESULT_POINTER_PARAMS = 3;

/** What ended an instantiation or call from the inside. */
export class Trap {
  /** For people. */
  readonly reason: string;

  constructor(cause: unknown) {
    this.reason = cause instanceof Error ? cause.message : 'an exception of the module';
  }
}

/**
 * A fresh instance. Traps come back; when the host has no room for another memory, that is not the
 * module's doing: AosFault `engine-memory`, retry later, never an outcome to be journaled.
 */
export function instantiate(module: WebAssembly.Module): ModuleExports | Trap {
  try {
    return new WebAssembly.Instance(module).exports as unknown as ModuleExports;
  } catch (cause) {
    if (!isOutOfMemory(cause)) return new Trap(cause);
    throw new AosFault('engine-memory', 'no room for a module instance; free memory and retry', {
      retry: 'later',
      cause,
    });
  }
}

/** Calls into the module. Whatever it throws is a trap: only wasm runs below this point. */
export function enter(run: ModuleFunction, ...args: number[]): unknown {
  try {
    return run(...args);
  } catch (error) {
    return new Trap(error);
  }
}

/** V8 says RangeError both when a stack and when the host is exhausted; only the text differs. */
function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError && !error.message.includes('call stack');
}
