/** One of what there is, and a time that may come. */
import type { Random } from '../../random.js';
import type { Visit } from './visit.js';

export function pick<T>(random: Random, items: readonly T[]): T | undefined {
  return items.length === 0 ? undefined : random.pick(items);
}

/** Logical time in some choices of the scheduler, or some timers from now. */
export function soon(visit: Visit): bigint {
  const { random } = visit;
  const most = random.pick([2_000_000, 20_000_000, 4_000_000_000]);
  return visit.peek().logicalNowNs + BigInt(random.below(most));
}
