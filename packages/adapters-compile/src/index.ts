export { CompileAdapter } from './compile-adapter.js';
export type { CompileAdapterOptions, CompileBounds } from './options.js';
