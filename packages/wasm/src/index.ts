export type { ModuleCheck, ModuleReport } from './admission.js';
export {
  DEFAULT_MAX_MODULE_BYTES,
  type EngineOptions,
  type LoadOptions,
  WasmEngine,
} from './engine.js';
export { GUARD_VERSION, type GuardedModule, instrument } from './guard/instrument.js';
export { PRICES_VERSION } from './guard/prices.js';
