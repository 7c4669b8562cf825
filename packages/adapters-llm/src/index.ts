export { createLlmAdapter } from './llm-adapter.js';
export type {
  HttpProvider,
  KeyRule,
  LlmAdapterOptions,
  LlmBounds,
  LlmFrameRules,
  LlmLimits,
  LlmProvider,
  LlmRetries,
  ScriptedProvider,
} from './options.js';
export type { ProtocolName } from './protocols/protocol.js';
export { parseProviders } from './provider-config.js';
export {
  defaultScript,
  type Script,
  type ScriptReply,
  type ScriptRequest,
} from './scripted/script.js';
export type { ModelPrice } from './usage/price.js';
