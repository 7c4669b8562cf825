/**
 * A module ready to be called. Every call means an instance of its own (spec M6.1).
 *
 * 1. An instance is used again only where that is provably the same: it was made under the same
 *    limits, did not trap, did not grow its memory, and has no instruction that changes a table or
 *    drops a segment. Then memory and globals are all that a call can leave behind, and both are
 *    brought back as they were after the start function.
 * 2. What the start function spends is part of every call, whether it ran again or not.
 * 3. Calls do not nest, so one idle instance is enough.
 */
import type { CallLimits, CallOutcome } from '@aos/protocol';
import { type Call, callInstance, faultOf } from './call.js';
import type { GuardedModule } from './guard/instrument.js';
import { Instance, Trap } from './instance.js';
import { MemoryImage } from './memory-image.js';

/** After so many instances in a row that grew, keeping them is not tried any more. */
const MAX_GROWN = 3;

/** An instance with what is needed to make it as new. */
interface Kept {
  readonly instance: Instance;
  readonly image: MemoryImage;
  readonly limits: CallLimits;
  /** Fuel left after the start function. */
  readonly fuel: number;
}

export class LoadedModule {
  /** Pages of memory before the first instruction. */
  readonly minPages: number;
  readonly #maxPages: number;
  readonly #module: WebAssembly.Module;
  readonly #pooled: boolean;
  #idle: Kept | undefined;
  #grown = 0;

  constructor(module: WebAssembly.Module, guarded: GuardedModule, reuse: 'never' | 'safe') {
    const { memory } = guarded.outline;
    this.#module = module;
    this.minPages = memory?.min ?? 0;
    this.#maxPages = memory?.max ?? Number.POSITIVE_INFINITY;
    this.#pooled = reuse === 'safe' && guarded.resettable;
  }

  call(call: Call): CallOutcome {
    const kept = this.#take(call.limits);
    if (kept === undefined) return this.#callFresh(call);
    const { instance, image, fuel } = kept;
    image.restore(instance.bytes);
    instance.restore();
    this.begin(instance, { ...call.limits, fuel });
    const outcome = callInstance(instance, call);
    this.#keep(kept);
    return outcome;
  }

  /** An instance that has started, or why there is none. */
  open(limits: CallLimits): Instance | Trap {
    const instance = Instance.create(this.#module);
    if (instance instanceof Trap) return instance;
    this.begin(instance, limits);
    return instance.start() ?? instance;
  }

  /** Says what an instance may use; the module's own largest memory is a limit as well. */
  begin(instance: Instance, { fuel, stackSlots, memoryPages }: CallLimits): void {
    const pages = memoryPages < this.#maxPages ? memoryPages : this.#maxPages;
    instance.begin(fuel, stackSlots, pages);
  }

  #callFresh(call: Call): CallOutcome {
    const { limits } = call;
    if (this.minPages > limits.memoryPages) return faultOf('memory-limit', limits);
    const instance = this.open(limits);
    if (instance instanceof Trap) return faultOf(instance.code, limits);
    if (!this.#pooled || this.#grown >= MAX_GROWN) return callInstance(instance, call);
    instance.save();
    const image = new MemoryImage(instance.bytes);
    const fuel = instance.end();
    const outcome = callInstance(instance, call);
    this.#keep({ instance, image, limits, fuel });
    return outcome;
  }

  #take(limits: CallLimits): Kept | undefined {
    const kept = this.#idle;
    if (kept === undefined) return undefined;
    this.#idle = undefined;
    return sameLimits(kept.limits, limits) ? kept : undefined;
  }

  #keep(kept: Kept): void {
    const { instance, image } = kept;
    if (!instance.sound) return;
    if (instance.bytes.length === image.sizeBytes) {
      this.#idle = kept;
      this.#grown = 0;
    } else this.#grown += 1;
  }
}

/** Whether a start function would have done the same under both. */
function sameLimits(a: CallLimits, b: CallLimits): boolean {
  return a.fuel === b.fuel && a.memoryPages === b.memoryPages && a.stackSlots === b.stackSlots;
}
