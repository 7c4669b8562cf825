/** Bounds of the codec: every loop over foreign input ends at one of these. */

import { assert } from '../defect.js';

/**
 * Largest nesting `encode` writes, and the default for decoding. A scalar has depth 0, `[]` depth
 * 1.
 */
export const MAX_DEPTH = 128;

/** Default for the size of one decoded input. */
const MAX_DECODED_BYTES = 64 * 1024 * 1024;

/** Default for the data items of one decoded input; a map entry is two items. */
const MAX_DECODED_ITEMS = 4_000_000;

/** Largest output of one Writer. Shared subtrees can make a small value this large. */
export const MAX_ENCODED_BYTES = 1024 * 1024 * 1024;

/** All checked before anything is allocated. */
export interface DecodeLimits {
  /** Nested lists and maps. Can only be lowered: more than `encode` writes is never read. */
  readonly maxDepth: number;
  readonly maxBytes: number;
  readonly maxItems: number;
}

const DEFAULT_LIMITS: DecodeLimits = {
  maxDepth: MAX_DEPTH,
  maxBytes: MAX_DECODED_BYTES,
  maxItems: MAX_DECODED_ITEMS,
};

export function fillLimits(limits: Partial<DecodeLimits> | undefined): DecodeLimits {
  if (limits === undefined) return DEFAULT_LIMITS;
  const filled = {
    maxDepth: Math.min(limits.maxDepth ?? MAX_DEPTH, MAX_DEPTH),
    maxBytes: limits.maxBytes ?? MAX_DECODED_BYTES,
    maxItems: limits.maxItems ?? MAX_DECODED_ITEMS,
  };
  for (const limit of Object.values(filled)) assert(limit >= 0, 'a limit is a number from 0');
  return filled;
}
