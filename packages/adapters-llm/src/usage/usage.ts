/**
 * What a call used, in tokens.
 *
 * U1. `prompt` and `completion` are all that is charged; the others are parts of these two.
 * U2. What a provider says is taken as it says it, so long as it is a natural number that a model
 *     could come to. Anything else was not counted.
 * U3. What was not counted is charged by its bound: no text has more tokens than bytes, and no
 *     answer more than it was allowed.
 */

export interface Usage {
  readonly prompt: number;
  readonly completion: number;
  /** Of the prompt: read from a cache, and written into one. */
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** Of the completion. */
  readonly reasoning: number;
}

/** Beyond it a count is no count: larger than any context by a thousand times. */
const MOST_TOKENS = 2 ** 31;

/** A count as a provider gives it; undefined for what is none. */
export function readCount(value: unknown): number | undefined {
  const isCount = typeof value === 'number' && Number.isInteger(value);
  return isCount && value >= 0 && value <= MOST_TOKENS ? value : undefined;
}

/** Counts that must be there, and parts of them that may be; undefined when it does not add up. */
export function usageOf(
  prompt: unknown,
  completion: unknown,
  parts: { readonly [part in 'cacheRead' | 'cacheWrite' | 'reasoning']?: unknown } = {},
): Usage | undefined {
  const whole = { prompt: readCount(prompt), completion: readCount(completion) };
  if (whole.prompt === undefined || whole.completion === undefined) return undefined;
  const {
    cacheRead = 0,
    cacheWrite = 0,
    reasoning = 0,
  } = {
    cacheRead: readCount(parts.cacheRead ?? 0),
    cacheWrite: readCount(parts.cacheWrite ?? 0),
    reasoning: readCount(parts.reasoning ?? 0),
  };
  const isSound = cacheRead + cacheWrite <= whole.prompt && reasoning <= whole.completion;
  const { prompt: all, completion: answered } = whole;
  return isSound
    ? { prompt: all, completion: answered, cacheRead, cacheWrite, reasoning }
    : { prompt: all, completion: answered, cacheRead: 0, cacheWrite: 0, reasoning: 0 };
}

/** The bound of what was not counted. */
export function boundUsage(requestBytes: number, answerBytes: number, maxTokens: bigint): Usage {
  const allowed = maxTokens > BigInt(MOST_TOKENS) ? MOST_TOKENS : Number(maxTokens);
  const completion = Math.min(answerBytes, allowed);
  return { prompt: requestBytes, completion, cacheRead: 0, cacheWrite: 0, reasoning: 0 };
}
