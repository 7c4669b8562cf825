/**
 * The JavaScript engine as functions over its values.
 *
 * 1. A value is 64 bits: a tag in the upper half, a small number or an address in the lower; tags
 *    outside the known ones are doubles.
 * 2. The declared functions are the engine's exports, which the linker knows by these names.
 * 3. Nothing is released: a call's whole memory is discarded when it ends.
 */

/** A JavaScript value as the engine passes it. */
export type Js = u64;

export const TAG_BIG_INT: i32 = -9;
export const TAG_STRING: i32 = -7;
export const TAG_STRING_ROPE: i32 = -6;
export const TAG_OBJECT: i32 = -1;
export const TAG_INT: i32 = 0;
export const TAG_BOOL: i32 = 1;
export const TAG_NULL: i32 = 2;
export const TAG_UNDEFINED: i32 = 3;
export const TAG_EXCEPTION: i32 = 6;
export const TAG_SHORT_BIG_INT: i32 = 7;

export const JS_FALSE: Js = (TAG_BOOL as u64) << 32;
export const JS_TRUE: Js = JS_FALSE | 1;
export const JS_NULL: Js = (TAG_NULL as u64) << 32;
export const JS_UNDEFINED: Js = (TAG_UNDEFINED as u64) << 32;

/** A data property that can be written, listed and configured, as an assignment makes it. */
export const PLAIN_PROPERTY: i32 = 7;
/** Names of own properties that are text and can be listed. */
export const OWN_TEXT_NAMES: i32 = 1 | 16;
/** Kind of a `Uint8Array` among the typed arrays. */
export const UINT8_ARRAY: i32 = 2;

export declare function malloc(size: usize): usize;

export declare function JS_NewObject(context: usize): Js;

export declare function JS_NewStringLen(context: usize, utf8: usize, size: usize): Js;

export declare function JS_NewBigInt64(context: usize, value: i64): Js;

export declare function JS_NewBigUint64(context: usize, value: u64): Js;

export declare function JS_NewUint8ArrayCopy(context: usize, from: usize, size: usize): Js;

export declare function JS_NewArrayFrom(context: usize, count: i32, items: usize): Js;

export declare function JS_NewAtomLen(context: usize, utf8: usize, size: usize): u32;

export declare function JS_DefinePropertyValue(
  context: usize,
  object: Js,
  atom: u32,
  value: Js,
  flags: i32,
): i32;

export declare function JS_GetOwnProperty(
  context: usize,
  descriptor: usize,
  object: Js,
  atom: u32,
): i32;

export declare function JS_GetOwnPropertyNames(
  context: usize,
  table: usize,
  count: usize,
  object: Js,
  flags: i32,
): i32;

export declare function JS_GetProperty(context: usize, object: Js, atom: u32): Js;

export declare function JS_GetPropertyUint32(context: usize, object: Js, index: u32): Js;

export declare function JS_GetLength(context: usize, object: Js, length: usize): i32;

export declare function JS_IsArray(value: Js): i32;

export declare function JS_IsMap(value: Js): i32;

export declare function JS_IsStrictEqual(context: usize, a: Js, b: Js): i32;

export declare function JS_GetTypedArrayType(value: Js): i32;

export declare function JS_GetUint8Array(context: usize, size: usize, value: Js): usize;

export declare function JS_ToCStringLen2(context: usize, size: usize, value: Js, flags: i32): usize;

export declare function JS_AtomToCStringLen(context: usize, size: usize, atom: u32): usize;

export declare function JS_ToBigInt64(context: usize, to: usize, value: Js): i32;

export declare function JS_ToFloat64(context: usize, to: usize, value: Js): i32;

export declare function JS_Call(
  context: usize,
  callee: Js,
  receiver: Js,
  count: i32,
  values: usize,
): Js;

export function tagOf(value: Js): i32 {
  return (value >> 32) as i32;
}

/** The value, unless it stands for an exception: then the call ends. */
export function unthrown(value: Js): Js {
  if (tagOf(value) === TAG_EXCEPTION) unreachable();
  return value;
}
