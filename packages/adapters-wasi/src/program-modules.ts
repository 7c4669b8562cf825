/**
 * Compiled programs, by the hash of their module: the ones used last are kept, and each is compiled
 * once however many ask for it.
 */
import { type Hash, toHex } from '@aos/canon';
import { type BlobPort, boundWasiModule, checkWasiModule, WASI_MODULE_LIMITS } from '@aos/protocol';
import { readBlob } from './contents.js';
import { isWasiCode, WasiFailure } from './failure.js';

const KEPT = 64;

export class ProgramModules {
  readonly #modules = new Map<string, Promise<WebAssembly.Module>>();

  constructor(private readonly memoryPages: number) {}

  /** Throws WasiFailure. */
  async get(hash: Hash, blobs: BlobPort): Promise<WebAssembly.Module> {
    const key = toHex(hash);
    const loading = this.#modules.get(key) ?? this.#load(hash, blobs);
    this.#modules.delete(key);
    this.#modules.set(key, loading);
    const [oldest] = this.#modules.keys();
    if (this.#modules.size > KEPT && oldest !== undefined) this.#modules.delete(oldest);
    try {
      return await loading;
    } catch (cause) {
      if (this.#modules.get(key) === loading) this.#modules.delete(key);
      throw cause;
    }
  }

  async #load(hash: Hash, blobs: BlobPort): Promise<WebAssembly.Module> {
    const bytes = await readModule(hash, blobs);
    const refusal = checkWasiModule(bytes);
    if (refusal !== undefined) {
      const { code, detail } = refusal;
      throw new WasiFailure(isWasiCode(code) ? code : 'wasi-module-invalid', detail);
    }
    try {
      return await WebAssembly.compile(boundWasiModule(bytes, this.memoryPages));
    } catch (cause) {
      if (!(cause instanceof WebAssembly.CompileError)) throw cause;
      throw new WasiFailure('wasi-module-invalid', cause.message, cause);
    }
  }
}

async function readModule(hash: Hash, blobs: BlobPort): Promise<Uint8Array> {
  try {
    return await readBlob(hash, blobs, WASI_MODULE_LIMITS.moduleBytes);
  } catch (cause) {
    if (!(cause instanceof WasiFailure)) throw cause;
    const missing = { 'wasi-input-missing': 'wasi-module-missing' } as const;
    const tooLarge = { 'wasi-input-limit': 'wasi-module-limit' } as const;
    const codes: Partial<Record<string, WasiFailure['code']>> = { ...missing, ...tooLarge };
    throw new WasiFailure(codes[cause.code] ?? cause.code, cause.message, cause);
  }
}
