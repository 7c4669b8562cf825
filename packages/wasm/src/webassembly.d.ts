/** The part of the platform's WebAssembly interface that this package uses. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }

  class Instance {
    constructor(module: Module);
    readonly exports: Readonly<Record<string, unknown>>;
  }

  interface Memory {
    /** Replaced by another buffer whenever the memory grows. */
    readonly buffer: ArrayBuffer;
  }

  class RuntimeError extends Error {}

  function validate(bytes: Uint8Array): boolean;
}
