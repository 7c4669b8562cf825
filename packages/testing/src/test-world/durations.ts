/** Durations as people write them in tests. */
import { AosFault } from '@aos/protocol';

const UNITS_NS = {
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
} as const;

/** A whole number and its unit, as `250ms`, `5s`, `2m`, `1h` or `3d`; or nanoseconds. */
export type Duration = `${number}${keyof typeof UNITS_NS}` | bigint;

/** Nanoseconds, of whole milliseconds as timers count them. Fault: `test-duration`. */
export function durationNs(duration: Duration): bigint {
  const ns = typeof duration === 'bigint' ? duration : parseDuration(duration);
  if (ns !== undefined && ns >= 0n && ns % UNITS_NS.ms === 0n) return ns;
  const message =
    `expected a whole number of ${Object.keys(UNITS_NS).join(', ')} such as '5s', ` +
    `or as many nanoseconds as a bigint, found '${duration}'`;
  throw new AosFault('test-duration', message, { retry: 'never' });
}

function parseDuration(text: string): bigint | undefined {
  const [, digits, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  return BigInt(digits) * UNITS_NS[unit as keyof typeof UNITS_NS];
}
