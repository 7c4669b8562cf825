export type { ModuleCheck, ModuleReport } from './admission.js';
export { DEFAULT_MAX_MODULE_BYTES, type EngineOptions, WasmEngine } from './engine.js';
