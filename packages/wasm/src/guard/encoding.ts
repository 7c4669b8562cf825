/** The few instructions that the guard itself writes. */

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...unsigned(Math.floor(value / 0x80))];
}

/** Signed LEB128. */
function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = Math.floor(value / 0x80);
  const last = (rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40);
  return last ? [low] : [low | 0x80, ...signed(rest)];
}

export const code = {
  /** A block type: an index, as a signed number. */
  typeIndex: (index: number) => signed(index),
  unreachable: 0x00,
  block: 0x02,
  /** `if` without result. */
  ifThen: [0x04, 0x40],
  end: 0x0b,
  return: 0x0f,
  branch: (label: number) => [0x0c, ...unsigned(label)],
  call: (index: number) => [0x10, ...unsigned(index)],
  localGet: (index: number) => [0x20, ...unsigned(index)],
  localSet: (index: number) => [0x21, ...unsigned(index)],
  localTee: (index: number) => [0x22, ...unsigned(index)],
  globalGet: (index: number) => [0x23, ...unsigned(index)],
  globalSet: (index: number) => [0x24, ...unsigned(index)],
  memorySize: [0x3f, 0x00],
  memoryGrow: [0x40, 0x00],
  i32: (value: number) => [0x41, ...signed(value)],
  i64: (value: number) => [0x42, ...signed(value)],
  f64: (value: number) => [0x44, ...new Uint8Array(new Float64Array([value]).buffer)],
  i32Equal: 0x46,
  i32LessUnsigned: 0x49,
  i32GreaterUnsigned: 0x4b,
  i64Equal: 0x51,
  i64LessSigned: 0x53,
  i32Subtract: 0x6b,
  i64Add: 0x7c,
  i64Subtract: 0x7d,
  i64Multiply: 0x7e,
  i64Or: 0x84,
  i64ShiftRight: 0x88,
  i64OfI32: 0xac,
  i64OfU32: 0xad,
  i64OfF64: 0xb0,
  f64OfI64: 0xb9,
  tableSize: [0xfc, 16, 0],
  tableGrow: [0xfc, 15, 0],
} as const;
