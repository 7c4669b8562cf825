// After the package is built: leaves the compiled bridge beside its code.
import { writeFile } from 'node:fs/promises';
import { compileBridge } from '../dist/bridge.js';

await writeFile(new URL('../dist/bridge.wasm', import.meta.url), await compileBridge());
