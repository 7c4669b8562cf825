export type { WasiAdapterOptions, WasiBounds } from './options.js';
export { WasiAdapter } from './wasi-adapter.js';
