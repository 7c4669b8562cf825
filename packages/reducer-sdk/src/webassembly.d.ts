/** The part of the platform's WebAssembly interface that this package uses. */
declare namespace WebAssembly {
  interface ModuleImport {
    readonly module: string;
    readonly name: string;
  }

  class Module {
    constructor(bytes: Uint8Array);
    static imports(module: Module): readonly ModuleImport[];
  }

  class Instance {
    constructor(module: Module);
    readonly exports: Readonly<Record<string, unknown>>;
  }

  interface Memory {
    readonly buffer: ArrayBuffer;
  }

  interface Global {
    value: number | bigint;
  }
}
