export { ANSWER_LIMITS, HELLO_LIMITS, REQUEST_LIMITS, type WireLimits } from './limits.js';
export { type Framing, MessageReader, MessageWriter } from './message-reader.js';
export type { ValueLimits } from './scan.js';
