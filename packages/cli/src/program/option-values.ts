/** Values of options that are not text. */
import { InvalidArgumentError } from 'commander';

export function parseNatural(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('expected a natural number');
}

export function parsePositive(text: string): number {
  const value = parseNatural(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('expected a number from 1');
}

const UNITS_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const NS_PER_MS = 1_000_000n;
/** The longest time that logical time can tell: a thousand years. */
const MAX_SPAN_MS = 1000 * 366 * 86_400_000;

/** Nanoseconds of `30s`, `5m`, `2h` or `7d`. */
export function parseSpanNs(text: string): bigint {
  const [, digits = '', unit = ''] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  const unitMs = unit === 'd' ? 86_400_000 : UNITS_MS[unit as keyof typeof UNITS_MS];
  const ms = Number(digits) * (unitMs ?? Number.NaN);
  if (ms > 0 && ms <= MAX_SPAN_MS) return BigInt(ms) * NS_PER_MS;
  throw new InvalidArgumentError('expected a time such as 30s, 5m, 2h or 7d');
}

/** A timer of Node takes no more. */
const MAX_MS = 2 ** 31 - 1;

/** Milliseconds of `500ms`, `30s`, `5m` or `1h`. */
export function parseDurationMs(text: string): number {
  const [, digits = '', unit = ''] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Number(digits) * (UNITS_MS[unit as keyof typeof UNITS_MS] ?? Number.NaN);
  if (ms > 0 && ms <= MAX_MS) return ms;
  throw new InvalidArgumentError('expected a time such as 500ms, 30s, 5m or 1h');
}
