/** One of what there is, if there is anything. */
import type { Random } from '../../random.js';

export function pick<T>(random: Random, items: readonly T[]): T | undefined {
  return items.length === 0 ? undefined : random.pick(items);
}
