/**
 * How much of everything a module may have (spec/04-modules.md, M2.3). Wide enough for an
 * interpreter compiled to WebAssembly, narrow enough that reading, compiling and instantiating any
 * module is bounded. They belong to the guard version: a change makes other modules admissible.
 */
export const STRUCTURE_LIMITS = {
  types: 10_000,
  /** Parameters or results of one type. */
  values: 128,
  functions: 50_000,
  /** Parameters and locals of one function. */
  locals: 10_000,
  /** Bytes of one function's code. */
  bodyBytes: 1 << 20,
  /** Blocks inside blocks. */
  nesting: 4_096,
  /** Locals and operands of a function, times its blocks and branches. */
  joinSlots: 4_000_000,
  /** The same, summed over all functions of a module. */
  moduleJoinSlots: 8_000_000,
  /** Bytes inside the blocks of one function, summed over the blocks. */
  blockBytes: 1 << 26,
  /** The same for its loops. */
  loopBytes: 1 << 23,
  globals: 10_000,
  exports: 10_000,
  /** Entries of the table, at the start and ever. */
  tableEntries: 65_536,
  elementSegments: 10_000,
  dataSegments: 10_000,
} as const;
