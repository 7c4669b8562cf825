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
}
