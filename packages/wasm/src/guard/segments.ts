/** Element and data segments and the constants in them, read to see that nothing else is there. */
import { type ByteSource, unsupported } from './byte-source.js';
import { STRUCTURE_LIMITS } from './structure-limits.js';
import { VALUE_TYPES } from './value-types.js';

const CONSTANT = {
  i32: 0x41,
  i64: 0x42,
  f32: 0x43,
  f64: 0x44,
  null: 0xd0,
  function: 0xd2,
} as const;
const END = 0x0b;

/** Flags of element segments. */
const PASSIVE = 1;
const EXPLICIT = 2;
const EXPRESSIONS = 4;
const HIGHEST_FLAGS = 7;

/** One constant and `end`; constants that are computed or come from a global are not allowed. */
export function readConstant(source: ByteSource): void {
  const at = source.at;
  const op = source.byte();
  if (op === CONSTANT.i32 || op === CONSTANT.i64 || op === CONSTANT.function) source.skipNumber();
  else if (op === CONSTANT.f32) source.pass(4);
  else if (op === CONSTANT.f64) source.pass(8);
  else if (op === CONSTANT.null) readFunctionReference(source);
  else throw unsupported(at, `instruction 0x${op.toString(16)} in a constant`);
  if (source.byte() !== END) throw unsupported(at, 'a computed constant');
}

export function readFunctionReference(source: ByteSource): void {
  const at = source.at;
  const type = source.byte();
  if (type !== VALUE_TYPES.funcref) throw unsupported(at, `reference 0x${type.toString(16)}`);
}

export function readElements(source: ByteSource): void {
  const count = source.count('element segments', STRUCTURE_LIMITS.elementSegments);
  for (let i = 0; i < count; i++) {
    const at = source.at;
    const flags = source.u32();
    if (flags > HIGHEST_FLAGS) throw unsupported(at, `an element segment of kind ${flags}`);
    const active = (flags & PASSIVE) === 0;
    if (active && flags & EXPLICIT) source.u32();
    if (active) readConstant(source);
    if (flags & (PASSIVE | EXPLICIT)) readElementKind(source, flags);
    const items = source.count('table entries', STRUCTURE_LIMITS.tableEntries);
    for (let item = 0; item < items; item++) {
      if (flags & EXPRESSIONS) readConstant(source);
      else source.u32();
    }
  }
}

function readElementKind(source: ByteSource, flags: number): void {
  const at = source.at;
  const kind = source.byte();
  if (flags & EXPRESSIONS && kind === VALUE_TYPES.funcref) return;
  if (flags & EXPRESSIONS || kind !== 0) throw unsupported(at, `elements of kind ${kind}`);
}

export function readSegments(source: ByteSource): void {
  const count = source.count('data segments', STRUCTURE_LIMITS.dataSegments);
  for (let i = 0; i < count; i++) {
    const at = source.at;
    const flags = source.u32();
    if (flags > EXPLICIT) throw unsupported(at, `a data segment of kind ${flags}`);
    if (flags === EXPLICIT) source.u32();
    if (flags !== PASSIVE) readConstant(source);
    source.sized();
  }
}
