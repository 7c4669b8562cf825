/** What an exhausted budget lacks, as data and in words. */
import type { BudgetShortage, Denial } from '../decision.js';

export function leftOf({ limit, used, reserved }: Omit<BudgetShortage, 'asked'>): bigint {
  const left = limit - used - reserved;
  return left > 0n ? left : 0n;
}

/** Waiting is told of where it may help: for a period, or for what is under way to settle. */
export function shortageDenial(shortage: BudgetShortage, logicalNowNs: bigint): Denial {
  const { grant, dimension, limit, used, reserved, asked, resetsNs } = shortage;
  const left = leftOf(shortage);
  const ways = [`raise ${dimension} of ${grant} by ${asked - left}`];
  if (asked <= limit - used) ways.push(`wait for what is under way`);
  if (resetsNs !== undefined && asked <= limit) {
    ways.push(
      `wait until logical time ${resetsNs}, ${describeNs(resetsNs - logicalNowNs)} from now`,
    );
  }
  const advice =
    `${left} of ${limit} ${dimension} are left (${used} used, ${reserved} held), ` +
    `${asked} asked for: ${ways.join(', or ')}`;
  return {
    code: 'budget-exhausted',
    at: `grant ${grant} budget ${dimension}`,
    advice,
    shortage,
  };
}

const UNITS = [
  ['d', 86_400_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['min', 60_000_000_000n],
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
] as const;

/** In the largest unit of which there are two at least, rounded up. */
function describeNs(ns: bigint): string {
  const [name, size] = UNITS.find(([, each]) => ns >= 2n * each) ?? ['ns', 1n];
  return `${(ns + size - 1n) / size} ${name}`;
}
