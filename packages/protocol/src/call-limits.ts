/** From the runtime numbers of a world to the bounds of each of its module calls. */
import { CURRENT_RUNTIME, type RuntimeLimits } from './genesis/runtime.js';
import type { CallLimits } from './ports.js';

export function callLimitsOf(limits: RuntimeLimits): CallLimits {
  return {
    outputBytes: limits.output_bytes,
    fuel: limits.fuel_per_call,
    memoryPages: limits.memory_pages,
    stackSlots: limits.stack_slots,
  };
}

/** The bounds of calls in a world that is made by this build. */
export const DEFAULT_CALL_LIMITS: CallLimits = callLimitsOf(CURRENT_RUNTIME.limits);
