/** The part of the platform's WebAssembly interface that this package uses. */
declare namespace WebAssembly {
  /** Compiled code; a thread can be given it. */
  class Module {
    constructor(bytes: Uint8Array);
  }

  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, object>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }

  interface Memory {
    /** Replaced by another buffer whenever the memory grows. */
    readonly buffer: ArrayBuffer;
  }

  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}

  function compile(bytes: Uint8Array): Promise<Module>;
}
