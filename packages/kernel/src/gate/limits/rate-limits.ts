/**
 * Rate limits: at most `count` effects in any window of logical time, or of records.
 *
 * Exact, not by buckets: a rule remembers when it let its last `count` effects through, and the
 * next one must be a whole window after the first of these. Marks that no longer matter are dropped
 * as others are made, so a rule keeps at most `count` of them.
 */
import type { RateLimit } from '@aos/air';
import type { Hash } from '@aos/canon';
import type { Trie } from '../../trie/trie.js';
import type { Denial } from '../decision.js';
import type { Moment } from '../requests/effect-request.js';
import { type WindowMark, windowKey } from './rate-window.js';

/** Old marks dropped for each new one, beside the one it takes the place of. */
const DROPS_EACH = 2;

/** A limit and what it has let through. */
export interface LimitedRule {
  readonly identity: Hash;
  readonly limit: RateLimit;
  /** For people: the policy and the index of the rule. */
  readonly at: string;
}

/** Counts one more, if there is room. Code: `rate-limited`. */
export function takeRate(
  windows: Trie<WindowMark>,
  rule: LimitedRule,
  moment: Moment,
):
  | { readonly windows: Trie<WindowMark>; readonly denial?: undefined }
  | { readonly denial: Denial } {
  const { identity, limit } = rule;
  const isByTime = 'per_ns' in limit;
  const at = isByTime ? moment.logicalNowNs : BigInt(moment.seq);
  const length = BigInt(isByTime ? limit.per_ns : limit.per_records);
  const ordinal = lastOrdinal(windows, identity) + 1;
  const count = Number(limit.count);
  const marked = windows.set({ rule: identity, ordinal, at });
  if (ordinal < count) return { windows: dropOld(marked, identity, at - length) };
  const first = windowKey(identity, ordinal - count);
  const oldest = windows.get(first);
  if (oldest !== undefined && oldest.at + length > at) {
    return { denial: limited(rule, oldest.at + length) };
  }
  return { windows: dropOld(marked.delete(first), identity, at - length) };
}

function lastOrdinal(windows: Trie<WindowMark>, rule: Hash): number {
  for (const { ordinal } of windows.range({ prefix: rule, reverse: 'reverse' })) return ordinal;
  return -1;
}

function dropOld(windows: Trie<WindowMark>, rule: Hash, until: bigint): Trie<WindowMark> {
  let next = windows;
  let left = DROPS_EACH;
  for (const { ordinal, at } of windows.range({ prefix: rule })) {
    if (left === 0 || at > until) break;
    next = next.delete(windowKey(rule, ordinal));
    left -= 1;
  }
  return next;
}

function limited({ limit, at }: LimitedRule, until: bigint): Denial {
  const when = 'per_ns' in limit ? `logical time ${until}` : `record ${until}`;
  const advice = `wait for ${when}, or raise count of the rule above ${limit.count}`;
  return { code: 'rate-limited', at: `${at} rate_limit`, advice };
}
