export { ANSWER_LIMITS, HELLO_LIMITS, REQUEST_LIMITS } from './limits.js';
export { type Framing, MessageReader, MessageWriter, type WireLimits } from './message-reader.js';
export type { ValueLimits } from './scan.js';
