export type { ResolveName } from './connect/addresses.js';
export { createHttpAdapter } from './http-adapter.js';
export type { HttpAdapterOptions, HttpBounds, HttpTls } from './options.js';
