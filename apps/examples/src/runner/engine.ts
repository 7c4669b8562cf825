/** The engine of all worlds here: a module that several of them run is compiled once. */
import { WasmEngine } from '@aos/wasm';

export const engine = new WasmEngine();
