/**
 * An instance of a guarded module, and what went wrong when there is none.
 *
 * Traps come back as data. What is not the module's doing throws an AosFault, which is never an
 * outcome to be journaled: `engine-memory` when the host has no room for a memory, `engine-stack`
 * when the host's own stack ended before the module's.
 */
import { AosFault, type ModuleEntry } from '@aos/protocol';
import { VERDICT } from './guard/guard-plan.js';
import { GUARD_EXPORTS } from './guard/instrument.js';

/** An exported function; `length` is its number of parameters. */
export type ModuleFunction = (...args: number[]) => unknown;

export const ENTRIES: readonly ModuleEntry[] = ['step', 'run'];

/** Parameters of an entry: `(ptr, len)`, or `(ret, ptr, len)` for the result-pointer form. */
export const PAIR_PARAMS = 2;
export const RESULT_POINTER_PARAMS = 3;

/** Ends a call from the inside; `code` is that of the fault. */
export class Trap {
  constructor(
    readonly code: TrapCode,
    /** For people. */
    readonly reason: string,
  ) {}
}

export type TrapCode = 'module-trap' | 'out-of-fuel' | 'stack-overflow';

const nothing = () => undefined;

export class Instance {
  readonly alloc: ModuleFunction;
  readonly step: ModuleFunction | undefined;
  readonly run: ModuleFunction | undefined;
  /** Saves the globals as they are, and brings back what was saved. */
  readonly save: () => void;
  readonly restore: () => void;
  readonly #start: () => void;
  readonly #begin: (fuel: number, stackSlots: number, pages: number) => void;
  readonly #end: () => number;
  readonly #memory: WebAssembly.Memory;
  #bytes: Uint8Array;
  #trapped = false;

  private constructor(exports: Readonly<Record<string, unknown>>) {
    const functionOf = (name: string) => exports[name] as ModuleFunction;
    this.alloc = functionOf('alloc');
    this.step = functionOf('step');
    this.run = functionOf('run');
    this.save = functionOf(GUARD_EXPORTS.save) as () => void;
    this.restore = functionOf(GUARD_EXPORTS.restore) as () => void;
    this.#start = (functionOf(GUARD_EXPORTS.start) ?? nothing) as () => void;
    this.#begin = functionOf(GUARD_EXPORTS.begin) as () => void;
    this.#end = functionOf(GUARD_EXPORTS.end) as () => number;
    this.#memory = exports.memory as WebAssembly.Memory;
    this.#bytes = new Uint8Array(this.#memory.buffer);
  }

  /** A fresh instance, its start function not run yet. */
  static create(module: WebAssembly.Module): Instance | Trap {
    try {
      return new Instance(new WebAssembly.Instance(module).exports);
    } catch (cause) {
      throwIfHostFailed(cause);
      return new Trap('module-trap', reasonOf(cause));
    }
  }

  /** The memory as it is now; what was handed out before may be empty. */
  get bytes(): Uint8Array {
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.#memory.buffer);
    return this.#bytes;
  }

  /** No call has trapped: nothing was left half done. */
  get sound(): boolean {
    return !this.#trapped;
  }

  /** Says what may be spent from here on. */
  begin(fuel: number, stackSlots: number, memoryPages: number): void {
    this.#begin(fuel, stackSlots, memoryPages);
  }

  /** Fuel left, or below zero a verdict. */
  end(): number {
    return this.#end();
  }

  /** Runs the start function, if there is one. */
  start(): Trap | undefined {
    return this.attempt(() => {
      this.#start();
      return this.#end() < 0 ? this.#trap('the start function spent it all') : undefined;
    });
  }

  /** Runs something that enters the module; whatever it throws is the module's or the host's. */
  attempt<T>(run: () => T): T | Trap {
    try {
      return run();
    } catch (cause) {
      this.#trapped = true;
      throwIfHostFailed(cause);
      return this.#trap(reasonOf(cause));
    }
  }

  #trap(reason: string): Trap {
    this.#trapped = true;
    switch (this.#end()) {
      case VERDICT.hostMemory:
        throw hostMemoryFault('memory could not grow within its limits');
      case VERDICT.stackOverflow:
        return new Trap('stack-overflow', 'the stack is deeper than its limit');
      case VERDICT.outOfFuel:
        return new Trap('out-of-fuel', 'the fuel is used up');
      default:
        return new Trap('module-trap', reason);
    }
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : 'an exception of the module';
}

/** V8 says RangeError both when a stack and when the host is exhausted; only the text differs. */
function throwIfHostFailed(cause: unknown): void {
  if (!(cause instanceof RangeError)) return;
  if (!cause.message.includes('call stack')) throw hostMemoryFault(cause);
  throw new AosFault('engine-stack', 'the stack of this thread is too small; call from less deep', {
    retry: 'never',
    cause,
  });
}

function hostMemoryFault(cause: unknown): AosFault {
  return new AosFault('engine-memory', 'no room for a module instance; free memory and retry', {
    retry: 'later',
    cause,
  });
}
