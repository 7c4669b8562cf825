/**
 * What instructions cost, in fuel (spec/04-modules.md, M10). Measured in loops of each kind, one
 * unit takes 0.05 to 0.3 ns with either compiler of V8; what matters is that nothing that takes
 * time is free, and that prices never move under a version.
 */

/** Version of this table: `runtime.prices` of a world. */
export const PRICES_VERSION = 1;

/** Prices by opcode; what is not named costs {@link ONE}. */
const ONE = 1;

/** Inclusive ranges of opcodes, later ones over earlier ones. */
const PRICED: readonly (readonly [from: number, to: number, price: number])[] = [
  [0x01, 0x02, 0], // nop, block
  [0x05, 0x05, 0], // else
  [0x0b, 0x0b, 0], // end
  [0x0e, 0x0e, 3], // br_table
  [0x10, 0x10, 6], // call
  [0x11, 0x11, 12], // call_indirect
  [0x23, 0x24, 2], // global.get, global.set
  [0x25, 0x26, 3], // table.get, table.set
  [0x28, 0x3e, 2], // loads and stores
  [0x40, 0x40, 1_000], // memory.grow, before pages
  [0x69, 0x69, 2], // i32.popcnt
  [0x6c, 0x6c, 2], // i32.mul
  [0x6d, 0x70, 12], // i32 division and remainder
  [0x7b, 0x7b, 2], // i64.popcnt
  [0x7e, 0x7e, 2], // i64.mul
  [0x7f, 0x82, 20], // i64 division and remainder
  [0x8d, 0x90, 4], // f32 rounding
  [0x91, 0x91, 10], // f32.sqrt
  [0x92, 0x94, 4], // f32 add, sub, mul
  [0x95, 0x95, 8], // f32.div
  [0x96, 0x97, 5], // f32 min, max
  [0x98, 0x98, 2], // f32.copysign
  [0x9b, 0x9e, 4], // f64 rounding
  [0x9f, 0x9f, 16], // f64.sqrt
  [0xa0, 0xa2, 4], // f64 add, sub, mul
  [0xa3, 0xa3, 10], // f64.div
  [0xa4, 0xa5, 5], // f64 min, max
  [0xa6, 0xa6, 2], // f64.copysign
  [0xa8, 0xab, 4], // i32 from floats
  [0xae, 0xb1, 4], // i64 from floats
  [0xb2, 0xbb, 3], // floats from integers and each other
];

/** Price of each one-byte instruction. */
export const PRICES: Uint16Array = pricesOf();

function pricesOf(): Uint16Array {
  const prices = new Uint16Array(256).fill(ONE);
  for (const [from, to, price] of PRICED) prices.fill(price, from, to + 1);
  return prices;
}

/** Instructions behind the prefix 0xfc: conversions, bulk memory, tables (before their length). */
export const PREFIXED_PRICE = 10;

/** Entering a function, and each of its locals. */
export const ENTRY_PRICE = 2;
export const LOCAL_PRICE = 1;

/** Each page that memory grows by. */
export const PAGE_PRICE = 100_000;

/** Bulk memory costs one unit for every 2² bytes. */
export const BULK_SHIFT = 2;

/** Each entry that an instruction on tables handles. */
export const TABLE_ENTRY_PRICE = 16;
