/**
 * The allowed instructions: WebAssembly 2.0 without vectors and foreign references, which is the
 * first edition with sign extension, saturating conversion, multiple values, bulk memory and
 * `funcref`. For each: its immediates, and what it takes from and leaves on the operand stack.
 * Opcodes after the WebAssembly core specification, appendix "Index of Instructions".
 */

/** What follows an opcode. `no` marks an instruction that is not allowed. */
export const IMMEDIATES = {
  ...{ no: 0, none: 1, index: 2, memory: 3, number: 4, bytes4: 5, bytes8: 6 },
  /** Changes control or types: read by hand. */
  special: 7,
} as const;

type Effect = readonly [immediates: keyof typeof IMMEDIATES, pops: number, pushes: number];

/** Inclusive ranges of opcodes. Those that are `special` say here only what they pop and push. */
const ALLOWED: readonly (readonly [from: number, to: number, effect: Effect])[] = [
  [0x00, 0x00, ['special', 0, 0]], // unreachable
  [0x01, 0x01, ['none', 0, 0]], // nop
  [0x02, 0x05, ['special', 0, 0]], // block, loop, if, else
  [0x0b, 0x11, ['special', 0, 0]], // end, branches, return, calls
  [0x1a, 0x1a, ['none', 1, 0]], // drop
  [0x1b, 0x1b, ['none', 3, 1]], // select
  [0x1c, 0x1c, ['special', 3, 1]], // select of a type
  [0x20, 0x20, ['index', 0, 1]], // local.get
  [0x21, 0x21, ['index', 1, 0]], // local.set
  [0x22, 0x22, ['index', 1, 1]], // local.tee
  [0x23, 0x23, ['index', 0, 1]], // global.get
  [0x24, 0x24, ['index', 1, 0]], // global.set
  [0x25, 0x25, ['index', 1, 1]], // table.get
  [0x26, 0x26, ['special', 2, 0]], // table.set
  [0x28, 0x35, ['memory', 1, 1]], // loads
  [0x36, 0x3e, ['memory', 2, 0]], // stores
  [0x3f, 0x3f, ['special', 0, 1]], // memory.size
  [0x40, 0x40, ['special', 1, 1]], // memory.grow
  [0x41, 0x42, ['number', 0, 1]], // i32.const, i64.const
  [0x43, 0x43, ['bytes4', 0, 1]], // f32.const
  [0x44, 0x44, ['bytes8', 0, 1]], // f64.const
  [0x45, 0x45, ['none', 1, 1]], // i32.eqz
  [0x46, 0x4f, ['none', 2, 1]], // i32 comparisons
  [0x50, 0x50, ['none', 1, 1]], // i64.eqz
  [0x51, 0x66, ['none', 2, 1]], // i64, f32, f64 comparisons
  [0x67, 0x69, ['none', 1, 1]], // i32 counts
  [0x6a, 0x78, ['none', 2, 1]], // i32 arithmetic
  [0x79, 0x7b, ['none', 1, 1]], // i64 counts
  [0x7c, 0x8a, ['none', 2, 1]], // i64 arithmetic
  [0x8b, 0x91, ['none', 1, 1]], // f32 of one operand
  [0x92, 0x98, ['none', 2, 1]], // f32 of two operands
  [0x99, 0x9f, ['none', 1, 1]], // f64 of one operand
  [0xa0, 0xa6, ['none', 2, 1]], // f64 of two operands
  [0xa7, 0xc4, ['none', 1, 1]], // conversions, sign extension
  [0xd0, 0xd0, ['special', 0, 1]], // ref.null
  [0xd1, 0xd1, ['none', 1, 1]], // ref.is_null
  [0xd2, 0xd2, ['special', 0, 1]], // ref.func
  [0xfc, 0xfc, ['special', 0, 0]], // see PREFIXED
];

export const SHAPES = new Uint8Array(256);
export const POPS = new Uint8Array(256);
export const PUSHES = new Uint8Array(256);
for (const [from, to, [immediates, pops, pushes]] of ALLOWED) {
  SHAPES.fill(IMMEDIATES[immediates], from, to + 1);
  POPS.fill(pops, from, to + 1);
  PUSHES.fill(pushes, from, to + 1);
}

/** How an instruction behind 0xfc is metered: not beyond its price, by bytes, by table entries. */
type Metering = 'none' | 'bytes' | 'entries' | 'growth';

export interface PrefixedInstruction {
  /** Numbers after the opcode. */
  readonly immediates: number;
  readonly pops: number;
  readonly pushes: number;
  /** The length is on top of the stack. */
  readonly metering: Metering;
  /** Changes a table or drops a segment: an instance that ran it cannot be made new again. */
  readonly lasting: boolean;
}

const prefixed = (
  immediates: number,
  [pops, pushes]: readonly [number, number],
  metering: Metering = 'none',
): PrefixedInstruction => ({
  ...{ immediates, pops, pushes, metering },
  lasting: metering === 'entries' || metering === 'growth',
});

const DROP_SEGMENT: PrefixedInstruction = { ...prefixed(1, [0, 0]), lasting: true };
const CONVERSION = prefixed(0, [1, 1]);

/** Instructions behind 0xfc, by their number. */
export const PREFIXED: readonly PrefixedInstruction[] = [
  ...new Array<PrefixedInstruction>(8).fill(CONVERSION), // 0–7: saturating conversions
  prefixed(2, [3, 0], 'bytes'), // 8: memory.init
  DROP_SEGMENT, // 9: data.drop
  prefixed(2, [3, 0], 'bytes'), // 10: memory.copy
  prefixed(1, [3, 0], 'bytes'), // 11: memory.fill
  prefixed(2, [3, 0], 'entries'), // 12: table.init
  DROP_SEGMENT, // 13: elem.drop
  prefixed(2, [3, 0], 'entries'), // 14: table.copy
  prefixed(1, [2, 1], 'growth'), // 15: table.grow
  prefixed(1, [0, 1]), // 16: table.size
  prefixed(1, [3, 0], 'entries'), // 17: table.fill
];

/** What makes a float from others and may therefore make a NaN with bits of the platform's own. */
export const FLOAT_RESULT = { none: 0, f32: 1, f64: 2 } as const;
export const FLOAT_RESULTS = new Uint8Array(256);
FLOAT_RESULTS.fill(FLOAT_RESULT.f32, 0x8d, 0x98); // ceil … max, without abs, neg, copysign
FLOAT_RESULTS.fill(FLOAT_RESULT.f64, 0x9b, 0xa6);
FLOAT_RESULTS[0xb6] = FLOAT_RESULT.f32; // f32.demote_f64
FLOAT_RESULTS[0xbb] = FLOAT_RESULT.f64; // f64.promote_f32

/**
 * Instructions whose top operand, if it is a NaN, may have any bits: those that make a canonical
 * NaN of it again, compare it, or convert it to an integer.
 */
export const BLIND_TO_NAN = new Uint8Array(256);
BLIND_TO_NAN.fill(1, 0x5b, 0x67); // comparisons of f32 and f64
BLIND_TO_NAN.fill(1, 0xa8, 0xac); // i32.trunc
BLIND_TO_NAN.fill(1, 0xae, 0xb2); // i64.trunc
for (let op = 0; op < 256; op++) if (FLOAT_RESULTS[op]) BLIND_TO_NAN[op] = 1;
