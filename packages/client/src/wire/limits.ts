/** Bounds of messages, on either side. */
import { MAX_MESSAGE_BYTES } from '@aos/protocol';
import type { ValueLimits } from './scan.js';

export interface WireLimits extends ValueLimits {
  /** Bytes of one message. */
  readonly bytes: number;
}

const MAX_DEPTH = 128;
/** Answers put what clients said into lists and records of their own. */
export const ANSWER_DEPTH: number = MAX_DEPTH + 8;

/** What a server reads of a client that has said who it is. */
export const REQUEST_LIMITS: WireLimits = {
  bytes: MAX_MESSAGE_BYTES,
  depth: MAX_DEPTH,
  values: 1 << 18,
};

/** What a server reads of a stranger: no more than a hello. */
export const HELLO_LIMITS: WireLimits = { bytes: 4096, depth: 4, values: 32 };

/** What a client reads of a server, whose answers may be long lists. */
export const ANSWER_LIMITS: WireLimits = {
  bytes: MAX_MESSAGE_BYTES,
  depth: ANSWER_DEPTH,
  values: 1 << 22,
};
