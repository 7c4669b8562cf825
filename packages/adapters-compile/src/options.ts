/** What a composition root decides about compilations. */

/** Bounds of every compilation. */
export interface CompileBounds {
  /** From the start of a compilation to its end, loading the compiler included. Default 60,000. */
  readonly timeMs: number;
  /** Texts of a source and its definitions, in UTF-8. Default 1 MiB. */
  readonly sourceBytes: number;
  /** The module. Default 4 MiB. */
  readonly outputBytes: number;
  /** Memory of each process that takes part, as the system counts its data. Default 1,536 MiB. */
  readonly memoryMebibytes: number;
}

export interface CompileAdapterOptions {
  /**
   * The program of a process: it calls `serveCompilations` of `@aos/adapters-compile/process` with
   * the compilers and the engine. Whoever composes knows them, this package does not.
   */
  readonly programUrl: URL;
  readonly bounds?: Partial<CompileBounds>;
  /** Compilations that run at once. Default 1: they take whole processors. */
  readonly processes?: number;
}

export const DEFAULT_BOUNDS: CompileBounds = {
  timeMs: 60_000,
  sourceBytes: 1 << 20,
  outputBytes: 4 << 20,
  memoryMebibytes: 1536,
};
