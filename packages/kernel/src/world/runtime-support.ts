/** Which runtime numbers this build runs: of a genesis, and of an upgrade. */
import { type Result, refuse } from '@aos/canon';
import { CURRENT_RUNTIME, type RuntimeLimits, type RuntimeNumbers } from '@aos/protocol';

/** The rules that this build runs, by their versions; what each changed is in spec N4. */
const KERNEL_RULES: readonly number[] = [0, 1];

/** Before rules 1 the event that is being worked on still counts among those that wait. */
export function countsWorkInHand({ kernel }: RuntimeNumbers): boolean {
  return kernel < 1;
}

/**
 * Refuses numbers that this build does not have, with `runtime-unsupported`; undefined when it has
 * them all.
 */
export function checkRuntime(runtime: RuntimeNumbers): Result<never> | undefined {
  const limits = checkLimits(runtime.limits);
  if (limits !== undefined) return limits;
  const { kernel, abi, guard, prices } = runtime;
  const ours = CURRENT_RUNTIME;
  const isOurs =
    KERNEL_RULES.includes(kernel) &&
    abi === ours.abi &&
    guard === ours.guard &&
    prices === ours.prices;
  if (isOurs) return undefined;
  const own = `${KERNEL_RULES.join(' or ')}, ${ours.abi}, ${ours.guard}, ${ours.prices}`;
  return refuse(
    'runtime-unsupported',
    '/runtime',
    `kernel, abi, guard, prices: this build runs ${own}; the world asks for ${kernel}, ${abi}, ` +
      `${guard}, ${prices}: use the release that made it`,
  );
}

/**
 * Beyond these, other limits would end things first: the platform's own end a call with more memory
 * or stack, and the codec's refuse a record with more entries or bytes, or a snapshot with more
 * work.
 */
const LARGEST = {
  memory_pages: 65_536,
  stack_slots: 60_000,
  calls_per_step: 65_536,
  events_per_call: 4096,
  effects_per_call: 4096,
  emitted_bytes: 1 << 25,
  event_bytes: 1 << 24,
  receipt_bytes: 1 << 24,
  pending_work: 1 << 20,
  plan_instances: 100_000,
} as const satisfies Partial<RuntimeLimits>;

/** Below these, no step could do anything, and work would be left over for ever. */
const LEAST = {
  calls_per_step: 1,
  emitted_bytes: 2,
  pending_work: 1,
  pending_bytes: 1,
} as const satisfies Partial<RuntimeLimits>;

function checkLimits(limits: RuntimeLimits): Result<never> | undefined {
  for (const name of Object.keys(LEAST) as (keyof typeof LEAST)[]) {
    if (limits[name] >= LEAST[name]) continue;
    const detail = `${name} is ${limits[name]}, a world needs at least ${LEAST[name]}`;
    return refuse('runtime-unsupported', `/runtime/limits/${name}`, detail);
  }
  for (const name of Object.keys(LARGEST) as (keyof typeof LARGEST)[]) {
    if (limits[name] <= LARGEST[name]) continue;
    const detail = `${name} is ${limits[name]}, this build runs at most ${LARGEST[name]}`;
    return refuse('runtime-unsupported', `/runtime/limits/${name}`, detail);
  }
  return undefined;
}
