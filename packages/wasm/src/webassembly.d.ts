/** The part of the platform's WebAssembly interface that this package uses. */
declare namespace WebAssembly {
  interface ModuleImport {
    readonly module: string;
    readonly name: string;
    readonly kind: string;
  }

  interface ModuleExport {
    readonly name: string;
    readonly kind: string;
  }

  class Module {
    constructor(bytes: Uint8Array);
    static imports(module: Module): readonly ModuleImport[];
    static exports(module: Module): readonly ModuleExport[];
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
