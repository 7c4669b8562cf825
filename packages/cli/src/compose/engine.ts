/** The engine that runs modules. */
import type { HostEngine } from '@aos/host';
import { WasmEngine } from '@aos/wasm';

export const newEngine = (): HostEngine => new WasmEngine();
